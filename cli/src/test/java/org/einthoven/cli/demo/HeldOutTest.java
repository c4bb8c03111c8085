package org.einthoven.cli.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.einthoven.data.episodes.Episode;
import org.einthoven.data.episodes.EpisodeSampler;
import org.einthoven.data.episodes.Shot;
import org.einthoven.data.synthetic.Difficulty;
import org.einthoven.data.synthetic.Finding;
import org.einthoven.data.synthetic.SyntheticCohort;
import org.einthoven.meta.VectorPool;
import org.einthoven.models.ecg.EcgCheckpoint;
import org.einthoven.models.ecg.EcgEncoder;
import org.einthoven.tensor.Rng;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is held out stays out: whole concepts, no training recording that shows one, no training task that asks for one. */
class HeldOutTest {
    private static final Set<Finding> HELD_OUT = HeldOut.draw(Rng.of(DemoModels.SEED));

    @ParameterizedTest
    @ValueSource(longs = {DemoModels.SEED, 1, 2, 3, 4, 5})
    void wholeConceptsAndEnoughFindings(long seed) {
        Set<Finding> held = HeldOut.draw(Rng.of(seed));
        // A concept has two at most.
        assertTrue(held.size() >= HeldOut.LEAST && held.size() <= HeldOut.LEAST + 1, held::toString);
        Set<String> concepts = held.stream().map(Finding::concept).collect(Collectors.toSet());
        for (Finding f : Finding.values()) {
            assertEquals(concepts.contains(f.concept()), held.contains(f), f.text());
        }
    }

    @Test
    void anotherSeedHoldsOutOthers() {
        assertFalse(HeldOut.draw(Rng.of(1)).equals(HeldOut.draw(Rng.of(2))));
        assertEquals(HELD_OUT, HeldOut.draw(Rng.of(DemoModels.SEED)));
    }

    @Test
    void noTrainingRecordingShowsOne() {
        EcgEncoder encoder = new EcgEncoder(EncoderMaker.config());
        EcgCheckpoint untrained = new EcgCheckpoint(encoder, encoder.init(Rng.of(1)), List.of());
        Recordings training = DemoModels.trainingRecordings(100, Rng.of(2), untrained, line -> {});
        assertEquals(100, training.cohort().ecgs());
        for (int ecg = 0; ecg < 100; ecg++) {
            for (Finding f : training.cohort().findings(ecg)) {
                assertFalse(HELD_OUT.contains(f), "ECG " + ecg + " shows " + f.text());
            }
        }
    }

    @Test
    void noTaskAboutTheOthersAsksForOne() {
        SyntheticCohort cohort =
                SyntheticCohort.of(2500, Difficulty.STANDARD, Rng.of(3)).without(HELD_OUT);
        Set<Finding> trained = EnumSet.complementOf(EnumSet.copyOf(HELD_OUT));
        asksOnlyFor(trained, cohort);
    }

    @Test
    void testTasksAskOnlyForWhatIsHeldOut() {
        asksOnlyFor(HELD_OUT, SyntheticCohort.of(2500, Difficulty.STANDARD, Rng.of(4)));
    }

    /** Also that tasks are crossed: every attribute with as many yes as no, no patient on both sides. */
    private static void asksOnlyFor(Set<Finding> findings, SyntheticCohort cohort) {
        Set<String> allowed = findings.stream().map(Finding::text).collect(Collectors.toSet());
        EpisodeSampler tasks = new Recordings(cohort, new VectorPool(Map.of(), Map.of())).tasks(findings);
        assertEquals(allowed, tasks.concepts().keySet());
        for (Episode task :
                IntStream.range(0, 30).mapToObj(i -> tasks.sample(Rng.of(5), i)).toList()) {
            assertTrue(allowed.containsAll(task.ways()), task.ways()::toString);
            for (List<Shot> side : List.of(task.support(), task.query())) {
                assertEquals(50, side.size());
                for (Shot shot : side) {
                    assertTrue(allowed.containsAll(shot.item().attributes()), shot::toString);
                    boolean has = cohort.findings(shot.item().ecgId()).stream()
                            .anyMatch(f -> f.text().equals(shot.attribute()));
                    assertEquals(has, shot.item().isAnswered("yes"), shot::toString);
                }
                assertEquals(
                        25,
                        side.stream().filter(s -> s.item().isAnswered("yes")).count());
            }
            Set<String> learntFrom = task.support().stream().map(Shot::patient).collect(Collectors.toSet());
            assertTrue(task.query().stream().noneMatch(s -> learntFrom.contains(s.patient())));
        }
    }
}
