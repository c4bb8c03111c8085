package org.einthoven.autograd;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.einthoven.tensor.DType;
import org.einthoven.tensor.Tensor;
import org.einthoven.tensor.TensorException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A frozen weight in storage equals the same weight decoded: value, gradient and Hessian-vector product. */
class FrozenLinearTest {
    @ParameterizedTest
    @EnumSource(
            value = DType.class,
            names = {"F16", "BF16", "Q8_0"})
    void equalsDecodeAndMultiply(DType type) {
        Tensor stored = type == DType.Q8_0 ? Operands.q8(3, 64) : Operands.half(type, 3, 64);
        Tensor decoded = stored.cast(DType.F32).cast(DType.F64);
        Tensor x = Operands.normal("x", 2, 64).track();
        Tensor v = Operands.normal("v", 2, 64);
        Tensor c = Operands.normal("c", 2, 3);

        Tensor frozen = x.frozenLinear(stored);
        Tensor plain = x.linear(decoded);
        assertArrayEquals(plain.toDoubles(), frozen.toDoubles(), 1e-12);
        Tensor g = Grad.vjp(frozen, List.of(x), c, GradMode.CONSTANT).getFirst();
        assertArrayEquals(c.matmul(decoded).toDoubles(), g.toDoubles(), 1e-12);

        Tensor hv = Grad.hvp(z -> z.frozenLinear(stored).tanh().sum(), x, v);
        assertArrayEquals(Grad.hvp(z -> z.linear(decoded).tanh().sum(), x, v).toDoubles(), hv.toDoubles(), 1e-12);
    }

    @Test
    void aTrackedWeightIsAnErrorThatNamesTheAlternatives() {
        Tensor w = Operands.normal("w", 3, 2).track();
        TensorException e = assertThrows(
                TensorException.class, () -> Operands.normal("x", 1, 2).frozenLinear(w));
        assertEquals(
                "frozenLinear: the weight [3, 2] is tracked, but a frozen weight has no gradient; use linear(weight),"
                        + " or weight.detach()",
                e.getMessage());
    }

    @Test
    void aStoredWeightCannotBeALeaf() {
        TensorException e =
                assertThrows(TensorException.class, () -> Operands.q8(1, 32).track());
        assertEquals("track: needs F32 or F64, got Q8_0 [1, 32]; cast(DType.F32) it first", e.getMessage());
    }

    @Test
    void theGradientOfAStoredEmbeddingTableIsNeverAskedFor() {
        Tensor rows = Operands.q8(4, 32).embedding(Tensor.of(new int[] {3, 0}, 2));
        assertEquals(DType.F32, rows.dtype());
        assertEquals(false, rows.isTracked());
    }
}
