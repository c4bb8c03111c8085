package org.einthoven.gpu.kernel;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/** Products of matrices, tiled in local memory. */
public final class Gemm {
    /** Rows and columns of the result that one work-group computes. */
    public static final int TILE = 32;

    /** Work-items along each axis of a group; each computes 2 x 2 elements. */
    public static final int ITEMS = 16;

    /** Terms of the sums between two barriers. */
    private static final int DEPTH = 16;

    private Gemm() {}

    /**
     * y[g, i, j] = activation(bias[j] + sum over p of a[g, i, p] b[g, p, j]) with a as [m, k], or [k, m] when transA is 1,
     * and b as [k, n], or [n, k] when transB is 1: the forms NN, NT, TN (and TT) of BLAS.
     *
     * <p>Reads each element of a once for every 32 columns and of b once for every 32 rows, neighbours by neighbours in all
     * forms, and writes y once: 4 (mkn / 32 + mkn / 32 + mn) bytes a product for 2 mkn operations, so 8 operations a byte.
     * Grid: (n / 32, m / 32, products) groups of 16 x 16.
     *
     * @param bias [n], zeros for none
     * @param shape {m, n, k, transA, transB, elements between one a and the next or 0 when all products share it, likewise
     *     for b, {@link Activation}}
     */
    public static void product(
            KernelContext c, FloatArray a, FloatArray b, FloatArray bias, FloatArray y, IntArray shape) {
        int m = shape.get(0);
        int n = shape.get(1);
        int k = shape.get(2);
        int transA = shape.get(3);
        int transB = shape.get(4);
        int activation = shape.get(7);
        float[] aTile = c.allocateFloatLocalArray(DEPTH * TILE); // [p, i]
        float[] bTile = c.allocateFloatLocalArray(DEPTH * TILE); // [p, j]
        int top = c.groupIdy * TILE;
        int left = c.groupIdx * TILE;
        int aAt = c.groupIdz * shape.get(5);
        int bAt = c.groupIdz * shape.get(6);
        int row = c.localIdy * 2;
        int column = c.localIdx * 2;
        int item = c.localIdy * ITEMS + c.localIdx;
        float y00 = 0f;
        float y01 = 0f;
        float y10 = 0f;
        float y11 = 0f;
        for (int p0 = 0; p0 < k; p0 += DEPTH) {
            for (int e = item; e < DEPTH * TILE; e += ITEMS * ITEMS) {
                // Neighbouring items take neighbouring elements: along p where that is the last axis, else across.
                int ai = transA == 0 ? e / DEPTH : e % TILE;
                int ap = transA == 0 ? e % DEPTH : e / TILE;
                float av = 0f;
                if (top + ai < m && p0 + ap < k) {
                    av = a.get(aAt + (transA == 0 ? (top + ai) * k + p0 + ap : (p0 + ap) * m + top + ai));
                }
                aTile[ap * TILE + ai] = av;
                int bj = transB == 0 ? e % TILE : e / DEPTH;
                int bp = transB == 0 ? e / TILE : e % DEPTH;
                float bv = 0f;
                if (left + bj < n && p0 + bp < k) {
                    bv = b.get(bAt + (transB == 0 ? (p0 + bp) * n + left + bj : (left + bj) * k + p0 + bp));
                }
                bTile[bp * TILE + bj] = bv;
            }
            c.localBarrier();
            for (int p = 0; p < DEPTH; p++) {
                float a0 = aTile[p * TILE + row];
                float a1 = aTile[p * TILE + row + 1];
                float b0 = bTile[p * TILE + column];
                float b1 = bTile[p * TILE + column + 1];
                y00 += a0 * b0;
                y01 += a0 * b1;
                y10 += a1 * b0;
                y11 += a1 * b1;
            }
            c.localBarrier();
        }
        int i = top + row;
        int j = left + column;
        int at = c.groupIdz * m * n + i * n + j;
        if (i < m && j < n) {
            y.set(at, Activation.apply(activation, y00 + bias.get(j)));
        }
        if (i < m && j + 1 < n) {
            y.set(at + 1, Activation.apply(activation, y01 + bias.get(j + 1)));
        }
        if (i + 1 < m && j < n) {
            y.set(at + n, Activation.apply(activation, y10 + bias.get(j)));
        }
        if (i + 1 < m && j + 1 < n) {
            y.set(at + n + 1, Activation.apply(activation, y11 + bias.get(j + 1)));
        }
    }
}
