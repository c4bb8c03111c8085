package org.einthoven.data.episodes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import org.einthoven.data.qa.EcgQa;
import org.einthoven.data.qa.QaItem;
import org.einthoven.data.qa.QuestionType;
import org.einthoven.tensor.Rng;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Choose tasks in which each ECG has all four outcomes: properties of the tasks, which no training comes into. */
class ChooseSamplerTest {
    private static final int FAMILIES = 10;
    private static final int MEMBERS = 5;

    /** Families of five findings, every pair of a family shown by as many ECGs, which are asked about all pairs of theirs. */
    private static EcgQa families(int ecgsOfPair) {
        List<Set<String>> shown = new ArrayList<>();
        for (int round = 0; round < ecgsOfPair; round++) {
            for (int family = 0; family < FAMILIES; family++) {
                pairs(members(family)).forEach(pair -> shown.add(Set.copyOf(pair)));
            }
        }
        return asked(shown, has -> pairs(members(family(has.iterator().next()))));
    }

    private static List<String> members(int family) {
        List<String> members = new ArrayList<>();
        for (int m = 0; m < MEMBERS; m++) {
            members.add("finding " + (char) ('a' + (m * 7 + family) % 26) + " of " + family);
        }
        return members;
    }

    private static int family(String finding) {
        return Integer.parseInt(finding.substring(finding.lastIndexOf(' ') + 1));
    }

    private static List<List<String>> pairs(List<String> findings) {
        List<List<String>> pairs = new ArrayList<>();
        for (int a = 0; a < findings.size(); a++) {
            for (int b = a + 1; b < findings.size(); b++) {
                pairs.add(List.of(findings.get(a), findings.get(b)));
            }
        }
        return pairs;
    }

    private static EcgQa asked(List<Set<String>> shown, Function<Set<String>, List<List<String>>> about) {
        List<QaItem> items = new ArrayList<>();
        RandomGenerator random = Rng.of(5).split("order").stream();
        for (int ecg = 0; ecg < shown.size(); ecg++) {
            Set<String> has = shown.get(ecg);
            for (List<String> pair : about.apply(has)) {
                List<String> offered = random.nextBoolean() ? pair : pair.reversed();
                List<String> answer = offered.stream().filter(has::contains).toList();
                items.add(new QaItem(
                        1,
                        pair.hashCode(),
                        items.size(),
                        QuestionType.SINGLE_CHOOSE,
                        "finding",
                        offered.get(0) + " or " + offered.get(1) + "?",
                        answer.isEmpty() ? List.of("none") : answer,
                        List.of(ecg),
                        offered));
            }
        }
        return new EcgQa("made for this test", items, List.of());
    }

    /** Two ECGs of each patient, which show different things. */
    private static String patient(int ecg) {
        return "p" + ecg / 2;
    }

    private static StrictRules rules(Split split, int ways, int shots, int queries) {
        Map<String, String> concepts = new TreeMap<>();
        for (int family = 0; family < FAMILIES; family++) {
            for (String finding : members(family)) {
                concepts.put(finding, "family " + family + "/" + finding);
            }
        }
        return StrictRules.of(split, new EpisodeShape(ways, shots, queries))
                .withTypes(Set.of(QuestionType.SINGLE_CHOOSE))
                .withPatientShare(0.4)
                .withConcepts(Concepts.of(concepts));
    }

    private static EpisodePlan plan(EcgQa qa, Split split, int ways, int shots, int queries) {
        return StrictEpisodes.plan(qa, rules(split, ways, shots, queries), ChooseSamplerTest::patient, Rng.of(222));
    }

    @ParameterizedTest
    @CsvSource({"4,2,1", "5,5,2", "5,1,1", "8,2,1"})
    void everyEcgHasAllFourOutcomes(int ways, int shots, int queries) {
        EpisodePlan plan = plan(families(40), Split.GROUP, ways, shots, queries);
        assertTrue(plan.crossed(), plan.notes()::toString);
        assertEquals(new EpisodeShape(ways, shots, queries), plan.test().shape());
        for (EpisodeSampler side :
                List.of(plan.train(), plan.test(), plan.seen().orElseThrow())) {
            for (int i = 0; i < 30; i++) {
                fourfold(side.sample(Rng.of(3), i), ways, shots, queries);
            }
        }
    }

    private static void fourfold(Episode episode, int ways, int shots, int queries) {
        assertEquals(ways, new HashSet<>(episode.ways()).size());
        crossed(episode.support(), ways, shots);
        crossed(episode.query(), ways, queries);
        Map<String, Integer> ecgOfPatient = new HashMap<>();
        Set<String> ofSupport = new HashSet<>();
        episode.support().forEach(shot -> ofSupport.add(shot.patient()));
        assertTrue(episode.query().stream().noneMatch(shot -> ofSupport.contains(shot.patient())));
        for (List<Shot> half : List.of(episode.support(), episode.query())) {
            for (Shot shot : half) {
                int ecg = shot.item().ecgId();
                assertEquals(ecg, ecgOfPatient.computeIfAbsent(shot.patient(), p -> ecg), "one ECG of a patient");
            }
        }
    }

    /** K of each (pair, outcome); each ECG under four pairs, with four outcomes and four answers. */
    private static void crossed(List<Shot> half, int ways, int count) {
        assertEquals(4 * ways * count, half.size());
        Map<String, Integer> balance = new TreeMap<>();
        Map<String, Integer> inWords = new TreeMap<>();
        Map<Integer, List<Shot>> ofEcg = new TreeMap<>();
        for (Shot shot : half) {
            QaItem item = shot.item();
            assertEquals(
                    Set.copyOf(item.attributes()), Set.copyOf(shot.options().subList(0, 2)));
            assertEquals(List.of("both", "none"), shot.options().subList(2, 4));
            assertEquals(pair(shot), shot.attribute());
            balance.merge(shot.way() + " " + outcome(shot), 1, Integer::sum);
            inWords.merge(shot.way() + " " + item.answerText(), 1, Integer::sum);
            ofEcg.computeIfAbsent(item.ecgId(), e -> new ArrayList<>()).add(shot);
        }
        for (Map<String, Integer> counts : List.of(balance, inWords)) {
            assertEquals(4 * ways, counts.size());
            counts.forEach((key, n) -> assertEquals(count, n, key));
        }
        assertEquals(ways * count, ofEcg.size());
        ofEcg.forEach((ecg, four) -> {
            assertEquals(4, four.size());
            assertEquals(4, four.stream().map(Shot::way).distinct().count());
            assertEquals(
                    Set.of(0, 1, 2, 3),
                    four.stream().map(ChooseSamplerTest::outcome).collect(Collectors.toSet()));
        });
        // Whoever knows everything but the question, or everything but the ECG, is right in a quarter at best.
        for (Function<Shot, Object> said : List.<Function<Shot, Object>>of(
                ChooseSamplerTest::outcome, shot -> shot.item().answerText())) {
            assertEquals(0.25, best(half, shot -> shot.item().ecgId(), said), "question-blind");
            assertEquals(0.25, best(half, Shot::patient, said), "question-blind");
            assertEquals(0.25, best(half, Shot::attribute, said), "ECG-blind");
        }
    }

    private static String pair(Shot shot) {
        return String.join(" or ", new TreeSet<>(shot.item().attributes()));
    }

    private static int outcome(Shot shot) {
        return shot.options().indexOf(shot.item().answerText());
    }

    /** The share of right answers of one who sees {@code seen} of an item alone, and knows the answers of all. */
    private static double best(List<Shot> half, Function<Shot, Object> seen, Function<Shot, Object> said) {
        Map<Object, Map<Object, Integer>> counts = new HashMap<>();
        half.forEach(shot -> counts.computeIfAbsent(seen.apply(shot), s -> new HashMap<>())
                .merge(said.apply(shot), 1, Integer::sum));
        int right = counts.values().stream()
                .mapToInt(answers ->
                        answers.values().stream().mapToInt(n -> n).max().orElseThrow())
                .sum();
        return right / (double) half.size();
    }

    @Test
    void whatIsTestedIsNeverAskedAboutInTraining() {
        EpisodePlan plan = plan(families(40), Split.GROUP, 5, 2, 1);
        Set<String> trained = findings(plan.train());
        Set<String> tested = findings(plan.test());
        assertEquals(2 * MEMBERS, tested.size(), "a fifth of the families");
        assertEquals((FAMILIES - 2) * MEMBERS, trained.size());
        assertTrue(tested.stream().noneMatch(trained::contains));
        assertEquals(trained, findings(plan.seen().orElseThrow()));
        assertEquals(0, plan.leaks().sharedAttributes() + plan.leaks().sharedPatients());
        Set<List<String>> tasks = new HashSet<>();
        for (int i = 0; i < 200; i++) {
            tasks.add(List.copyOf(new TreeSet<>(plan.test().sample(Rng.of(1), i).ways())));
        }
        assertEquals(2 * 12, tasks.size(), "all rings of five of either family");
    }

    private static Set<String> findings(EpisodeSampler side) {
        Set<String> findings = new TreeSet<>();
        side.concepts().keySet().forEach(pair -> findings.addAll(List.of(pair.split(" or "))));
        return findings;
    }

    /** As real recordings are: any number of findings, each with any other. */
    @ParameterizedTest
    @CsvSource({"4,2,2", "5,2,1"})
    void recordingsOfAnyNumberOfFindings(int ways, int shots, int queries) {
        List<String> all = List.of("a", "b", "c", "d", "e", "f", "g");
        RandomGenerator random = Rng.of(8).stream();
        List<Set<String>> shown = new ArrayList<>();
        for (int ecg = 0; ecg < 1500; ecg++) {
            shown.add(all.stream().filter(f -> random.nextDouble() < 0.4).collect(Collectors.toSet()));
        }
        EpisodePlan plan = plan(asked(shown, has -> pairs(all)), Split.PATIENT, ways, shots, queries);
        assertTrue(plan.crossed(), plan.notes()::toString);
        for (int i = 0; i < 30; i++) {
            fourfold(plan.test().sample(Rng.of(3), i), ways, shots, queries);
        }
    }

    @Test
    void aTaskIsTheSameWheneverItIsDrawn() {
        EpisodeSampler one = plan(families(30), Split.GROUP, 5, 2, 1).train();
        EpisodeSampler again = plan(families(30), Split.GROUP, 5, 2, 1).train();
        Episode third = one.sample(Rng.of(9), 3);
        one.sample(Rng.of(9), 4);
        assertEquals(third, one.sample(Rng.of(9), 3));
        assertEquals(third, again.sample(Rng.of(9), 3));
    }

    /** Pairs of two findings each that nothing else is paired with: no ECG of two findings has four outcomes. */
    @Test
    void whatCannotBeCrossedIsSaidWithCounts() {
        List<List<String>> apart = new ArrayList<>();
        for (int pair = 0; pair < 12; pair++) {
            apart.add(List.of("a" + pair, "b" + pair));
        }
        List<Set<String>> shown = new ArrayList<>();
        for (int round = 0; round < 20; round++) {
            for (int pair = 0; pair < apart.size(); pair++) {
                shown.add(Set.copyOf(apart.get(pair)));
                shown.add(Set.of("a" + pair, "b" + (pair + (round % 2 == 0 ? 1 : 11)) % 12));
            }
        }
        EcgQa qa = asked(shown, has -> apart);
        EpisodePlan plan = plan(qa, Split.PATIENT, 5, 2, 1);
        assertFalse(plan.crossed());
        String note = plan.notes().stream()
                .filter(n -> n.startsWith("these items cannot be crossed"))
                .findFirst()
                .orElseThrow();
        assertTrue(note.contains("of 480 ECGs that are asked to choose 0 show both of some pair"), note);
        assertTrue(note.contains("a task takes 15 whose pairs fit together"), note);
        EpisodePlan two = plan(qa, Split.PATIENT, 2, 2, 1);
        assertTrue(two.crossed(), "two ways are crossed by two pairs");
        assertTrue(
                two.notes().stream().anyMatch(n -> n.contains("is right half of the time") && n.contains("--n_way 4")));
    }

    /** Every ECG is asked about one pair. Tasks are balanced then, of pairs with no attribute in common: they need twice the concepts. */
    @Test
    void whatCannotBeCrossedKeepsItsNumberOfPairs() {
        List<List<String>> all = pairs(List.of("abcdefghijklmnop".split("")));
        List<Set<String>> shown = new ArrayList<>();
        for (int round = 0; round < 10; round++) {
            for (int pair = 0; pair < all.size(); pair++) {
                String asked = "asked about " + pair;
                String one = all.get(pair).get(0);
                String other = all.get(pair).get(1);
                shown.addAll(
                        List.of(Set.of(asked), Set.of(asked, one), Set.of(asked, other), Set.of(asked, one, other)));
            }
        }
        Function<Set<String>, List<List<String>>> about = has -> has.stream()
                .filter(said -> said.startsWith("asked about "))
                .map(said -> all.get(Integer.parseInt(said.substring("asked about ".length()))))
                .toList();
        EpisodePlan plan = plan(asked(shown, about), Split.ATTRIBUTE, 4, 1, 1);
        assertFalse(plan.crossed());
        assertEquals(new EpisodeShape(4, 1, 1), plan.test().shape());
    }
}
