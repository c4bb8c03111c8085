package org.einthoven.data.episodes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.einthoven.data.EcgLibrary;
import org.einthoven.data.RealData;
import org.einthoven.data.Refused;
import org.einthoven.data.qa.ClassRules;
import org.einthoven.data.qa.EcgQa;
import org.einthoven.data.qa.EcgQaReader;
import org.einthoven.data.qa.QuestionType;
import org.einthoven.tensor.FormatException;
import org.einthoven.tensor.Rng;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The 300 published yes/no items whose ECGs are there: noise attributes only, few patients, not crossable. */
class RealItemsTest {

    private static EcgQa items() {
        return EcgQaReader.read(RealData.at("ecgqa", "ptbxl", "with_local_ecgs.json"));
    }

    private static EcgLibrary ecgs() {
        return EcgLibrary.open(RealData.at("ptbxl", "records500"));
    }

    @ParameterizedTest
    @EnumSource(
            mode = EnumSource.Mode.EXCLUDE,
            names = {"GROUP", "PUBLISHED"
            }) // noise, with all its kinds, is one group; all of these ECGs are published for training
    void twoWayTwoShotIsPossibleInEverySplit(Split split) {
        EcgLibrary ecgs = ecgs();
        EpisodeShape shape = new EpisodeShape(2, 2, 2);
        StrictRules rules =
                split == Split.STRAT_FOLD ? StrictRules.of(ecgs.stratFolds(), shape) : StrictRules.of(split, shape);
        EpisodePlan plan = StrictEpisodes.plan(items(), rules, ecgs::patient, Rng.of(222));
        assertFalse(plan.crossed());
        assertTrue(plan.notes().stream().anyMatch(n -> n.startsWith("these items cannot be crossed")));
        assertEquals(0, plan.leaks().sharedPatients());
        assertEquals(0, plan.leaks().sharedEcgs());
        for (EpisodeSampler side : List.of(plan.train(), plan.test())) {
            for (int i = 0; i < 100; i++) {
                balanced(side.sample(Rng.of(1), i), side.shape());
            }
        }
    }

    private static void balanced(Episode episode, EpisodeShape shape) {
        Set<String> support = new HashSet<>();
        Set<Integer> drawn = new HashSet<>();
        Map<String, Integer> counts = new HashMap<>();
        for (Shot shot : episode.support()) {
            support.add(shot.patient());
            assertTrue(drawn.add(shot.item().sampleId()), "an item twice");
            counts.merge("s" + shot.way() + shot.item().answerText(), 1, Integer::sum);
        }
        for (Shot shot : episode.query()) {
            assertFalse(support.contains(shot.patient()), "a patient in support and query");
            assertTrue(drawn.add(shot.item().sampleId()), "an item twice");
            counts.merge("q" + shot.way() + shot.item().answerText(), 1, Integer::sum);
        }
        assertEquals(4 * shape.ways(), counts.size());
        counts.forEach((key, n) -> assertEquals(key.startsWith("s") ? shape.shots() : shape.queries(), n, key));
    }

    @Test
    void oneGroupCannotBeSplit() {
        StrictRules rules = StrictRules.of(Split.GROUP, new EpisodeShape(2, 2, 2));
        EcgLibrary ecgs = ecgs();
        FormatException e = assertThrows(
                FormatException.class, () -> StrictEpisodes.plan(items(), rules, ecgs::patient, Rng.of(222)));
        assertTrue(e.getMessage().contains("strict split by group: cannot hold 2-way 2-shot"), e.getMessage());
    }

    @Test
    void theSplitByAttributeSaysWhatItHadToDo() {
        EpisodePlan plan = StrictEpisodes.plan(
                items(), StrictRules.of(Split.ATTRIBUTE, new EpisodeShape(2, 2, 2)), ecgs()::patient, Rng.of(222));
        assertEquals(0, plan.leaks().sharedAttributes());
        assertEquals(2, plan.train().concepts().size());
        assertEquals(new EpisodeShape(2, 2, 2), plan.train().shape());
        assertTrue(
                plan.notes().stream().anyMatch(n -> n.startsWith("any kind of noises: 99 items, left out of a split")));
        assertTrue(plan.notes().stream()
                .anyMatch(n ->
                        n.startsWith("test tasks are 2-way 2-shot (1 queries) instead of 2-way 2-shot (2 queries)")));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 222})
    void anySeedFindsASplit(long seed) {
        StrictEpisodes.plan(
                items(),
                StrictRules.of(Split.ATTRIBUTE, new EpisodeShape(2, 2, 2)).withMinClassSize(5),
                ecgs()::patient,
                Rng.of(seed));
    }

    @Test
    void tooLittleIsSaidExactly() {
        Refused.with(
                () -> StrictEpisodes.plan(
                        items(),
                        StrictRules.of(Split.ATTRIBUTE, new EpisodeShape(5, 5, 5)),
                        ecgs()::patient,
                        Rng.of(222)),
                "with_local_ecgs.json: strict split by attribute: cannot hold 5-way 5-shot (5 queries) tasks",
                "there are 4 concepts",
                "baseline drift: 3 yes (3 patients), 6 no (6 patients)",
                "static noise: 19 yes (15 patients), 53 no (36 patients)",
                "lower --n_way, --k_spt, --k_qry or --min-class-size");
    }

    @Test
    void theSeedProtocolWithLoweredThresholds() {
        ClassRules rules = ClassRules.seed(QuestionType.SINGLE_VERIFY, 1)
                .withMinClassSize(10)
                .withExcludedTemplates(Set.of());
        EpisodeShape shape = new EpisodeShape(2, 5, 5);
        EcgLibrary ecgs = ecgs();
        EpisodePlan leaky =
                SeedEpisodes.plan(items(), rules, SeedSplit.AS_RELEASED, shape, 0, ecgs::patient, Rng.of(222));
        assertEquals(7, ((SeedEpisodes) leaky.train()).classKeys().size());
        assertEquals(leaky.leaks().trainPatients(), leaky.leaks().sharedPatients());
        EpisodePlan meant =
                SeedEpisodes.plan(items(), rules, SeedSplit.AS_INTENDED, shape, 0, ecgs::patient, Rng.of(222));
        assertEquals(5, ((SeedEpisodes) meant.train()).classKeys().size());
        assertEquals(2, ((SeedEpisodes) meant.test()).classKeys().size());
        assertTrue(meant.leaks().sharedPatients() > 0, "keys are split, patients are not");
        Refused.with(
                () -> SeedEpisodes.plan(
                        items(),
                        ClassRules.seed(QuestionType.SINGLE_VERIFY, 1),
                        SeedSplit.AS_RELEASED,
                        shape,
                        0,
                        ecgs::patient,
                        Rng.of(222)),
                "classes: 0, 2-way tasks need 2",
                "template 26: 173 items, left out by --exclude-templates",
                "lower --n_way, --min-class-size");
    }
}
