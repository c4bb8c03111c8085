package org.einthoven.autograd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.lang.foreign.Arena;
import org.einthoven.tensor.DType;
import org.einthoven.tensor.Tensor;
import org.einthoven.tensor.TensorException;
import org.junit.jupiter.api.Test;

/** What frozen weights refuse. That they equal the same weights decoded is a law of {@code tests/verify}, for every type. */
class FrozenLinearTest {
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
        TensorException e = assertThrows(TensorException.class, () -> q8(1).track());
        assertEquals("track: needs F32 or F64, got Q8_0 [1, 32]; cast(DType.F32) it first", e.getMessage());
    }

    @Test
    void theGradientOfAStoredEmbeddingTableIsNeverAskedFor() {
        Tensor rows = q8(4).embedding(Tensor.of(new int[] {3, 0}, 2));
        assertEquals(DType.F32, rows.dtype());
        assertEquals(false, rows.isTracked());
    }

    /** Rows of 32 zeros in blocks of Q8_0. */
    private static Tensor q8(int rows) {
        DType type = DType.Q8_0;
        return Tensor.blocks(type, Arena.ofAuto().allocate((long) rows * type.blockBytes()), rows, type.blockSize());
    }
}
