package org.einthoven.gpu.kernel;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * Products of matrices, tiled in local memory: a group computes a tile of {@link #TILE} x TILE elements. Item (x, y) of it
 * keeps {@link #EACH} x EACH sums, those of rows y + 16 r and columns x + 16 s: so neighbours read neighbouring cells of local
 * memory and write neighbouring elements, and 2 EACH reads of local memory serve EACH^2 multiply-adds. The loops over a row
 * and a column of sums have constant ends, are unrolled, and the sums are then registers.
 */
public final class Gemm {
    /** Work-items along each axis of a group. */
    public static final int ITEMS = 16;

    /** Rows, and columns, of the result that one work-item computes. */
    static final int EACH = 4;

    /** Rows, and columns, of the result that one work-group computes. */
    public static final int TILE = EACH * ITEMS;

    /** Terms of the sums between two barriers. */
    static final int DEPTH = 16;

    /** From one term to the next in local memory: odd, so that items which write one column do not meet in one bank. */
    static final int PITCH = TILE + 1;

    private Gemm() {}

    /**
     * y[g, i, j] = activation(bias[j] + sum over p of a[g, i, p] b[g, p, j]) with a as [m, k], or [k, m] when transA is 1,
     * and b as [k, n], or [n, k] when transB is 1: the forms NN, NT, TN (and TT) of BLAS.
     *
     * <p>Reads each element of a once for every 64 columns and of b once for every 64 rows, neighbours by neighbours in all
     * forms, and writes y once: 4 (mkn / 64 + mkn / 64 + mn) bytes a product for 2 mkn operations, so 16 operations a byte.
     * Grid: (n / 64, m / 64, products) groups of 16 x 16.
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
        float[] aTile = c.allocateFloatLocalArray(DEPTH * PITCH); // [p, i]
        float[] bTile = c.allocateFloatLocalArray(DEPTH * PITCH); // [p, j]
        int top = c.groupIdy * TILE;
        int left = c.groupIdx * TILE;
        int aAt = c.groupIdz * shape.get(5);
        int bAt = c.groupIdz * shape.get(6);
        int row = c.localIdy;
        int column = c.localIdx;
        int item = row * ITEMS + column;
        float[] sums = new float[EACH * EACH];
        for (int e = 0; e < EACH * EACH; e++) {
            sums[e] = 0f;
        }
        for (int p0 = 0; p0 < k; p0 += DEPTH) {
            for (int e = item; e < DEPTH * TILE; e += ITEMS * ITEMS) {
                // Neighbouring items take neighbouring elements: along p where that is the last axis, else across.
                int ai = transA == 0 ? e / DEPTH : e % TILE;
                int ap = transA == 0 ? e % DEPTH : e / TILE;
                float av = 0f;
                if (top + ai < m && p0 + ap < k) {
                    av = a.get(aAt + (transA == 0 ? (top + ai) * k + p0 + ap : (p0 + ap) * m + top + ai));
                }
                aTile[ap * PITCH + ai] = av;
                int bj = transB == 0 ? e % TILE : e / DEPTH;
                int bp = transB == 0 ? e / TILE : e % DEPTH;
                float bv = 0f;
                if (left + bj < n && p0 + bp < k) {
                    bv = b.get(bAt + (transB == 0 ? (p0 + bp) * n + left + bj : (left + bj) * k + p0 + bp));
                }
                bTile[bp * PITCH + bj] = bv;
            }
            c.localBarrier();
            for (int p = 0; p < DEPTH; p++) {
                for (int r = 0; r < EACH; r++) {
                    float av = aTile[p * PITCH + row + r * ITEMS];
                    for (int s = 0; s < EACH; s++) {
                        sums[r * EACH + s] += av * bTile[p * PITCH + column + s * ITEMS];
                    }
                }
            }
            c.localBarrier();
        }
        for (int e = 0; e < EACH * EACH; e++) {
            int i = top + row + e / EACH * ITEMS;
            int j = left + column + e % EACH * ITEMS;
            if (i < m && j < n) {
                y.set((c.groupIdz * m + i) * n + j, Activation.apply(activation, sums[e] + bias.get(j)));
            }
        }
    }
}
