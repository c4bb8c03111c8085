package org.einthoven.data.episodes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.einthoven.data.qa.EcgQa;
import org.einthoven.data.qa.QaItem;
import org.einthoven.data.qa.QuestionType;
import org.einthoven.data.synthetic.Difficulty;
import org.einthoven.data.synthetic.Finding;
import org.einthoven.data.synthetic.SyntheticCohort;
import org.einthoven.tensor.Rng;
import org.junit.jupiter.api.Test;

/** Strict choose, query and mixed tasks of the protocol, as properties of the tasks. */
class StrictKindsTest {
    private static final SyntheticCohort COHORT =
            SyntheticCohort.of(3000, Difficulty.STANDARD.withCompany(0.8), Rng.of(7));

    private static final Set<Finding> ALL = EnumSet.allOf(Finding.class);
    private static final EcgQa CHOICES = COHORT.choices(ALL, 1);
    private static final EcgQa QUERIES = COHORT.queries(ALL);

    private static StrictRules rules(Set<QuestionType> types, int ways, int shots, int queries) {
        return StrictRules.of(Split.ATTRIBUTE, new EpisodeShape(ways, shots, queries))
                .withTypes(types)
                .withPatientShare(0.5)
                .withConcepts(SyntheticCohort.concepts());
    }

    private static EpisodePlan plan(EcgQa qa, QuestionType type, int ways, int shots, int queries) {
        return StrictEpisodes.plan(qa, rules(Set.of(type), ways, shots, queries), COHORT::patient, Rng.of(222));
    }

    private static List<EpisodeSampler> sides(EpisodePlan plan) {
        return List.of(plan.train(), plan.test(), plan.seen().orElseThrow());
    }

    @Test
    void chooseIsCrossedExactly() {
        EpisodePlan plan = plan(CHOICES, QuestionType.SINGLE_CHOOSE, 2, 3, 1);
        assertTrue(plan.crossed());
        for (EpisodeSampler side : sides(plan)) {
            for (int i = 0; i < 40; i++) {
                Episode episode = side.sample(Rng.of(3), i);
                chosen(episode.support(), 2, 3);
                chosen(episode.query(), 2, 1);
                apart(episode);
            }
        }
    }

    /** K of each (pair, outcome); every ECG under two pairs, with different outcomes, showing two of their four findings. */
    private static void chosen(List<Shot> half, int ways, int count) {
        assertEquals(4 * ways * count, half.size());
        Map<String, Integer> balance = new TreeMap<>();
        Map<Integer, List<Shot>> ofEcg = new HashMap<>();
        for (Shot shot : half) {
            List<String> offered = shot.item().attributes();
            List<String> has = COHORT.findings(shot.item().ecgId()).stream()
                    .map(Finding::text)
                    .filter(offered::contains)
                    .toList();
            String gold = has.isEmpty() ? "none" : has.size() == 2 ? "both" : has.get(0);
            assertEquals(gold, shot.item().answerText());
            assertEquals(Set.of(offered.get(0), offered.get(1), "both", "none"), Set.copyOf(shot.options()));
            balance.merge(shot.way() + gold, 1, Integer::sum);
            ofEcg.computeIfAbsent(shot.item().ecgId(), e -> new ArrayList<>()).add(shot);
        }
        assertEquals(4 * ways, balance.size());
        balance.forEach((key, n) -> assertEquals(count, n, key));
        ofEcg.forEach((ecg, two) -> {
            assertEquals(2, two.size());
            assertEquals(2, two.stream().map(Shot::way).distinct().count());
            assertEquals(
                    2, two.stream().map(s -> s.item().answerText()).distinct().count());
            Set<String> offered = new HashSet<>();
            two.forEach(s -> offered.addAll(s.item().attributes()));
            assertEquals(4, offered.size());
            assertEquals(
                    2,
                    COHORT.findings(ecg).stream()
                            .filter(f -> offered.contains(f.text()))
                            .count());
        });
    }

    @Test
    void theOrderOfTheOptionsTellsNothing() {
        EpisodeSampler train =
                plan(CHOICES, QuestionType.SINGLE_CHOOSE, 2, 3, 1).train();
        int named = 0;
        int first = 0;
        for (int i = 0; i < 300; i++) {
            for (Shot shot : train.sample(Rng.of(4), i).query()) {
                QaItem item = shot.item();
                if (item.attributes().contains(item.answerText())) {
                    named++;
                    first += item.attributes().get(0).equals(item.answerText()) ? 1 : 0;
                    assertTrue(item.question().indexOf(item.attributes().get(0))
                            <= item.question().indexOf(item.attributes().get(1)));
                }
            }
        }
        assertEquals(0.5, first / (double) named, 0.04, named + " answers");
    }

    @Test
    void queryAsksOneQuestionWithEqualCounts() {
        EpisodePlan plan = plan(QUERIES, QuestionType.SINGLE_QUERY, 3, 2, 3);
        assertTrue(plan.crossed());
        for (EpisodeSampler side : sides(plan)) {
            for (int i = 0; i < 40; i++) {
                Episode episode = side.sample(Rng.of(3), i);
                Set<String> asked = new HashSet<>();
                Map<String, Integer> balance = new TreeMap<>();
                episode.support().forEach(s -> balance.merge("s" + s.item().answerText(), 1, Integer::sum));
                episode.query().forEach(s -> balance.merge("q" + s.item().answerText(), 1, Integer::sum));
                for (Shot shot : episode.query()) {
                    asked.add(shot.item().question());
                    assertEquals(episode.ways(), shot.options());
                    assertEquals(episode.ways().get(shot.way()), shot.item().answerText());
                }
                episode.support().forEach(shot -> asked.add(shot.item().question()));
                assertEquals(1, asked.size());
                assertEquals(6, balance.size());
                balance.forEach((key, n) -> assertEquals(key.startsWith("s") ? 2 : 3, n, key));
                apart(episode);
            }
        }
    }

    /** No patient in support and query. */
    private static void apart(Episode episode) {
        Set<String> support = new HashSet<>();
        episode.support().forEach(s -> support.add(s.patient()));
        assertTrue(episode.query().stream().noneMatch(s -> support.contains(s.patient())));
    }

    @Test
    void allTakesTurnsAndSharesOneDivision() {
        List<QaItem> items =
                new ArrayList<>(COHORT.questions(EnumSet.range(Finding.ATRIAL_FIBRILLATION, Finding.TERMINAL_R))
                        .items());
        items.addAll(CHOICES.items());
        items.addAll(QUERIES.items());
        Set<QuestionType> types =
                Set.of(QuestionType.SINGLE_VERIFY, QuestionType.SINGLE_CHOOSE, QuestionType.SINGLE_QUERY);
        EpisodePlan plan = StrictEpisodes.plan(
                new EcgQa("all", items, List.of()), rules(types, 2, 1, 1), COHORT::patient, Rng.of(222));
        assertTrue(plan.crossed());
        assertEquals(0, plan.leaks().sharedPatients());
        assertEquals(0, plan.leaks().sharedAttributes());
        Set<String> trained = new HashSet<>(plan.train().concepts().values());
        assertTrue(plan.test().concepts().values().stream().noneMatch(trained::contains));
        List<QuestionType> order = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            Set<QuestionType> of = new HashSet<>();
            plan.train()
                    .sample(Rng.of(1), i)
                    .query()
                    .forEach(s -> of.add(s.item().questionType()));
            assertEquals(1, of.size());
            order.addAll(of);
        }
        assertEquals(types, Set.copyOf(order.subList(0, 3)));
        assertEquals(order.subList(0, 3), order.subList(3, 6));
    }

    @Test
    void nothingTrainedOnIsTested() {
        EpisodePlan choose = plan(CHOICES, QuestionType.SINGLE_CHOOSE, 2, 2, 2);
        Set<String> trained = new HashSet<>();
        choose.train().concepts().keySet().forEach(pair -> trained.addAll(List.of(pair.split(" or "))));
        choose.test().concepts().keySet().forEach(pair -> List.of(pair.split(" or "))
                .forEach(a -> assertTrue(!trained.contains(a), a)));
    }

    /** Comparisons of two ECGs, of one patient or of two: what straddles the sides is on none, and no patient comes twice. */
    @Test
    void comparisonsKeepBothPatientsApart() {
        List<QaItem> items = new ArrayList<>();
        for (int ecg = 0; ecg + 7 < 900; ecg++) {
            for (Finding finding : EnumSet.range(Finding.ATRIAL_FIBRILLATION, Finding.GRADUAL_SLOWING)) {
                boolean first = COHORT.findings(ecg).contains(finding);
                boolean second = COHORT.findings(ecg + 7).contains(finding);
                if (second || ecg % 4 == 0) {
                    items.add(new QaItem(
                            50,
                            finding.ordinal(),
                            items.size(),
                            QuestionType.IRRELEVANT_VERIFY,
                            "finding",
                            "Is there " + finding.text() + " in the second ECG but not in the first?",
                            List.of(second && !first ? "yes" : "no"),
                            List.of(ecg, ecg + 7),
                            List.of()));
                }
            }
        }
        StrictRules rules = StrictRules.of(Split.PATIENT, new EpisodeShape(2, 2, 2))
                .withTypes(Set.of(QuestionType.IRRELEVANT_VERIFY))
                .withPatientShare(0.5);
        EpisodePlan plan = StrictEpisodes.plan(new EcgQa("two", items, List.of()), rules, COHORT::patient, Rng.of(1));
        assertTrue(plan.crossed());
        assertEquals(0, plan.leaks().sharedPatients());
        assertEquals(0, plan.leaks().sharedEcgs());
        for (int i = 0; i < 50; i++) {
            Episode episode = plan.test().sample(Rng.of(2), i);
            Map<String, List<Integer>> ecgsOf = new HashMap<>();
            List<Shot> all = new ArrayList<>(episode.support());
            all.addAll(episode.query());
            for (Shot shot : all) {
                for (int ecg : shot.item().ecgIds()) {
                    List<Integer> pair = shot.item().ecgIds();
                    assertEquals(
                            pair, ecgsOf.computeIfAbsent(COHORT.patient(ecg), p -> pair), "a patient in two pairs");
                }
            }
        }
    }
}
