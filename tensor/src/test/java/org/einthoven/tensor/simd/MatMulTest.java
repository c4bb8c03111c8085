package org.einthoven.tensor.simd;

import static org.einthoven.tensor.simd.Agreement.L;
import static org.einthoven.tensor.simd.Agreement.agree;
import static org.einthoven.tensor.simd.Agreement.normal;
import static org.einthoven.tensor.simd.Agreement.ofSum;
import static org.einthoven.tensor.simd.Agreement.sameBits;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.util.Arrays;
import java.util.stream.Stream;
import org.einthoven.tensor.DType;
import org.einthoven.tensor.Tensor;
import org.einthoven.tensor.op.Op;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class MatMulTest {
    private static final Op MATMUL = new Op.MatMul();

    /** (m, n, k): plain loops, small blocks, packed tiles with and without edges, more than one block of k. */
    static Stream<int[]> sizes() {
        int r = Tile.ROWS;
        int c = Tile.COLUMNS;
        return Stream.of(new int[][] {
            {1, 1, 1},
            {2, 3, 4},
            {1, 50, 70},
            {50, 1, 70},
            {8, L, 32},
            {9, L + 1, 32},
            {12, 12, 32},
            {12, 32, 12},
            {3, 600, 64},
            {r, c, 200},
            {r + 1, c + 1, 100},
            {4 * r, 4 * c, 40},
            {5 * r - 1, 5 * c - 1, 41},
            {30, 70, 1030},
            {33, 300, 64},
            {0, 5, 4},
            {5, 0, 4},
            {5, 4, 0}
        });
    }

    @ParameterizedTest
    @MethodSource("sizes")
    void agreesForAnyStrides(int[] s) {
        Tensor a = normal(s[0], s[2]);
        Tensor b = normal(s[2], s[1]);
        agree(ofSum(s[2]), MATMUL, a, b);
        agree(ofSum(s[2]), MATMUL, normal(s[2], s[0]).t(), b);
        agree(ofSum(s[2]), MATMUL, a, normal(s[1], s[2]).t());
        agree(ofSum(s[2]), MATMUL, normal(s[2], s[0]).t(), normal(s[1], s[2]).t());
        sameBits(MATMUL, a, b);
        agree(1e-14, MATMUL, a.cast(DType.F64), b.cast(DType.F64));
        agree(
                1e-14,
                MATMUL,
                normal(s[2], s[0]).cast(DType.F64).t(),
                normal(s[1], s[2]).cast(DType.F64).t());
    }

    @Test
    void leadingAxesBroadcast() {
        agree(3e-6, MATMUL, normal(3, 4, 12, 32), normal(3, 4, 32, 12));
        agree(
                3e-6,
                MATMUL,
                normal(3, 12, 4, 32).transpose(1, 2),
                normal(3, 12, 4, 32).transpose(1, 2).t());
        agree(3e-6, MATMUL, normal(3, 4, 12, 32), normal(32, 50));
        agree(3e-6, MATMUL, normal(12, 32), normal(3, 32, 50));
        agree(3e-6, MATMUL, normal(3, 1, 12, 32), normal(4, 32, 50));
        agree(3e-6, MATMUL, normal(1, 12, 32).expand(5, 12, 32), normal(32, 40));
        agree(3e-6, MATMUL, normal(2, 3, 40, 64), normal(2, 3, 64, 50));
        agree(3e-6, MATMUL, normal(0, 3, 4), normal(0, 4, 5));
        sameBits(MATMUL, normal(3, 2, 12, 32), normal(3, 2, 32, 12));
        sameBits(MATMUL, normal(3, 40, 64), normal(64, 50));
        agree(
                1e-14,
                MATMUL,
                normal(3, 1, 12, 32).cast(DType.F64),
                normal(4, 32, 5).cast(DType.F64));
    }

    /** A row of the result depends on its own row only, so a token has the same bits alone and in a batch. */
    @Test
    void rowsDoNotDependOnTheirNeighbours() {
        Tensor a = normal(60, 100);
        Tensor b = normal(100, 90);
        float[] all = Agreement.simd(MATMUL, a, b).toFloats();
        for (int rows : new int[] {1, 2, 9, 15, 31}) {
            float[] some = Agreement.simd(MATMUL, a.slice(0, 0, rows), b).toFloats();
            assertArrayEquals(Arrays.copyOf(all, some.length), some, 0f, rows + " rows");
        }
    }

    @Test
    void notANumberStaysInItsRowAndColumn() {
        float[] v = normal(40, 50).toFloats();
        v[7 * 50 + 3] = Float.NaN;
        v[9 * 50 + 4] = Float.POSITIVE_INFINITY;
        agree(3e-6, MATMUL, Tensor.of(v, 40, 50), normal(50, 45));
        agree(3e-6, MATMUL, normal(45, 40), Tensor.of(v, 40, 50));
        agree(3e-6, MATMUL, normal(3, 40), Tensor.of(v, 40, 50));
    }
}
