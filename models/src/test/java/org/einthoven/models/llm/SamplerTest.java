package org.einthoven.models.llm;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.einthoven.tensor.Rng;
import org.einthoven.tensor.Tensor;
import org.einthoven.tensor.TensorException;
import org.junit.jupiter.api.Test;

class SamplerTest {
    /** Probabilities 0.5, 0.3, 0.15, 0.05 at temperature 1, not in order. */
    private static final Tensor LOGITS =
            Tensor.of(new double[] {Math.log(0.15), Math.log(0.5), Math.log(0.05), Math.log(0.3)}, 4);

    private static final int DRAWS = 4000;

    private static double[] frequencies(Sampler s) {
        double[] f = new double[4];
        for (int step = 0; step < DRAWS; step++) {
            f[s.next(LOGITS, step)] += 1.0 / DRAWS;
        }
        return f;
    }

    @Test
    void greedyTakesTheFirstOfTheLargest() {
        assertEquals(1, Sampler.greedy().next(LOGITS, 5));
        assertEquals(1, Sampler.greedy().next(Tensor.of(new float[] {0, 2, 2}, 3), 0));
    }

    @Test
    void drawsInProportion() {
        Rng rng = Rng.of(222);
        assertArrayEquals(new double[] {0.15, 0.5, 0.05, 0.3}, frequencies(Sampler.temperature(1, rng)), 0.03);
        double half = 0.15 * 0.15 + 0.25 + 0.05 * 0.05 + 0.09; // temperature 1/2 squares probabilities
        assertArrayEquals(
                new double[] {0.0225 / half, 0.25 / half, 0.0025 / half, 0.09 / half},
                frequencies(Sampler.temperature(0.5, rng)),
                0.03);
    }

    @Test
    void topKAndTopPCutTheTail() {
        Rng rng = Rng.of(222);
        assertArrayEquals(new double[] {0, 0.625, 0, 0.375}, frequencies(new Sampler(1, 2, 1, rng)), 0.03);
        assertArrayEquals(new double[] {0, 0.625, 0, 0.375}, frequencies(new Sampler(1, 4, 0.8 - 1e-9, rng)), 0.03);
        assertArrayEquals(new double[] {0.158, 0.526, 0, 0.316}, frequencies(new Sampler(1, 4, 0.81, rng)), 0.03);
        assertArrayEquals(new double[] {0, 1, 0, 0}, frequencies(new Sampler(1, 4, 0.1, rng)), 1e-9);
    }

    @Test
    void minPCutsWhatIsFarBelowTheLikeliest() {
        Rng rng = Rng.of(222);
        Sampler all = new Sampler(1, Integer.MAX_VALUE, 1, 0.09, 1, rng);
        assertArrayEquals(new double[] {0.15, 0.5, 0.05, 0.3}, frequencies(all), 0.03);
        Sampler most = new Sampler(1, Integer.MAX_VALUE, 1, 0.29, 1, rng);
        assertArrayEquals(new double[] {0.158, 0.526, 0, 0.316}, frequencies(most), 0.03);
        Sampler two = new Sampler(1, Integer.MAX_VALUE, 0.99, 0.5, 1, rng);
        assertArrayEquals(new double[] {0, 0.625, 0, 0.375}, frequencies(two), 0.03);
    }

    @Test
    void repetitionsAreLessLikely() {
        Tensor logits = Tensor.of(new double[] {2, 3, -1, -1.2}, 4);
        Sampler twice = new Sampler(0, Integer.MAX_VALUE, 1, 0, 2, Rng.of(1));
        assertEquals(1, twice.next(logits, List.of(3), 0));
        assertEquals(0, twice.next(logits, List.of(1, 1, 1), 0));
        assertEquals(1, twice.next(logits, List.of(1, 0), 0));
        Sampler far = new Sampler(0, Integer.MAX_VALUE, 1, 0, 1.5, Rng.of(1));
        assertEquals(3, far.next(Tensor.of(new double[] {-5, -5, -1, -1.2}, 4), List.of(2), 0));
    }

    /** Logits divided by next to nothing are beyond any number, those multiplied by it nearly 0: a choice all the same. */
    @Test
    void aPenaltyOfNextToNothingIsNoError() {
        Tensor logits = Tensor.of(new float[] {2, 3, -1, 0}, 4);
        for (double temperature : new double[] {0, 1}) {
            Sampler s = new Sampler(temperature, Integer.MAX_VALUE, 1, 0, 1e-308, Rng.of(1));
            assertEquals(0, s.next(logits, List.of(0, 2), 0));
            assertEquals(0, s.next(new float[] {9, 2, 3, -1, 0}, 1, 4, List.of(0), 0));
            assertEquals(1, s.next(logits, List.of(1, 3), 0));
        }
    }

    @Test
    void aStepIsDrawnTheSameEachTime() {
        Sampler s = Sampler.temperature(1, Rng.of(7));
        Sampler t = Sampler.temperature(1, Rng.of(7));
        for (int step = 99; step >= 0; step--) {
            assertEquals(s.next(LOGITS, step), t.next(LOGITS, step));
        }
    }

    @Test
    void senselessSettingsAndLogitsAreRefused() {
        Rng rng = Rng.of(1);
        assertThrows(TensorException.class, () -> Sampler.temperature(Double.NaN, rng));
        assertThrows(TensorException.class, () -> new Sampler(1, 0, 1, rng));
        assertThrows(TensorException.class, () -> new Sampler(1, 1, 0, rng));
        assertThrows(TensorException.class, () -> new Sampler(1, 1, 1, 1.1, 1, rng));
        assertThrows(TensorException.class, () -> new Sampler(1, 1, 1, 0, 0, rng));
        TensorException e = assertThrows(
                TensorException.class, () -> Sampler.greedy().next(Tensor.of(new float[] {1, Float.NaN}, 2), 0));
        assertTrue(e.getMessage().contains("token 1"), e.getMessage());
    }
}
