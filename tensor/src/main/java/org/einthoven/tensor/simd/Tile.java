package org.einthoven.tensor.simd;

import static org.einthoven.tensor.simd.Lanes.F;
import static org.einthoven.tensor.simd.Lanes.L;

import jdk.incubator.vector.FloatVector;

/**
 * The innermost block of a matrix product: ROWS x COLUMNS of C live in registers while k runs. With 32 registers of 512 bits
 * 14 x 2 vectors fit (28 sums, two of B, one of A); with 16 registers 6 x 2 do. A is read row by row where it lies: packed
 * columns of A were no faster (117 against 117 GFLOP/s), and packing costs as much as a short product.
 *
 * <p>Written out by hand on purpose. Arrays of vectors, helpers of our own and an unrolled k all made C2 keep vectors in
 * memory: 8 GFLOP/s and not 117.
 */
final class Tile {
    static final int ROWS = L >= 16 ? 14 : 6;
    static final int COLUMNS = 2 * L;

    /** A tile of at most this many rows is computed by the kernel for six, so that what is left over wastes less. */
    static final int FEW = 6;

    private Tile() {}

    /** What a sum starts from that has no terms yet, with rows 0 apart. */
    static final float[] NOTHING = new float[COLUMNS];

    /**
     * C [ROWS, COLUMNS], or [FEW, COLUMNS] where {@code rows} are no more, = S + A B: one fused multiply-add for each k in
     * rising order.
     *
     * @param a dense rows of k floats from {@code ao}, {@code down} apart, of which there are {@code rows}; missing ones
     *     repeat the last, and C has room for what comes of it
     * @param b panel [k, COLUMNS] from {@code bo}
     * @param s C itself, or {@link #NOTHING}; {@code lds} is the distance of its rows, which start at {@code so}
     * @param ldc distance of C's rows, which start at {@code co}
     */
    static void multiply(
            float[] a,
            int ao,
            int down,
            int rows,
            float[] b,
            int bo,
            int k,
            float[] s,
            int so,
            int lds,
            float[] c,
            int co,
            int ldc) {
        if (ROWS == 14 && rows > FEW) {
            fourteen(a, ao, down, rows - 1, b, bo, k, s, so, lds, c, co, ldc);
        } else {
            six(a, ao, down, rows - 1, b, bo, k, s, so, lds, c, co, ldc);
        }
    }

    private static void fourteen(
            float[] a,
            int ao,
            int down,
            int last,
            float[] b,
            int bo,
            int k,
            float[] s,
            int so,
            int lds,
            float[] c,
            int co,
            int ldc) {
        int r0 = ao;
        int r1 = ao + Math.min(1, last) * down;
        int r2 = ao + Math.min(2, last) * down;
        int r3 = ao + Math.min(3, last) * down;
        int r4 = ao + Math.min(4, last) * down;
        int r5 = ao + Math.min(5, last) * down;
        int r6 = ao + Math.min(6, last) * down;
        int r7 = ao + Math.min(7, last) * down;
        int r8 = ao + Math.min(8, last) * down;
        int r9 = ao + Math.min(9, last) * down;
        int r10 = ao + Math.min(10, last) * down;
        int r11 = ao + Math.min(11, last) * down;
        int r12 = ao + Math.min(12, last) * down;
        int r13 = ao + Math.min(13, last) * down;
        FloatVector c0 = FloatVector.fromArray(F, s, so);
        FloatVector d0 = FloatVector.fromArray(F, s, so + L);
        FloatVector c1 = FloatVector.fromArray(F, s, so + lds);
        FloatVector d1 = FloatVector.fromArray(F, s, so + lds + L);
        FloatVector c2 = FloatVector.fromArray(F, s, so + 2 * lds);
        FloatVector d2 = FloatVector.fromArray(F, s, so + 2 * lds + L);
        FloatVector c3 = FloatVector.fromArray(F, s, so + 3 * lds);
        FloatVector d3 = FloatVector.fromArray(F, s, so + 3 * lds + L);
        FloatVector c4 = FloatVector.fromArray(F, s, so + 4 * lds);
        FloatVector d4 = FloatVector.fromArray(F, s, so + 4 * lds + L);
        FloatVector c5 = FloatVector.fromArray(F, s, so + 5 * lds);
        FloatVector d5 = FloatVector.fromArray(F, s, so + 5 * lds + L);
        FloatVector c6 = FloatVector.fromArray(F, s, so + 6 * lds);
        FloatVector d6 = FloatVector.fromArray(F, s, so + 6 * lds + L);
        FloatVector c7 = FloatVector.fromArray(F, s, so + 7 * lds);
        FloatVector d7 = FloatVector.fromArray(F, s, so + 7 * lds + L);
        FloatVector c8 = FloatVector.fromArray(F, s, so + 8 * lds);
        FloatVector d8 = FloatVector.fromArray(F, s, so + 8 * lds + L);
        FloatVector c9 = FloatVector.fromArray(F, s, so + 9 * lds);
        FloatVector d9 = FloatVector.fromArray(F, s, so + 9 * lds + L);
        FloatVector c10 = FloatVector.fromArray(F, s, so + 10 * lds);
        FloatVector d10 = FloatVector.fromArray(F, s, so + 10 * lds + L);
        FloatVector c11 = FloatVector.fromArray(F, s, so + 11 * lds);
        FloatVector d11 = FloatVector.fromArray(F, s, so + 11 * lds + L);
        FloatVector c12 = FloatVector.fromArray(F, s, so + 12 * lds);
        FloatVector d12 = FloatVector.fromArray(F, s, so + 12 * lds + L);
        FloatVector c13 = FloatVector.fromArray(F, s, so + 13 * lds);
        FloatVector d13 = FloatVector.fromArray(F, s, so + 13 * lds + L);
        for (int p = 0; p < k; p++) {
            FloatVector b0 = FloatVector.fromArray(F, b, bo + p * COLUMNS);
            FloatVector b1 = FloatVector.fromArray(F, b, bo + p * COLUMNS + L);
            FloatVector x = FloatVector.broadcast(F, a[r0 + p]);
            c0 = x.fma(b0, c0);
            d0 = x.fma(b1, d0);
            x = FloatVector.broadcast(F, a[r1 + p]);
            c1 = x.fma(b0, c1);
            d1 = x.fma(b1, d1);
            x = FloatVector.broadcast(F, a[r2 + p]);
            c2 = x.fma(b0, c2);
            d2 = x.fma(b1, d2);
            x = FloatVector.broadcast(F, a[r3 + p]);
            c3 = x.fma(b0, c3);
            d3 = x.fma(b1, d3);
            x = FloatVector.broadcast(F, a[r4 + p]);
            c4 = x.fma(b0, c4);
            d4 = x.fma(b1, d4);
            x = FloatVector.broadcast(F, a[r5 + p]);
            c5 = x.fma(b0, c5);
            d5 = x.fma(b1, d5);
            x = FloatVector.broadcast(F, a[r6 + p]);
            c6 = x.fma(b0, c6);
            d6 = x.fma(b1, d6);
            x = FloatVector.broadcast(F, a[r7 + p]);
            c7 = x.fma(b0, c7);
            d7 = x.fma(b1, d7);
            x = FloatVector.broadcast(F, a[r8 + p]);
            c8 = x.fma(b0, c8);
            d8 = x.fma(b1, d8);
            x = FloatVector.broadcast(F, a[r9 + p]);
            c9 = x.fma(b0, c9);
            d9 = x.fma(b1, d9);
            x = FloatVector.broadcast(F, a[r10 + p]);
            c10 = x.fma(b0, c10);
            d10 = x.fma(b1, d10);
            x = FloatVector.broadcast(F, a[r11 + p]);
            c11 = x.fma(b0, c11);
            d11 = x.fma(b1, d11);
            x = FloatVector.broadcast(F, a[r12 + p]);
            c12 = x.fma(b0, c12);
            d12 = x.fma(b1, d12);
            x = FloatVector.broadcast(F, a[r13 + p]);
            c13 = x.fma(b0, c13);
            d13 = x.fma(b1, d13);
        }
        c0.intoArray(c, co);
        d0.intoArray(c, co + L);
        c1.intoArray(c, co + ldc);
        d1.intoArray(c, co + ldc + L);
        c2.intoArray(c, co + 2 * ldc);
        d2.intoArray(c, co + 2 * ldc + L);
        c3.intoArray(c, co + 3 * ldc);
        d3.intoArray(c, co + 3 * ldc + L);
        c4.intoArray(c, co + 4 * ldc);
        d4.intoArray(c, co + 4 * ldc + L);
        c5.intoArray(c, co + 5 * ldc);
        d5.intoArray(c, co + 5 * ldc + L);
        c6.intoArray(c, co + 6 * ldc);
        d6.intoArray(c, co + 6 * ldc + L);
        c7.intoArray(c, co + 7 * ldc);
        d7.intoArray(c, co + 7 * ldc + L);
        c8.intoArray(c, co + 8 * ldc);
        d8.intoArray(c, co + 8 * ldc + L);
        c9.intoArray(c, co + 9 * ldc);
        d9.intoArray(c, co + 9 * ldc + L);
        c10.intoArray(c, co + 10 * ldc);
        d10.intoArray(c, co + 10 * ldc + L);
        c11.intoArray(c, co + 11 * ldc);
        d11.intoArray(c, co + 11 * ldc + L);
        c12.intoArray(c, co + 12 * ldc);
        d12.intoArray(c, co + 12 * ldc + L);
        c13.intoArray(c, co + 13 * ldc);
        d13.intoArray(c, co + 13 * ldc + L);
    }

    private static void six(
            float[] a,
            int ao,
            int down,
            int last,
            float[] b,
            int bo,
            int k,
            float[] s,
            int so,
            int lds,
            float[] c,
            int co,
            int ldc) {
        int r0 = ao;
        int r1 = ao + Math.min(1, last) * down;
        int r2 = ao + Math.min(2, last) * down;
        int r3 = ao + Math.min(3, last) * down;
        int r4 = ao + Math.min(4, last) * down;
        int r5 = ao + Math.min(5, last) * down;
        FloatVector c0 = FloatVector.fromArray(F, s, so);
        FloatVector d0 = FloatVector.fromArray(F, s, so + L);
        FloatVector c1 = FloatVector.fromArray(F, s, so + lds);
        FloatVector d1 = FloatVector.fromArray(F, s, so + lds + L);
        FloatVector c2 = FloatVector.fromArray(F, s, so + 2 * lds);
        FloatVector d2 = FloatVector.fromArray(F, s, so + 2 * lds + L);
        FloatVector c3 = FloatVector.fromArray(F, s, so + 3 * lds);
        FloatVector d3 = FloatVector.fromArray(F, s, so + 3 * lds + L);
        FloatVector c4 = FloatVector.fromArray(F, s, so + 4 * lds);
        FloatVector d4 = FloatVector.fromArray(F, s, so + 4 * lds + L);
        FloatVector c5 = FloatVector.fromArray(F, s, so + 5 * lds);
        FloatVector d5 = FloatVector.fromArray(F, s, so + 5 * lds + L);
        for (int p = 0; p < k; p++) {
            FloatVector b0 = FloatVector.fromArray(F, b, bo + p * COLUMNS);
            FloatVector b1 = FloatVector.fromArray(F, b, bo + p * COLUMNS + L);
            FloatVector x = FloatVector.broadcast(F, a[r0 + p]);
            c0 = x.fma(b0, c0);
            d0 = x.fma(b1, d0);
            x = FloatVector.broadcast(F, a[r1 + p]);
            c1 = x.fma(b0, c1);
            d1 = x.fma(b1, d1);
            x = FloatVector.broadcast(F, a[r2 + p]);
            c2 = x.fma(b0, c2);
            d2 = x.fma(b1, d2);
            x = FloatVector.broadcast(F, a[r3 + p]);
            c3 = x.fma(b0, c3);
            d3 = x.fma(b1, d3);
            x = FloatVector.broadcast(F, a[r4 + p]);
            c4 = x.fma(b0, c4);
            d4 = x.fma(b1, d4);
            x = FloatVector.broadcast(F, a[r5 + p]);
            c5 = x.fma(b0, c5);
            d5 = x.fma(b1, d5);
        }
        c0.intoArray(c, co);
        d0.intoArray(c, co + L);
        c1.intoArray(c, co + ldc);
        d1.intoArray(c, co + ldc + L);
        c2.intoArray(c, co + 2 * ldc);
        d2.intoArray(c, co + 2 * ldc + L);
        c3.intoArray(c, co + 3 * ldc);
        d3.intoArray(c, co + 3 * ldc + L);
        c4.intoArray(c, co + 4 * ldc);
        d4.intoArray(c, co + 4 * ldc + L);
        c5.intoArray(c, co + 5 * ldc);
        d5.intoArray(c, co + 5 * ldc + L);
    }
}
