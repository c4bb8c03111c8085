package org.einthoven.data.episodes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.einthoven.data.Refused;
import org.einthoven.data.qa.ClassRules;
import org.einthoven.data.qa.EcgQa;
import org.einthoven.data.qa.QaItem;
import org.einthoven.data.qa.QuestionType;
import org.einthoven.tensor.Rng;
import org.junit.jupiter.api.Test;

/** Rows 13 to 17 of the reference protocol. */
class SeedEpisodesTest {
    private static final EpisodeShape SHAPE = new EpisodeShape(3, 5, 4);

    /** Ten attributes, yes and no, 14 items each: 20 classes. */
    private static EcgQa questions() {
        List<QaItem> items = new ArrayList<>();
        for (int i = 0; i < 280; i++) {
            items.add(new QaItem(
                    1,
                    i % 10,
                    i,
                    QuestionType.SINGLE_VERIFY,
                    "x",
                    "?",
                    List.of(i < 140 ? "yes" : "no"),
                    List.of(i % 50),
                    List.of("a" + i % 10)));
        }
        return new EcgQa("test", items, List.of());
    }

    private static EpisodePlan plan(SeedSplit split, int repeats, EpisodeShape shape) {
        ClassRules rules = ClassRules.seed(QuestionType.SINGLE_VERIFY, 1).withMinClassSize(14);
        return SeedEpisodes.plan(questions(), rules, split, shape, repeats, ecg -> "p" + ecg, Rng.of(222));
    }

    @Test
    void aTaskIsNClassesWithKAndQItemsOfEach() {
        EpisodePlan plan = plan(SeedSplit.AS_RELEASED, 0, SHAPE);
        boolean repeated = false;
        for (int i = 0; i < 40; i++) {
            Episode episode = plan.train().sample(Rng.of(1), i);
            assertEquals(3, new HashSet<>(episode.ways()).size());
            assertEquals(15, episode.support().size());
            assertEquals(12, episode.query().size());
            for (int way = 0; way < 3; way++) {
                int w = way;
                String key = episode.ways().get(way);
                assertEquals(
                        5, episode.support().stream().filter(s -> s.way() == w).count());
                assertEquals(
                        4, episode.query().stream().filter(s -> s.way() == w).count());
                assertTrue(episode.query().stream()
                        .filter(s -> s.way() == w)
                        .allMatch(s ->
                                key.equals("1_" + s.attribute() + "_" + s.item().answerText())));
            }
            Set<Integer> ids = new HashSet<>();
            episode.support().forEach(s -> ids.add(s.item().sampleId()));
            repeated |=
                    episode.query().stream().anyMatch(s -> ids.contains(s.item().sampleId()));
        }
        assertTrue(repeated, "drawn with replacement, queries can repeat support items");
    }

    @Test
    void everyTaskComesTwice() {
        EpisodeSampler train = plan(SeedSplit.AS_RELEASED, 0, SHAPE).train();
        Set<List<Shot>> distinct = new HashSet<>();
        for (int i = 0; i < 40; i++) {
            Episode episode = train.sample(Rng.of(1), i);
            distinct.add(episode.support());
            assertEquals(i, episode.index());
        }
        assertEquals(20, distinct.size());
        assertEquals(
                train.sample(Rng.of(1), 6).support(), train.sample(Rng.of(1), 7).support());
    }

    @Test
    void repeatsGiveTheSupportAgain() {
        Episode episode = plan(SeedSplit.AS_RELEASED, 2, SHAPE).train().sample(Rng.of(1), 0);
        assertEquals(45, episode.support().size());
        assertEquals(
                15,
                new HashSet<>(episode.support().stream()
                                .map(s -> s.way() + " " + s.item().sampleId())
                                .toList())
                        .size(),
                3);
    }

    @Test
    void theSplitAsReleasedAndAsIntended() {
        EpisodePlan released = plan(SeedSplit.AS_RELEASED, 0, SHAPE);
        assertEquals(((SeedEpisodes) released.train()).classKeys(), ((SeedEpisodes) released.test()).classKeys());
        EpisodePlan intended = plan(SeedSplit.AS_INTENDED, 0, SHAPE);
        Set<String> train = new HashSet<>(((SeedEpisodes) intended.train()).classKeys());
        Set<String> test = new HashSet<>(((SeedEpisodes) intended.test()).classKeys());
        assertEquals(16, train.size());
        assertEquals(4, test.size());
        train.retainAll(test);
        assertEquals(Set.of(), train);
        assertTrue(intended.leaks().leaks(), "the ECGs are the same");
    }

    @Test
    void moreWaysThanClasses() {
        Refused.with(
                () -> plan(SeedSplit.AS_RELEASED, 0, new EpisodeShape(21, 1, 1)),
                "test: classes: 20, 21-way tasks need 21");
        Refused.with(
                () -> plan(SeedSplit.AS_INTENDED, 0, new EpisodeShape(5, 1, 1)),
                "classes: 4 on the test side, 5-way tasks need 5");
    }
}
