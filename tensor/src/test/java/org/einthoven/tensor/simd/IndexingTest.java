package org.einthoven.tensor.simd;

import static org.einthoven.tensor.simd.Agreement.agree;
import static org.einthoven.tensor.simd.Agreement.normal;
import static org.einthoven.tensor.simd.Agreement.sameBits;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.einthoven.tensor.DType;
import org.einthoven.tensor.ShapeException;
import org.einthoven.tensor.Tensor;
import org.einthoven.tensor.op.Op;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class IndexingTest {
    private static final Tensor IDS = Tensor.of(new int[] {0, 3, 3, 1, 2, 0}, 2, 3);

    @ParameterizedTest
    @EnumSource(names = {"F32", "F64", "I32", "BOOL"})
    void gatherOfEveryType(DType type) {
        agree(0, new Op.Gather(1), normal(2, 4).mul(3).cast(type), IDS);
        agree(0, new Op.Gather(0), normal(4, 3).mul(3).cast(type), IDS);
        agree(0, new Op.Gather(0), normal(3, 4).mul(3).cast(type).t(), IDS);
        agree(0, new Op.Embedding(), normal(4, 9).mul(3).cast(type), IDS);
    }

    @Test
    void gatherOfAnyStrides() {
        Tensor index = Tensor.of(new int[] {3, 0, 1, 1}, 4).reshape(1, 4, 1).expand(5, 4, 7);
        agree(0, new Op.Gather(1), normal(5, 6, 7), index);
        agree(0, new Op.Gather(1), normal(5, 4, 7), index.contiguous());
        agree(0, new Op.Gather(2), normal(2, 3, 4, 5), Tensor.zeros(DType.I32, 2, 3, 1, 5));
        agree(0, new Op.Gather(0), normal(3, 2), Tensor.of(new int[0], 0, 2));
        sameBits(new Op.Gather(1), normal(5, 6, 7), index);
        sameBits(new Op.Gather(0), normal(4, 3), IDS);
    }

    @Test
    void scatterAddsDuplicates() {
        agree(1e-7, new Op.ScatterAdd(1, 4), normal(2, 3), IDS);
        agree(1e-7, new Op.ScatterAdd(0, 4), normal(2, 3), IDS);
        agree(1e-7, new Op.ScatterAdd(0, 4), normal(3, 2).t(), IDS);
        agree(1e-7, new Op.ScatterAdd(0, 5), normal(60, 70), Tensor.zeros(DType.I32, 60, 70));
        agree(0, new Op.ScatterAdd(0, 5), normal(0, 2), Tensor.of(new int[0], 0, 2));
        sameBits(new Op.ScatterAdd(1, 4), normal(2, 3), IDS);
    }

    @Test
    void embeddingAndItsTranspose() {
        agree(0, new Op.Embedding(), normal(9, 4).t(), IDS);
        agree(0, new Op.Embedding(), normal(4, 9), Tensor.of(new int[] {2}));
        agree(1e-6, new Op.EmbeddingGrad(5), normal(2, 3, 7), IDS);
        agree(1e-6, new Op.EmbeddingGrad(5), normal(3, 2, 7), IDS.t());
        sameBits(new Op.Embedding(), normal(4, 9), IDS);
        sameBits(new Op.EmbeddingGrad(5), normal(2, 3, 300), IDS);
    }

    @Test
    void indicesOutsideAreNamed() {
        Agreement.needVectors();
        Tensor bad = Tensor.of(new int[] {0, 4}, 2);
        assertEquals(
                "embedding: index 4 is outside 0..3",
                assertThrows(ShapeException.class, () -> Agreement.simd(new Op.Embedding(), normal(4, 2), bad))
                        .getMessage());
        assertEquals(
                "gather: index 4 is outside 0..3",
                assertThrows(ShapeException.class, () -> Agreement.simd(new Op.Gather(0), normal(4), bad))
                        .getMessage());
        assertEquals(
                "scatterAdd: index 4 is outside 0..2",
                assertThrows(ShapeException.class, () -> Agreement.simd(new Op.ScatterAdd(0, 3), normal(2), bad))
                        .getMessage());
        assertThrows(ShapeException.class, () -> Agreement.simd(new Op.EmbeddingGrad(4), normal(2, 3), bad));
    }
}
