package org.einthoven.tensor.simd;

import static org.einthoven.tensor.simd.Lanes.F;
import static org.einthoven.tensor.simd.Lanes.L;

import jdk.incubator.vector.FloatVector;
import org.einthoven.tensor.Storage;
import org.einthoven.tensor.Tensor;

/** A few rows times a frozen weight: dot products along the rows of W, each weight read from memory once. */
final class Gemv {
    /** Rows of W in one piece of work. */
    private static final int ROWS = 32;

    private Gemv() {}

    /** y [m, n] = x W^T for x [m, k] and W [n, k] with dense rows. */
    static void multiply(int m, int n, int k, Matrix x, Tensor w, float[] y) {
        float[] dense = new float[m * k];
        for (int i = 0; i < m; i++) {
            for (int p = 0; p < k; p++) {
                dense[i * k + p] = x.x()[x.at() + i * x.down() + p * x.across()];
            }
        }
        Decoder decoder = w.dtype().isStorageOnly() ? Decoder.of(w) : null;
        Tensor c = decoder == null && w.layout().stride(1) != 1 ? Moves.copy(w) : w;
        long first = c.layout().offset();
        long down = c.layout().stride(0);
        Chunks.each(Math.ceilDiv(n, ROWS), (long) ROWS * k, piece -> {
            int end = Math.min(n, (piece + 1) * ROWS);
            float[] row = decoder == null ? Elementwise.array(c) : Scratch.mine().rows(k);
            for (int o = piece * ROWS; o < end; o++) {
                int at = decoder == null ? (int) (first + o * down) : 0;
                if (decoder != null) {
                    decoder.decode(first + o * down, row, 0, k);
                }
                for (int i = 0; i < m; i++) {
                    y[i * n + o] = dot(row, at, dense, i * k, k);
                }
            }
        });
    }

    /** Four chains over blocks of 4 L, as in {@link RowSums}. */
    static float dot(float[] a, int ao, float[] b, int bo, int n) {
        float[] lanes = new float[L];
        int i = 0;
        if (n >= 4 * L) {
            FloatVector p = FloatVector.zero(F);
            FloatVector q = p;
            FloatVector r = p;
            FloatVector s = p;
            for (; i <= n - 4 * L; i += 4 * L) {
                p = FloatVector.fromArray(F, a, ao + i).fma(FloatVector.fromArray(F, b, bo + i), p);
                q = FloatVector.fromArray(F, a, ao + i + L).fma(FloatVector.fromArray(F, b, bo + i + L), q);
                r = FloatVector.fromArray(F, a, ao + i + 2 * L).fma(FloatVector.fromArray(F, b, bo + i + 2 * L), r);
                s = FloatVector.fromArray(F, a, ao + i + 3 * L).fma(FloatVector.fromArray(F, b, bo + i + 3 * L), s);
            }
            p.add(q).add(r.add(s)).intoArray(lanes, 0);
        }
        for (int j = 0; i + j < n; j++) {
            lanes[j % L] = Math.fma(a[ao + i + j], b[bo + i + j], lanes[j % L]);
        }
        return Lanes.sum(lanes);
    }
}
