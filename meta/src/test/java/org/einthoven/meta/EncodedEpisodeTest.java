package org.einthoven.meta;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.einthoven.tensor.FormatException;
import org.einthoven.tensor.Rng;
import org.einthoven.tensor.Tensor;
import org.junit.jupiter.api.Test;

class EncodedEpisodeTest {
    private final EncodedEpisode episode = new MadeUpEpisodes(6, 1, Rng.of(1)).episode(0, 3, 4);
    private final VectorPool pool = MadeUpEpisodes.pool(6, 50);

    @Test
    void anEmptySideIsRefusedByName() {
        var e = assertThrows(
                IllegalArgumentException.class, () -> new EncodedEpisode("episode 9", List.of(), episode.query()));
        assertEquals("episode 9: the support set is empty; a task needs both", e.getMessage());
    }

    @Test
    void theEcgBlindSeeStrangersTheSameForBothQuestionsOfAnEcg() {
        EncodedEpisode blind = episode.ecgBlind(pool, Rng.of(2));
        Map<String, Tensor> seen = new HashMap<>();
        for (EncodedEpisode.Item i : blind.query()) {
            Tensor before = seen.putIfAbsent(i.ecg(), i.vector());
            assertTrue(before == null || before == i.vector());
        }
        for (int i = 0; i < episode.query().size(); i++) {
            assertNotSame(episode.query().get(i).vector(), blind.query().get(i).vector());
            assertSame(episode.query().get(i).question(), blind.query().get(i).question());
        }
        EncodedEpisode atTest = episode.ecgBlindAtTest(pool, Rng.of(2));
        assertSame(
                episode.support().getFirst().vector(),
                atTest.support().getFirst().vector());
        assertSame(blind.query().getFirst().vector(), atTest.query().getFirst().vector());
    }

    @Test
    void aStrangerIsNeverThePatient() {
        VectorPool two =
                new VectorPool(Map.of(1, Rng.of(1).normal(2), 2, Rng.of(2).normal(2)), Map.of(1, "anna", 2, "bela"));
        for (int i = 0; i < 50; i++) {
            assertSame(two.of(2), two.stranger("anna", Rng.of(i)));
        }
        VectorPool one = new VectorPool(Map.of(1, Rng.of(1).normal(2)), Map.of(1, "anna"));
        assertThrows(IllegalStateException.class, () -> one.stranger("anna", Rng.of(0)));
    }

    @Test
    void shuffledLabelsAreTheSameLabelsElsewhere() {
        EncodedEpisode shuffled = episode.shuffledLabels(Rng.of(3));
        assertEquals(count(episode), count(shuffled));
        assertTrue(IntStream.range(0, episode.support().size())
                .anyMatch(i -> episode.support().get(i).isYes()
                        != shuffled.support().get(i).isYes()));
        for (EncodedEpisode.Item i : shuffled.support()) {
            assertEquals(i.isYes() ? 5 : 6, i.answer()[0]);
        }
    }

    @Test
    void vectorsThatAreMissingOrBrokenAreNamed() {
        assertTrue(assertThrows(FormatException.class, () -> pool.of(77))
                .getMessage()
                .startsWith("ECG 77"));
        Tensor nan = Tensor.of(new float[] {1, Float.NaN}, 2);
        assertTrue(assertThrows(FormatException.class, () -> new VectorPool(Map.of(4, nan), Map.of()))
                .getMessage()
                .startsWith("ECG 4: vector"));
    }

    private static long count(EncodedEpisode e) {
        return e.support().stream().filter(EncodedEpisode.Item::isYes).count();
    }
}
