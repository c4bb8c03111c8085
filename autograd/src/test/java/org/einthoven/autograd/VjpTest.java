package org.einthoven.autograd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.einthoven.tensor.DType;
import org.einthoven.tensor.Tensor;
import org.einthoven.tensor.TensorException;
import org.einthoven.tensor.op.Op;
import org.junit.jupiter.api.Test;

/** What differences cannot check of {@link Vjp}. All else of the table is verified in {@code tests/verify}. */
class VjpTest {
    @Test
    void integerResultsAreNotTrackedAndSayWhyTheyHaveNoRule() {
        Tensor x = Tensor.of(new double[] {1, 3, 2}, 3).track();
        assertFalse(x.argMax(0).isTracked());
        assertFalse(x.argSort(0, true).isTracked());
        assertFalse(x.gt(0).isTracked());
        TensorException e =
                assertThrows(TensorException.class, () -> Vjp.of(new Op.ArgMax(0), x, new Tensor[] {x}, x.argMax(0)));
        assertEquals("argMax: its result counts or compares and has no derivative", e.getMessage());
    }

    @Test
    void castRoundsTheCotangentToTheTypeOfItsInput() {
        Tensor x = Tensor.of(new double[] {0.1, 0.2}, 2).track();
        Tensor y = x.cast(DType.F32);
        Tensor g = Grad.vjp(y, List.of(x), Tensor.of(new float[] {0.3f, 3}, 2), GradMode.CONSTANT)
                .get(0);
        assertEquals(DType.F64, g.dtype());
        assertEquals(0.3f, g.get(0));
        Tensor narrow = Tensor.of(new float[] {1, 2}, 2).track();
        Tensor wide = Grad.vjp(
                        narrow.cast(DType.F64), List.of(narrow), Tensor.of(new double[] {0.3, 3}, 2), GradMode.CONSTANT)
                .get(0);
        assertEquals(DType.F32, wide.dtype());
        assertEquals(0.3f, wide.get(0));
    }
}
