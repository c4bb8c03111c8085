package org.einthoven.gpu.kernel;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.ByteArray;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.ShortArray;

/**
 * y[r, o] = sum over i of x[r, i] w[o, i] for many rows r and weights [outputs, inputs] as a language model's file stores
 * them, or its transpose x[r, i] = sum over o of y[r, o] w[o, i], by which gradients pass: {@link MatVec} for many rows. Tiled
 * as {@link Gemm} is; a weight is decoded once for every 64 rows, on its way to local memory, and sums are of F32.
 *
 * <p>Reads a weight, 4, 2 or 1.125 bytes, once for every 64 rows and the operand once for every 64 columns of the result: 64
 * rows are 128 operations a weight. Grid: (columns / 64, rows / 64) groups of 16 x 16. {@code call} is {any, rows}; {@code
 * shape} is {inputs, outputs, adds, transposed}: when adds is 1 the product is added to what y holds, as a residual stream is
 * added to, which saves 8 bytes an element and a launch.
 *
 * <p>The three differ in how a weight is read and in nothing else. They are written out because a local array cannot be handed
 * to another method (docs/gpu.md).
 */
public final class WeightGemm {
    private WeightGemm() {}

    /** Weights of F32: 4 bytes each. */
    public static void f32(KernelContext c, FloatArray w, FloatArray x, FloatArray y, IntArray call, IntArray shape) {
        int m = call.get(1);
        int adds = shape.get(2);
        int transposed = shape.get(3);
        int n = shape.get(1 - transposed);
        int k = shape.get(transposed);
        float[] xTile = c.allocateFloatLocalArray(Gemm.DEPTH * Gemm.PITCH); // [p, i]
        float[] wTile = c.allocateFloatLocalArray(Gemm.DEPTH * Gemm.PITCH); // [p, j]
        int top = c.groupIdy * Gemm.TILE;
        int left = c.groupIdx * Gemm.TILE;
        int row = c.localIdy;
        int column = c.localIdx;
        int item = row * Gemm.ITEMS + column;
        float[] sums = new float[Gemm.EACH * Gemm.EACH];
        for (int e = 0; e < Gemm.EACH * Gemm.EACH; e++) {
            sums[e] = 0f;
        }
        for (int p0 = 0; p0 < k; p0 += Gemm.DEPTH) {
            for (int e = item; e < Gemm.DEPTH * Gemm.TILE; e += Gemm.ITEMS * Gemm.ITEMS) {
                int xi = e / Gemm.DEPTH;
                int xp = e % Gemm.DEPTH;
                float xv = 0f;
                if (top + xi < m && p0 + xp < k) {
                    xv = x.get((top + xi) * k + p0 + xp);
                }
                xTile[xp * Gemm.PITCH + xi] = xv;
                // Neighbouring items take neighbouring weights: along p where that is the last axis, else across.
                int wj = transposed == 0 ? e / Gemm.DEPTH : e % Gemm.TILE;
                int wp = transposed == 0 ? e % Gemm.DEPTH : e / Gemm.TILE;
                float wv = 0f;
                if (left + wj < n && p0 + wp < k) {
                    int at = transposed == 0 ? (left + wj) * k + p0 + wp : (p0 + wp) * n + left + wj;
                    wv = w.get(at);
                }
                wTile[wp * Gemm.PITCH + wj] = wv;
            }
            c.localBarrier();
            for (int p = 0; p < Gemm.DEPTH; p++) {
                for (int r = 0; r < Gemm.EACH; r++) {
                    float xv = xTile[p * Gemm.PITCH + row + r * Gemm.ITEMS];
                    for (int s = 0; s < Gemm.EACH; s++) {
                        sums[r * Gemm.EACH + s] += xv * wTile[p * Gemm.PITCH + column + s * Gemm.ITEMS];
                    }
                }
            }
            c.localBarrier();
        }
        for (int e = 0; e < Gemm.EACH * Gemm.EACH; e++) {
            int i = top + row + e / Gemm.EACH * Gemm.ITEMS;
            int j = left + column + e % Gemm.EACH * Gemm.ITEMS;
            if (i < m && j < n) {
                y.set(i * n + j, sums[e] + (adds == 1 ? y.get(i * n + j) : 0f));
            }
        }
    }

    /** Weights as the bits of F16: 2 bytes each. */
    public static void f16(KernelContext c, ShortArray w, FloatArray x, FloatArray y, IntArray call, IntArray shape) {
        int m = call.get(1);
        int adds = shape.get(2);
        int transposed = shape.get(3);
        int n = shape.get(1 - transposed);
        int k = shape.get(transposed);
        float[] xTile = c.allocateFloatLocalArray(Gemm.DEPTH * Gemm.PITCH); // [p, i]
        float[] wTile = c.allocateFloatLocalArray(Gemm.DEPTH * Gemm.PITCH); // [p, j]
        int top = c.groupIdy * Gemm.TILE;
        int left = c.groupIdx * Gemm.TILE;
        int row = c.localIdy;
        int column = c.localIdx;
        int item = row * Gemm.ITEMS + column;
        float[] sums = new float[Gemm.EACH * Gemm.EACH];
        for (int e = 0; e < Gemm.EACH * Gemm.EACH; e++) {
            sums[e] = 0f;
        }
        for (int p0 = 0; p0 < k; p0 += Gemm.DEPTH) {
            for (int e = item; e < Gemm.DEPTH * Gemm.TILE; e += Gemm.ITEMS * Gemm.ITEMS) {
                int xi = e / Gemm.DEPTH;
                int xp = e % Gemm.DEPTH;
                float xv = 0f;
                if (top + xi < m && p0 + xp < k) {
                    xv = x.get((top + xi) * k + p0 + xp);
                }
                xTile[xp * Gemm.PITCH + xi] = xv;
                // Neighbouring items take neighbouring weights: along p where that is the last axis, else across.
                int wj = transposed == 0 ? e / Gemm.DEPTH : e % Gemm.TILE;
                int wp = transposed == 0 ? e % Gemm.DEPTH : e / Gemm.TILE;
                float wv = 0f;
                if (left + wj < n && p0 + wp < k) {
                    int at = transposed == 0 ? (left + wj) * k + p0 + wp : (p0 + wp) * n + left + wj;
                    wv = MatVec.half(w.get(at));
                }
                wTile[wp * Gemm.PITCH + wj] = wv;
            }
            c.localBarrier();
            for (int p = 0; p < Gemm.DEPTH; p++) {
                for (int r = 0; r < Gemm.EACH; r++) {
                    float xv = xTile[p * Gemm.PITCH + row + r * Gemm.ITEMS];
                    for (int s = 0; s < Gemm.EACH; s++) {
                        sums[r * Gemm.EACH + s] += xv * wTile[p * Gemm.PITCH + column + s * Gemm.ITEMS];
                    }
                }
            }
            c.localBarrier();
        }
        for (int e = 0; e < Gemm.EACH * Gemm.EACH; e++) {
            int i = top + row + e / Gemm.EACH * Gemm.ITEMS;
            int j = left + column + e % Gemm.EACH * Gemm.ITEMS;
            if (i < m && j < n) {
                y.set(i * n + j, sums[e] + (adds == 1 ? y.get(i * n + j) : 0f));
            }
        }
    }

    /** Weights of Q8_0 with the bytes and the scales apart: 1.125 bytes each. Rows of weights are whole blocks of 32. */
    public static void q8(
            KernelContext c, ByteArray w, FloatArray scale, FloatArray x, FloatArray y, IntArray call, IntArray shape) {
        int m = call.get(1);
        int adds = shape.get(2);
        int transposed = shape.get(3);
        int n = shape.get(1 - transposed);
        int k = shape.get(transposed);
        float[] xTile = c.allocateFloatLocalArray(Gemm.DEPTH * Gemm.PITCH); // [p, i]
        float[] wTile = c.allocateFloatLocalArray(Gemm.DEPTH * Gemm.PITCH); // [p, j]
        int top = c.groupIdy * Gemm.TILE;
        int left = c.groupIdx * Gemm.TILE;
        int row = c.localIdy;
        int column = c.localIdx;
        int item = row * Gemm.ITEMS + column;
        float[] sums = new float[Gemm.EACH * Gemm.EACH];
        for (int e = 0; e < Gemm.EACH * Gemm.EACH; e++) {
            sums[e] = 0f;
        }
        for (int p0 = 0; p0 < k; p0 += Gemm.DEPTH) {
            for (int e = item; e < Gemm.DEPTH * Gemm.TILE; e += Gemm.ITEMS * Gemm.ITEMS) {
                int xi = e / Gemm.DEPTH;
                int xp = e % Gemm.DEPTH;
                float xv = 0f;
                if (top + xi < m && p0 + xp < k) {
                    xv = x.get((top + xi) * k + p0 + xp);
                }
                xTile[xp * Gemm.PITCH + xi] = xv;
                // Neighbouring items take neighbouring weights: along p where that is the last axis, else across.
                int wj = transposed == 0 ? e / Gemm.DEPTH : e % Gemm.TILE;
                int wp = transposed == 0 ? e % Gemm.DEPTH : e / Gemm.TILE;
                float wv = 0f;
                if (left + wj < n && p0 + wp < k) {
                    int at = transposed == 0 ? (left + wj) * k + p0 + wp : (p0 + wp) * n + left + wj;
                    wv = w.get(at) * scale.get(at / MatVec.BLOCK);
                }
                wTile[wp * Gemm.PITCH + wj] = wv;
            }
            c.localBarrier();
            for (int p = 0; p < Gemm.DEPTH; p++) {
                for (int r = 0; r < Gemm.EACH; r++) {
                    float xv = xTile[p * Gemm.PITCH + row + r * Gemm.ITEMS];
                    for (int s = 0; s < Gemm.EACH; s++) {
                        sums[r * Gemm.EACH + s] += xv * wTile[p * Gemm.PITCH + column + s * Gemm.ITEMS];
                    }
                }
            }
            c.localBarrier();
        }
        for (int e = 0; e < Gemm.EACH * Gemm.EACH; e++) {
            int i = top + row + e / Gemm.EACH * Gemm.ITEMS;
            int j = left + column + e % Gemm.EACH * Gemm.ITEMS;
            if (i < m && j < n) {
                y.set(i * n + j, sums[e] + (adds == 1 ? y.get(i * n + j) : 0f));
            }
        }
    }
}
