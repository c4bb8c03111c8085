package org.einthoven.models.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.einthoven.autograd.Grad;
import org.einthoven.autograd.GradMode;
import org.einthoven.autograd.check.GradCheck;
import org.einthoven.tensor.DType;
import org.einthoven.tensor.Rng;
import org.einthoven.tensor.Tensor;
import org.einthoven.tensor.TensorException;
import org.junit.jupiter.api.Test;

/** Drawing from distributions in tensor operations: Gumbel-softmax, dropout, top-p. */
class DrawingTest {
    private static final Rng RNG = Rng.of(222);

    @Test
    void hardGumbelDrawsEachClassWithItsProbability() {
        double[] p = {0.5, 0.3, 0.2};
        int draws = 20_000;
        Tensor logits = Tensor.of(p, 3).log().expand(draws, 3);

        Tensor drawn = new GumbelSoftmax(0.7, true).apply(RNG, logits);

        assertArrayEquals(p, drawn.mean(false, 0).toDoubles(), 0.015, "four standard deviations are 0.014");
        assertEquals(draws, drawn.max(-1, false).sum().item(), 1e-9, "each row has one 1");
        assertEquals(draws, drawn.sum().item(), 1e-9);
    }

    @Test
    void softGumbelHasDerivativesToSecondOrderAndHardHasThoseOfSoft() {
        Tensor logits = RNG.split("logits").normal64(2, 4);
        Tensor noise = RNG.split("noise").normal64(2, 4);
        GumbelSoftmax soft = new GumbelSoftmax(0.5, false);
        GumbelSoftmax hard = new GumbelSoftmax(0.5, true);

        GradCheck.standard(RNG)
                .check(x -> soft.apply(noise, x.getFirst()), List.of(logits))
                .assertOk();
        assertArrayEquals(gradient(soft, noise, logits), gradient(hard, noise, logits));
    }

    private static double[] gradient(GumbelSoftmax g, Tensor noise, Tensor logits) {
        Tensor weights = RNG.split("weights").normal64(2, 4);
        return Grad.grad(x -> g.apply(noise, x).mul(weights).sum(), logits, GradMode.CONSTANT)
                .toDoubles();
    }

    @Test
    void noiseIsFiniteAndTheSameForTheSameKey() {
        Tensor logits = Tensor.zeros(DType.F32, 300_000);
        Tensor a = new GumbelSoftmax(1, false).apply(RNG, logits);
        assertTrue(a.sum().item() > 0.99 && a.sum().item() < 1.01);
        assertArrayEquals(
                a.toFloats(), new GumbelSoftmax(1, false).apply(RNG, logits).toFloats());
    }

    @Test
    void topPKeepsTheFewestThatHoldEnough() {
        Tensor p = Tensor.of(new double[] {0.1, 0.4, 0.2, 0.3, 0.25, 0.25, 0.25, 0.25}, 2, 4);

        assertArrayEquals(
                new boolean[] {false, true, false, true, true, true, true, false},
                new Nucleus(0.6).keep(p).toBooleans(),
                "0.4 + 0.3 hold 0.6, and so do three quarters, but not two");
        assertArrayEquals(
                new double[] {0, 0.4 / 0.7, 0, 0.3 / 0.7},
                new Nucleus(0.6).apply(p).select(0, 0).toDoubles(),
                1e-12);
        assertArrayEquals(p.toDoubles(), new Nucleus(1).apply(p).toDoubles(), 1e-12);
        assertEquals(2, new Nucleus(1e-9).keep(p).cast(DType.F64).sum().item(), "the likeliest of each row");
        GradCheck.standard(RNG)
                .check(
                        x -> new Nucleus(0.6).apply(x.getFirst().softmax()),
                        List.of(RNG.split("l").normal64(2, 5)))
                .assertOk();
    }

    @Test
    void dropoutKeepsTheMeanAndHasTheDerivativesOfItsMask() {
        Dropout half = new Dropout(0.5);
        Tensor kept = half.apply(RNG, Tensor.ones(DType.F64, 200, 200));
        assertEquals(1, kept.mean().item(), 0.03, "six standard deviations");
        assertEquals(0, kept.mul(kept.sub(2)).abs().sum().item(), "each is 0 or 2");
        GradCheck.standard(RNG)
                .check(
                        x -> half.apply(RNG, x.getFirst()).square(),
                        List.of(RNG.split("d").normal64(3, 4)))
                .assertOk();
    }

    @Test
    void settingsThatMeanNothingAreRefused() {
        assertThrows(TensorException.class, () -> new GumbelSoftmax(0, false));
        assertThrows(TensorException.class, () -> new GumbelSoftmax(Double.NaN, false));
        assertThrows(TensorException.class, () -> new Nucleus(0));
        assertThrows(TensorException.class, () -> new Nucleus(1.1));
        assertThrows(TensorException.class, () -> new Dropout(1));
    }
}
