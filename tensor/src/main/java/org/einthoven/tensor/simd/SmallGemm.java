package org.einthoven.tensor.simd;

import static org.einthoven.tensor.simd.Lanes.F;
import static org.einthoven.tensor.simd.Lanes.L;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/**
 * Matrix products too small to be worth packing, such as one head's attention over a few tokens. The same chain of fused
 * multiply-adds per element as in {@link Gemm}, so the two agree in every bit.
 */
final class SmallGemm {
    /** Below this many multiply-adds plain loops win, not least because they are fast before C2 has seen them. */
    private static final int PLAIN = 512;

    private SmallGemm() {}

    /** C = A B for A [m, k], B [k, n] and a row-major C of any content from {@code c[co]} with rows {@code ldc} apart. */
    static void multiply(int m, int n, int k, Matrix a, Matrix b, float[] c, int co, int ldc) {
        if ((long) m * n * k <= PLAIN) {
            plain(m, n, k, a, b, c, co, ldc);
            return;
        }
        for (int j = 0; j < n; j += L) {
            int lanes = Math.min(L, n - j);
            float[] strip = b.x();
            int from = b.at() + j * b.across();
            int step = b.down();
            if (lanes < L || b.across() != 1) {
                strip = Scratch.mine().right(k * L);
                Pack.panel(b.x(), from, b.across(), b.down(), lanes, L, k, strip, 0, L);
                from = 0;
                step = L;
            }
            VectorMask<Float> mask = F.indexInRange(j, n);
            for (int i = 0; i < m; i += 8) {
                strip(
                        Math.min(8, m - i),
                        k,
                        a.x(),
                        a.at() + i * a.down(),
                        a.down(),
                        a.across(),
                        strip,
                        from,
                        step,
                        c,
                        co + i * ldc + j,
                        ldc,
                        mask);
            }
        }
    }

    private static void plain(int m, int n, int k, Matrix a, Matrix b, float[] c, int co, int ldc) {
        for (int i = 0; i < m; i++) {
            Arrays.fill(c, co + i * ldc, co + i * ldc + n, 0f);
            for (int p = 0; p < k; p++) {
                float x = a.x()[a.at() + i * a.down() + p * a.across()];
                int row = b.at() + p * b.down();
                for (int j = 0; j < n; j++) {
                    int to = co + i * ldc + j;
                    c[to] = Math.fma(x, b.x()[row + j * b.across()], c[to]);
                }
            }
        }
    }

    /** Eight rows at most of one vector of columns; missing rows repeat the last one and are not stored. */
    private static void strip(
            int rows,
            int k,
            float[] a,
            int ao,
            int down,
            int across,
            float[] b,
            int bo,
            int step,
            float[] c,
            int co,
            int ldc,
            VectorMask<Float> mask) {
        int last = rows - 1;
        int r1 = ao + Math.min(1, last) * down;
        int r2 = ao + Math.min(2, last) * down;
        int r3 = ao + Math.min(3, last) * down;
        int r4 = ao + Math.min(4, last) * down;
        int r5 = ao + Math.min(5, last) * down;
        int r6 = ao + Math.min(6, last) * down;
        int r7 = ao + Math.min(7, last) * down;
        FloatVector c0 = FloatVector.zero(F);
        FloatVector c1 = c0;
        FloatVector c2 = c0;
        FloatVector c3 = c0;
        FloatVector c4 = c0;
        FloatVector c5 = c0;
        FloatVector c6 = c0;
        FloatVector c7 = c0;
        for (int p = 0; p < k; p++) {
            FloatVector v = FloatVector.fromArray(F, b, bo + p * step);
            int q = p * across;
            c0 = v.fma(FloatVector.broadcast(F, a[ao + q]), c0);
            c1 = v.fma(FloatVector.broadcast(F, a[r1 + q]), c1);
            c2 = v.fma(FloatVector.broadcast(F, a[r2 + q]), c2);
            c3 = v.fma(FloatVector.broadcast(F, a[r3 + q]), c3);
            c4 = v.fma(FloatVector.broadcast(F, a[r4 + q]), c4);
            c5 = v.fma(FloatVector.broadcast(F, a[r5 + q]), c5);
            c6 = v.fma(FloatVector.broadcast(F, a[r6 + q]), c6);
            c7 = v.fma(FloatVector.broadcast(F, a[r7 + q]), c7);
        }
        c0.intoArray(c, co, mask);
        if (rows > 1) {
            c1.intoArray(c, co + 1 * ldc, mask);
        }
        if (rows > 2) {
            c2.intoArray(c, co + 2 * ldc, mask);
        }
        if (rows > 3) {
            c3.intoArray(c, co + 3 * ldc, mask);
        }
        if (rows > 4) {
            c4.intoArray(c, co + 4 * ldc, mask);
        }
        if (rows > 5) {
            c5.intoArray(c, co + 5 * ldc, mask);
        }
        if (rows > 6) {
            c6.intoArray(c, co + 6 * ldc, mask);
        }
        if (rows > 7) {
            c7.intoArray(c, co + 7 * ldc, mask);
        }
    }
}
