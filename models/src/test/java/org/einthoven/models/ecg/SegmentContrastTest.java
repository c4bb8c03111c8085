package org.einthoven.models.ecg;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.einthoven.autograd.Grad;
import org.einthoven.autograd.GradMode;
import org.einthoven.autograd.Graded;
import org.einthoven.autograd.Params;
import org.einthoven.autograd.check.GradCheck;
import org.einthoven.models.ecg.EcgEncoderConfig.Conv;
import org.einthoven.tensor.DType;
import org.einthoven.tensor.Rng;
import org.einthoven.tensor.Tensor;
import org.junit.jupiter.api.Test;

class SegmentContrastTest {
    private static final EcgEncoder ENCODER = new EcgEncoder(
            new EcgEncoderConfig(3, List.of(new Conv(4, 3, 2), new Conv(4, 2, 2)), true, 8, 1, 2, 12, 4, 2, false, 1));
    private static final Params WEIGHTS = ENCODER.init(Rng.of(1)).cast(DType.F64);
    private static final Tensor FIRST = Rng.of(2).normal64(4, 3, 24);
    private static final Tensor SECOND = Rng.of(3).normal64(4, 3, 24);

    private static double loss(SegmentContrast objective, Tensor first, Tensor second) {
        return objective.loss(WEIGHTS, first, second, Rng.of(4)).item();
    }

    private static Params named(List<Tensor> tensors) {
        Map<String, Tensor> m = new HashMap<>();
        for (int i = 0; i < tensors.size(); i++) {
            m.put(WEIGHTS.paths().get(i), tensors.get(i));
        }
        return Params.of(m);
    }

    @Test
    void theDerivativesAgreeWithDifferencesToSecondOrder() {
        SegmentContrast objective = new SegmentContrast(ENCODER, 0.5, 0);
        new GradCheck(2e-4, 1e-6, Rng.of(5)) // the initial weights are small, and so must the step be
                .check(w -> objective.loss(named(w), FIRST, SECOND, Rng.of(4)), WEIGHTS.tensors())
                .assertOk();
    }

    @Test
    void aFewStepsDownTheGradientLowerIt() {
        SegmentContrast objective = new SegmentContrast(ENCODER, 0.5, 0);
        Params theta = WEIGHTS;
        double last = loss(objective, FIRST, SECOND);
        for (int step = 0; step < 5; step++) {
            Graded g = Grad.valueAndGrad(p -> objective.loss(p, FIRST, SECOND, Rng.of(4)), theta, GradMode.CONSTANT);
            theta = theta.zip(g.grads(), (w, d) -> w.sub(d.mul(0.02)));
            double now = objective.loss(theta, FIRST, SECOND, Rng.of(4)).item();
            assertTrue(now < last, "step " + step + ": " + last + " to " + now);
            last = now;
        }
    }

    @Test
    void recordsThatCannotBeToldApartCostTheLogarithmOfTheirNumber() {
        Tensor one = FIRST.slice(0, 0, 1);
        Tensor four = Tensor.cat(0, one, one, one, one);
        assertEquals(Math.log(4), loss(new SegmentContrast(ENCODER, 0.1, 0), four, four), 1e-12);
    }

    @Test
    void segmentsThatAreAlikeCostLessThanSegmentsThatAreSwapped() {
        SegmentContrast objective = new SegmentContrast(ENCODER, 0.1, 0);
        double own = loss(objective, FIRST, FIRST);
        assertTrue(own < loss(objective, FIRST, FIRST.flip(0)));
        assertTrue(own < Math.log(4));
    }

    @Test
    void leadsAreSilencedAtTheRateAskedFor() {
        // All leads silent: all records are one. None silent: the random numbers play no part.
        assertEquals(Math.log(4), loss(new SegmentContrast(ENCODER, 0.1, 1), FIRST, SECOND), 1e-12);
        SegmentContrast none = new SegmentContrast(ENCODER, 0.1, 0);
        assertEquals(
                none.loss(WEIGHTS, FIRST, SECOND, Rng.of(6)).item(),
                none.loss(WEIGHTS, FIRST, SECOND, Rng.of(7)).item());
    }
}
