package org.einthoven.models.fusion;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.einthoven.autograd.Params;
import org.einthoven.autograd.check.GradCheck;
import org.einthoven.models.nn.Dropout;
import org.einthoven.tensor.DType;
import org.einthoven.tensor.Rng;
import org.einthoven.tensor.Shape;
import org.einthoven.tensor.ShapeException;
import org.einthoven.tensor.Tensor;
import org.junit.jupiter.api.Test;

/** The perceiver by its properties, and its derivatives to second order. */
class PerceiverMapperTest {
    private static final PerceiverMapper MAPPER = new PerceiverMapper(5, 6, 3, 4, 2, 2);
    private static final Params THETA = MAPPER.init(Rng.of(1)).cast(DType.F64);

    @Test
    void anyNumberOfStepsBecomesOnePrefix() {
        for (int steps : new int[] {1, 7, 156}) {
            assertEquals(
                    Shape.of(2, 3, 6),
                    MAPPER.apply(THETA, Rng.of(2).normal64(2, steps, 5)).shape());
        }
        Tensor pooled = Rng.of(2).normal64(2, 5);
        assertArrayEquals(
                MAPPER.apply(THETA, pooled.unsqueeze(1)).toDoubles(),
                MAPPER.apply(THETA, pooled).toDoubles());
        assertThrows(ShapeException.class, () -> MAPPER.apply(THETA, Rng.of(2).normal64(2, 4)));
        assertThrows(ShapeException.class, () -> new PerceiverMapper(5, 6, 3, 4, 3, 1));
    }

    /** Steps carry their place in their vectors, which the encoder has put there; their order in the list says nothing. */
    @Test
    void theOrderOfStepsSaysNothingAndEveryStepCounts() {
        Tensor steps = Rng.of(3).normal64(1, 6, 5);
        Tensor backwards = steps.indexSelect(1, Tensor.of(new int[] {5, 4, 3, 2, 1, 0}, 6));
        double[] there = MAPPER.apply(THETA, steps).toDoubles();
        assertArrayEquals(there, MAPPER.apply(THETA, backwards).toDoubles(), 1e-12);
        for (int i = 0; i < 6; i++) {
            Tensor nudged = Tensor.cat(1, steps.slice(1, 0, i), Rng.of(9).normal64(1, 1, 5), steps.slice(1, i + 1, 6));
            double gap = MAPPER.apply(THETA, nudged)
                    .sub(MAPPER.apply(THETA, steps))
                    .abs()
                    .sum()
                    .item();
            assertTrue(gap > 1e-3, "step " + i + " moves the prefix by " + gap);
        }
    }

    @Test
    void ecgsOfABatchDoNotSeeEachOther() {
        Tensor both = Rng.of(4).normal64(2, 6, 5);
        Tensor alone = MAPPER.apply(THETA, both.slice(0, 1, 2));
        assertArrayEquals(
                alone.toDoubles(), MAPPER.apply(THETA, both).slice(0, 1, 2).toDoubles(), 1e-12);
    }

    @Test
    void dropoutIsOfTheCallersMaking() {
        Tensor steps = Rng.of(3).normal64(1, 6, 5);
        Tensor off = MAPPER.apply(THETA, steps, new Dropout(0), Rng.of(1));
        assertArrayEquals(MAPPER.apply(THETA, steps).toDoubles(), off.toDoubles());
        Tensor on = MAPPER.apply(THETA, steps, new Dropout(0.5), Rng.of(1));
        assertTrue(on.sub(off).abs().sum().item() > 0);
        assertArrayEquals(
                on.toDoubles(),
                MAPPER.apply(THETA, steps, new Dropout(0.5), Rng.of(1)).toDoubles());
    }

    @Test
    void derivativesAgreeWithDifferencesToSecondOrder() {
        List<String> paths = new ArrayList<>(THETA.paths());
        List<Tensor> at = new ArrayList<>(THETA.tensors());
        at.add(Rng.of(5).normal64(1, 4, 5));
        GradCheck.standard(Rng.of(6))
                .check(
                        x -> {
                            Params p = Params.EMPTY;
                            for (int i = 0; i < paths.size(); i++) {
                                p = p.with(paths.get(i), x.get(i));
                            }
                            return MAPPER.apply(p, x.getLast());
                        },
                        at)
                .assertOk();
    }
}
