package org.einthoven.data.episodes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.einthoven.data.Refused;
import org.einthoven.data.StratFolds;
import org.einthoven.data.qa.EcgQa;
import org.einthoven.data.qa.QaItem;
import org.einthoven.data.qa.QuestionType;
import org.einthoven.data.synthetic.Difficulty;
import org.einthoven.data.synthetic.Finding;
import org.einthoven.data.synthetic.SyntheticCohort;
import org.einthoven.tensor.FormatException;
import org.einthoven.tensor.Rng;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** "Strict tasks: crossed" of the protocol, as properties of the tasks. */
class StrictEpisodesTest {
    /** Enough ECGs with each finding for every concept to take part in a split. */
    private static final SyntheticCohort COHORT =
            SyntheticCohort.of(3000, Difficulty.STANDARD.withCompany(0.5), Rng.of(7));

    private static final EcgQa QUESTIONS = COHORT.questions();

    /** As PTB-XL's table would tell them, all ECGs of a patient in one. */
    private static final StratFolds FOLDS = new StratFolds("table.csv", folds());

    private static Map<Integer, Integer> folds() {
        Map<Integer, Integer> folds = new TreeMap<>();
        QUESTIONS.items().forEach(item -> folds.put(item.ecgId(), fold(COHORT.patient(item.ecgId()))));
        return folds;
    }

    private static int fold(String patient) {
        return 1 + Math.floorMod(patient.hashCode(), StratFolds.COUNT);
    }

    private static StrictRules rules(Split split, int ways, int shots, int queries) {
        EpisodeShape shape = new EpisodeShape(ways, shots, queries);
        StrictRules rules = split == Split.STRAT_FOLD ? StrictRules.of(FOLDS, shape) : StrictRules.of(split, shape);
        return rules.withConcepts(SyntheticCohort.concepts());
    }

    private static EpisodePlan plan(Split split, int ways, int shots, int queries) {
        return StrictEpisodes.plan(QUESTIONS, rules(split, ways, shots, queries), COHORT::patient, Rng.of(222));
    }

    @ParameterizedTest
    @CsvSource({"2,2,2", "3,1,4", "5,5,5"})
    void everyTaskIsCrossedExactly(int ways, int shots, int queries) {
        EpisodePlan plan = plan(Split.ATTRIBUTE, ways, shots, queries);
        assertTrue(plan.crossed());
        for (EpisodeSampler side :
                List.of(plan.train(), plan.test(), plan.seen().orElseThrow())) {
            for (int i = 0; i < 60; i++) {
                Episode episode = side.sample(Rng.of(3), i);
                assertEquals(ways, new HashSet<>(episode.ways()).size());
                crossed(episode.support(), ways, shots);
                crossed(episode.query(), ways, queries);
                Set<String> patients = new HashSet<>(patients(episode.support()));
                patients.retainAll(patients(episode.query()));
                assertEquals(Set.of(), patients, "patients in support and query");
                long concepts =
                        episode.support().stream().map(Shot::concept).distinct().count();
                assertEquals(ways, concepts);
            }
        }
    }

    /** K of each (attribute, answer); every ECG asked twice, once yes and once no; every patient with one ECG only. */
    private static void crossed(List<Shot> half, int ways, int count) {
        assertEquals(2 * ways * count, half.size());
        Map<String, Integer> balance = new TreeMap<>();
        Map<Integer, List<String>> answers = new HashMap<>();
        Map<String, Set<Integer>> ecgsOfPatient = new HashMap<>();
        for (Shot shot : half) {
            QaItem item = shot.item();
            balance.merge(shot.way() + item.answerText(), 1, Integer::sum);
            answers.computeIfAbsent(item.ecgId(), e -> new ArrayList<>()).add(item.answerText());
            ecgsOfPatient.computeIfAbsent(shot.patient(), p -> new HashSet<>()).add(item.ecgId());
            assertEquals(List.of(shot.attribute()), item.attributes());
            assertEquals(COHORT.patient(item.ecgId()), shot.patient());
            boolean has = COHORT.findings(item.ecgId())
                    .contains(Finding.named(shot.attribute()).orElseThrow());
            assertEquals(has ? "yes" : "no", item.answerText());
        }
        assertEquals(2 * ways, balance.size());
        balance.forEach((key, n) -> assertEquals(count, n, key));
        answers.forEach((ecg, two) -> assertEquals(Set.of("yes", "no"), Set.copyOf(two), "ECG " + ecg));
        answers.forEach((ecg, two) -> assertEquals(2, two.size(), "ECG " + ecg));
        ecgsOfPatient.forEach((patient, ecgs) -> assertEquals(1, ecgs.size(), patient));
    }

    private static Set<String> patients(List<Shot> half) {
        Set<String> patients = new HashSet<>();
        half.forEach(shot -> patients.add(shot.patient()));
        return patients;
    }

    @ParameterizedTest
    @CsvSource({"ATTRIBUTE", "PATIENT", "TEMPLATE", "KEY", "STRAT_FOLD"})
    void validationSharesNothingWithEitherSide(Split split) {
        EpisodePlan plan =
                StrictEpisodes.plan(QUESTIONS, rules(split, 3, 2, 2).withValidation(), COHORT::patient, Rng.of(222));
        EpisodeSampler validation = plan.validation().orElseThrow();
        for (EpisodeSampler side : List.of(plan.train(), plan.test())) {
            LeakReport leaks = LeakReport.between(side, validation);
            assertEquals(0, leaks.sharedEcgs());
            assertEquals(0, leaks.sharedPatients());
            if (split == Split.ATTRIBUTE) {
                assertEquals(0, leaks.sharedAttributes());
            }
        }
        assertFalse(plan.leaks().leaks());
        EpisodePlan without = plan(split, 3, 2, 2);
        assertTrue(without.validation().isEmpty());
        assertEquals(without.test().concepts(), plan.test().concepts(), "the test side is as it would be");
        assertEquals(without.test().patients(), plan.test().patients());
    }

    @Test
    void nothingCrossesASplitByAttribute() {
        EpisodePlan plan = plan(Split.ATTRIBUTE, 5, 5, 5);
        Set<String> train = new TreeSet<>(plan.train().concepts().values());
        Set<String> test = new TreeSet<>(plan.test().concepts().values());
        assertTrue(train.stream().noneMatch(test::contains));
        assertEquals(0, plan.leaks().sharedEcgs());
        assertEquals(0, plan.leaks().sharedPatients());
        assertEquals(0, plan.leaks().sharedAttributes());
        assertFalse(plan.leaks().leaks());
        int concepts = train.size() + test.size(); // those with enough ECGs
        assertTrue(concepts > 60, "concepts: " + concepts);
        assertEquals(Math.max(5, (int) Math.ceil(0.2 * concepts)), test.size(), "max(N, 20 %) of the groups");
        EpisodeSampler seen = plan.seen().orElseThrow();
        assertEquals(plan.test().patients(), seen.patients(), "the same new patients");
        assertEquals(plan.train().concepts().keySet(), seen.concepts().keySet());
        EpisodePlan eight = StrictEpisodes.plan(
                QUESTIONS, rules(Split.ATTRIBUTE, 5, 5, 5).withHeldOut(9), COHORT::patient, Rng.of(222));
        assertEquals(9, new HashSet<>(eight.test().concepts().values()).size());
    }

    /** Rules of two-way tasks in which the concepts of a kind of findings are a group. */
    private static StrictRules byKind(int shots) {
        Map<String, String> concepts = new TreeMap<>();
        for (Finding f : Finding.values()) {
            concepts.put(f.text(), f.kind().name().toLowerCase(Locale.ROOT) + "/" + f.concept());
        }
        return rules(Split.ATTRIBUTE, 2, shots, 2).withConcepts(Concepts.of(concepts));
    }

    @Test
    void aGroupThatIsLeftOutIsAllThatIsTestedAndNothingThatIsTrained() {
        EpisodePlan plan = StrictEpisodes.plan(QUESTIONS, byKind(2).leavingOut("noise"), COHORT::patient, Rng.of(222));
        assertTrue(plan.crossed());
        assertFalse(plan.leaks().leaks());
        assertEquals(0, plan.leaks().sharedAttributes());
        Set<String> noises = Arrays.stream(Finding.values())
                .filter(f -> f.kind() == Finding.Kind.NOISE)
                .map(Finding::text)
                .collect(Collectors.toSet());
        assertTrue(noises.size() > 2, noises::toString);
        assertEquals(noises, plan.test().concepts().keySet());
        assertTrue(plan.train().concepts().keySet().stream().noneMatch(noises::contains));
        assertEquals(Set.of("noise"), Set.copyOf(plan.test().concepts().values()), "one group for the intervals");
        EpisodePlan larger =
                StrictEpisodes.plan(QUESTIONS, byKind(5).leavingOut("shape"), COHORT::patient, Rng.of(222));
        assertEquals(plan.test().patients(), larger.test().patients(), "the same half, whatever is left out");
        double share = (double) plan.test().patients().size()
                / (plan.test().patients().size() + plan.train().patients().size());
        assertEquals(0.5, share, 0.05, "half of the patients");
        assertTrue(plan.notes().stream().anyMatch(n -> n.startsWith("left out of training: noise")));

        EpisodePlan calibrated = StrictEpisodes.plan(
                QUESTIONS, byKind(2).leavingOut("noise").withValidation(), COHORT::patient, Rng.of(222));
        assertEquals(noises, calibrated.test().concepts().keySet());
        LeakReport leaks = LeakReport.between(calibrated.validation().orElseThrow(), calibrated.test());
        assertEquals(0, leaks.sharedAttributes() + leaks.sharedPatients());
    }

    @Test
    void aGroupThatIsNotThereOrTooRareIsOneClearLine() {
        Refused.with(
                () -> StrictEpisodes.plan(QUESTIONS, byKind(2).leavingOut("nois"), COHORT::patient, Rng.of(222)),
                "--leave-out nois: is no group of attributes that is asked about here; there are ",
                "noise");
        FormatException few = Refused.with(
                () -> StrictEpisodes.plan(QUESTIONS, byKind(900).leavingOut("noise"), COHORT::patient, Rng.of(222)),
                "2-way 900-shot (2 queries) tasks about noise cannot be cut",
                "902 yes and 902 no",
                "of all patients there are ",
                "patients)");
        assertEquals(StrictEpisodes.TOO_FEW, few.field());
    }

    @Test
    void whatValidationLacksIsNotBlamedOnTheGroupLeftOut() {
        StrictRules rules = byKind(60).leavingOut("noise");
        StrictEpisodes.plan(QUESTIONS, rules, COHORT::patient, Rng.of(222));
        FormatException few = Refused.with(
                () -> StrictEpisodes.plan(QUESTIONS, rules.withValidation(), COHORT::patient, Rng.of(222)),
                "--validation: training and test hold 2-way 60-shot (2 queries) tasks, but not with",
                "run without --validation");
        assertNotEquals(StrictEpisodes.TOO_FEW, few.field());
    }

    @Test
    void theFoldsOfPtbXlDivideThePatients() {
        EpisodePlan plan = plan(Split.STRAT_FOLD, 3, 2, 2);
        assertFalse(plan.leaks().leaks());
        assertEquals(Finding.values().length, plan.leaks().sharedAttributes(), "what is asked about is the same");
        foldsOf(plan.train(), 1, 8);
        foldsOf(plan.test(), 10, 10);
        assertTrue(
                plan.notes().stream()
                        .anyMatch(
                                n -> n.contains(
                                        "strat_fold: 1 to 8 for training, 9 for validation (of whom nothing is asked without --validation), 10 for test")),
                plan.notes()::toString);
        EpisodePlan validated = StrictEpisodes.plan(
                QUESTIONS, rules(Split.STRAT_FOLD, 3, 2, 2).withValidation(), COHORT::patient, Rng.of(7));
        foldsOf(validated.validation().orElseThrow(), 9, 9);
        assertEquals(plan.train().patients(), validated.train().patients(), "whatever the seed, validated or not");
        assertEquals(plan.test().patients(), validated.test().patients());
    }

    private static void foldsOf(EpisodeSampler side, int first, int last) {
        Set<Integer> folds =
                side.patients().stream().map(StrictEpisodesTest::fold).collect(Collectors.toSet());
        assertEquals(IntStream.rangeClosed(first, last).boxed().collect(Collectors.toSet()), folds);
    }

    @Test
    void foldsThatDoNotDivideThePatientsAreRefused() {
        Map<Integer, Integer> folds = folds();
        int known = QUESTIONS.items().getFirst().ecgId();
        folds.remove(known);
        long about =
                QUESTIONS.items().stream().filter(item -> item.ecgId() == known).count();
        StrictRules rules = StrictRules.of(new StratFolds("table.csv", folds), new EpisodeShape(3, 2, 2))
                .withConcepts(SyntheticCohort.concepts());
        EpisodePlan without = StrictEpisodes.plan(QUESTIONS, rules, COHORT::patient, Rng.of(222));
        assertTrue(without.notes()
                .contains(about + " items are about ECGs that table.csv has no strat_fold of, left out"));
        assertFalse(
                without.train().ecgs().contains(known) || without.test().ecgs().contains(known));

        Refused.with(
                () -> StrictEpisodes.plan(
                        QUESTIONS, rules(Split.STRAT_FOLD, 3, 2, 2), ecg -> "one for all", Rng.of(222)),
                "table.csv: strat_fold: patient one for all stands on two sides: ECG ",
                "take the table as it is published, or --split patient");
        Refused.with(
                () -> plan(Split.STRAT_FOLD, 3, 600, 2),
                "strict split by strat_fold: cannot hold 3-way 600-shot",
                "or take --split patient");
    }

    @Test
    void patientsNeverCrossWhateverIsSplit() {
        for (Split split : EnumSet.complementOf(EnumSet.of(Split.PUBLISHED))) { // which is PublishedListsTest's
            EpisodePlan plan = plan(split, 3, 2, 2);
            assertTrue(plan.crossed(), split::name);
            assertEquals(0, plan.leaks().sharedPatients(), split::name);
        }
        EpisodePlan byPatient = plan(Split.PATIENT, 5, 5, 5);
        assertEquals(Finding.values().length, byPatient.leaks().sharedAttributes());
    }

    @Test
    void episodeNumberTellsTheEpisode() {
        EpisodePlan plan = plan(Split.PATIENT, 5, 5, 5);
        EpisodePlan again = plan(Split.PATIENT, 5, 5, 5);
        Episode ninth = plan.train().sample(Rng.of(1), 9);
        plan.train().sample(Rng.of(1), 10);
        assertEquals(ninth, again.train().sample(Rng.of(1), 9), "in any order, in another run");
        assertEquals(ninth, plan.train().batch(Rng.of(1), 3, 3).get(0));
        assertNotEquals(ninth.support(), plan.train().sample(Rng.of(1), 10).support());
        assertNotEquals(ninth.support(), plan.train().sample(Rng.of(2), 9).support());
    }

    /** Tasks must be varied, and no attribute or ECG be preferred because of the way tasks are built. */
    @Test
    void drawsAreVariedAndFair() {
        EpisodeSampler train = plan(Split.PATIENT, 4, 2, 2).train();
        Map<String, Integer> ways = new TreeMap<>();
        Set<Integer> ecgs = new HashSet<>();
        Set<String> pairs = new HashSet<>();
        int tasks = 900;
        for (int i = 0; i < tasks; i++) {
            Episode episode = train.sample(Rng.of(11), i);
            episode.ways().forEach(way -> ways.merge(way, 1, Integer::sum));
            episode.query().forEach(shot -> ecgs.add(shot.item().ecgId()));
            pairs.add(String.join("+", new TreeSet<>(episode.ways()).headSet("zz")));
        }
        assertEquals(Finding.values().length, ways.size());
        double expected = 4.0 * tasks / Finding.values().length;
        ways.forEach((way, n) -> assertTrue(n > expected / 2 && n < expected * 1.6, way + " " + n + " of " + expected));
        assertTrue(pairs.size() > 0.98 * tasks, "sets of attributes: " + pairs.size());
        assertTrue(ecgs.size() > 900, "different ECGs: " + ecgs.size());
    }

    /** What an ECG shows besides must not tell which of its two answers is yes: both have the same number of findings. */
    @Test
    void anAbnormalityScorerStandsAtChance() {
        EpisodeSampler train = plan(Split.PATIENT, 5, 5, 5).train();
        double yes = 0;
        double no = 0;
        for (int i = 0; i < 100; i++) {
            for (Shot shot : train.sample(Rng.of(5), i).query()) {
                int findings = COHORT.findings(shot.item().ecgId()).size();
                yes += shot.item().isAnswered("yes") ? findings : 0;
                no += shot.item().isAnswered("no") ? findings : 0;
            }
        }
        assertEquals(yes, no);
    }

    @Test
    void oneAttributeIsMatchedOnNormalAndAbnormal() {
        EpisodePlan plan = plan(Split.PATIENT, 1, 3, 3);
        assertTrue(plan.crossed());
        for (int i = 0; i < 60; i++) {
            Episode episode = plan.test().sample(Rng.of(5), i);
            for (List<Shot> half : List.of(episode.support(), episode.query())) {
                assertEquals(
                        3, half.stream().filter(s -> s.item().isAnswered("yes")).count());
                assertEquals(
                        3, half.stream().filter(s -> s.item().isAnswered("no")).count());
                assertEquals(6, patients(half).size());
                half.forEach(
                        s -> assertFalse(COHORT.findings(s.item().ecgId()).isEmpty(), "negatives are abnormal too"));
            }
        }
    }

    @Test
    void attributesThatImplyEachOtherAreNeverAskedTogether() {
        List<QaItem> items = new ArrayList<>();
        for (int ecg = 0; ecg < 400; ecg++) {
            boolean a = ecg % 2 == 0;
            boolean b = ecg % 3 == 0;
            add(items, ecg, "a", a);
            add(items, ecg, "a or b", a || b);
            add(items, ecg, "b", b);
            add(items, ecg, "c", ecg % 5 == 0);
        }
        EpisodePlan plan = StrictEpisodes.plan(
                new EcgQa("test", items, List.of()),
                StrictRules.of(Split.PATIENT, new EpisodeShape(2, 2, 2)),
                ecg -> "p" + ecg,
                Rng.of(1));
        assertTrue(plan.crossed());
        Set<Set<String>> pairs = new HashSet<>();
        for (int i = 0; i < 200; i++) {
            pairs.add(Set.copyOf(plan.train().sample(Rng.of(1), i).ways()));
        }
        assertEquals(Set.of(Set.of("a", "b"), Set.of("a", "c"), Set.of("b", "c"), Set.of("a or b", "c")), pairs);
    }

    private static void add(List<QaItem> items, int ecg, String attribute, boolean yes) {
        items.add(new QaItem(
                1,
                1,
                items.size(),
                QuestionType.SINGLE_VERIFY,
                "x",
                attribute + "?",
                List.of(yes ? "yes" : "no"),
                List.of(ecg),
                List.of(attribute)));
    }

    @Test
    void contradictionsAndUnsureAnswersAreLeftOutAndCounted() {
        List<QaItem> items = new ArrayList<>(QUESTIONS.items());
        QaItem first = items.get(0);
        items.add(new QaItem(
                first.templateId(),
                first.questionId(),
                -1,
                first.questionType(),
                first.attributeType(),
                first.question(),
                List.of(first.isAnswered("yes") ? "no" : "yes"),
                first.ecgIds(),
                first.attributes()));
        items.add(new QaItem(
                first.templateId(),
                first.questionId(),
                -2,
                first.questionType(),
                first.attributeType(),
                first.question(),
                List.of("not sure"),
                first.ecgIds(),
                first.attributes()));
        EpisodePlan plan = StrictEpisodes.plan(
                new EcgQa("test", items, List.of()), rules(Split.PATIENT, 2, 2, 2), COHORT::patient, Rng.of(1));
        assertTrue(plan.notes().contains("1 items answered neither yes nor no, reported apart and never merged"));
        assertTrue(plan.notes().stream().anyMatch(n -> n.startsWith("1 pairs of ECG and attribute are answered both")));
    }

    @Test
    void tooManyWaysIsOneClearLine() {
        Refused.with(
                () -> plan(Split.ATTRIBUTE, 130, 5, 5),
                "synthetic cohort: strict split by attribute",
                "cannot hold 130-way 5-shot (5 queries) tasks",
                "concepts",
                "lower --n_way");
    }
}
