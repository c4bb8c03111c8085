package org.einthoven.tensor.simd;

import static org.einthoven.tensor.simd.Lanes.D;

import jdk.incubator.vector.DoubleVector;

/** {@link Tile} for doubles: the same block of C in registers, with vectors of half as many lanes. */
final class TileF64 {
    /** Doubles in one vector. */
    static final int N = D.length();

    static final int ROWS = N >= 8 ? 12 : 6;
    static final int COLUMNS = 2 * N;

    private TileF64() {}

    /**
     * C [ROWS, COLUMNS] += A B, one fused multiply-add for each k in rising order.
     *
     * @param a dense rows of k doubles from {@code ao}, {@code down} apart, of which there are {@code rows}; missing ones
     *     repeat the last, and C has room for what comes of it
     * @param b panel [k, COLUMNS] from {@code bo}
     * @param ldc distance of C's rows, which start at {@code co}
     */
    static void multiply(
            double[] a, int ao, int down, int rows, double[] b, int bo, int k, double[] c, int co, int ldc) {
        if (ROWS == 12) {
            twelve(a, ao, down, rows - 1, b, bo, k, c, co, ldc);
        } else {
            six(a, ao, down, rows - 1, b, bo, k, c, co, ldc);
        }
    }

    private static void twelve(
            double[] a, int ao, int down, int last, double[] b, int bo, int k, double[] c, int co, int ldc) {
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
        DoubleVector c0 = DoubleVector.fromArray(D, c, co);
        DoubleVector d0 = DoubleVector.fromArray(D, c, co + N);
        DoubleVector c1 = DoubleVector.fromArray(D, c, co + ldc);
        DoubleVector d1 = DoubleVector.fromArray(D, c, co + ldc + N);
        DoubleVector c2 = DoubleVector.fromArray(D, c, co + 2 * ldc);
        DoubleVector d2 = DoubleVector.fromArray(D, c, co + 2 * ldc + N);
        DoubleVector c3 = DoubleVector.fromArray(D, c, co + 3 * ldc);
        DoubleVector d3 = DoubleVector.fromArray(D, c, co + 3 * ldc + N);
        DoubleVector c4 = DoubleVector.fromArray(D, c, co + 4 * ldc);
        DoubleVector d4 = DoubleVector.fromArray(D, c, co + 4 * ldc + N);
        DoubleVector c5 = DoubleVector.fromArray(D, c, co + 5 * ldc);
        DoubleVector d5 = DoubleVector.fromArray(D, c, co + 5 * ldc + N);
        DoubleVector c6 = DoubleVector.fromArray(D, c, co + 6 * ldc);
        DoubleVector d6 = DoubleVector.fromArray(D, c, co + 6 * ldc + N);
        DoubleVector c7 = DoubleVector.fromArray(D, c, co + 7 * ldc);
        DoubleVector d7 = DoubleVector.fromArray(D, c, co + 7 * ldc + N);
        DoubleVector c8 = DoubleVector.fromArray(D, c, co + 8 * ldc);
        DoubleVector d8 = DoubleVector.fromArray(D, c, co + 8 * ldc + N);
        DoubleVector c9 = DoubleVector.fromArray(D, c, co + 9 * ldc);
        DoubleVector d9 = DoubleVector.fromArray(D, c, co + 9 * ldc + N);
        DoubleVector c10 = DoubleVector.fromArray(D, c, co + 10 * ldc);
        DoubleVector d10 = DoubleVector.fromArray(D, c, co + 10 * ldc + N);
        DoubleVector c11 = DoubleVector.fromArray(D, c, co + 11 * ldc);
        DoubleVector d11 = DoubleVector.fromArray(D, c, co + 11 * ldc + N);
        for (int p = 0; p < k; p++) {
            DoubleVector b0 = DoubleVector.fromArray(D, b, bo + p * COLUMNS);
            DoubleVector b1 = DoubleVector.fromArray(D, b, bo + p * COLUMNS + N);
            DoubleVector x = DoubleVector.broadcast(D, a[r0 + p]);
            c0 = x.fma(b0, c0);
            d0 = x.fma(b1, d0);
            x = DoubleVector.broadcast(D, a[r1 + p]);
            c1 = x.fma(b0, c1);
            d1 = x.fma(b1, d1);
            x = DoubleVector.broadcast(D, a[r2 + p]);
            c2 = x.fma(b0, c2);
            d2 = x.fma(b1, d2);
            x = DoubleVector.broadcast(D, a[r3 + p]);
            c3 = x.fma(b0, c3);
            d3 = x.fma(b1, d3);
            x = DoubleVector.broadcast(D, a[r4 + p]);
            c4 = x.fma(b0, c4);
            d4 = x.fma(b1, d4);
            x = DoubleVector.broadcast(D, a[r5 + p]);
            c5 = x.fma(b0, c5);
            d5 = x.fma(b1, d5);
            x = DoubleVector.broadcast(D, a[r6 + p]);
            c6 = x.fma(b0, c6);
            d6 = x.fma(b1, d6);
            x = DoubleVector.broadcast(D, a[r7 + p]);
            c7 = x.fma(b0, c7);
            d7 = x.fma(b1, d7);
            x = DoubleVector.broadcast(D, a[r8 + p]);
            c8 = x.fma(b0, c8);
            d8 = x.fma(b1, d8);
            x = DoubleVector.broadcast(D, a[r9 + p]);
            c9 = x.fma(b0, c9);
            d9 = x.fma(b1, d9);
            x = DoubleVector.broadcast(D, a[r10 + p]);
            c10 = x.fma(b0, c10);
            d10 = x.fma(b1, d10);
            x = DoubleVector.broadcast(D, a[r11 + p]);
            c11 = x.fma(b0, c11);
            d11 = x.fma(b1, d11);
        }
        c0.intoArray(c, co);
        d0.intoArray(c, co + N);
        c1.intoArray(c, co + ldc);
        d1.intoArray(c, co + ldc + N);
        c2.intoArray(c, co + 2 * ldc);
        d2.intoArray(c, co + 2 * ldc + N);
        c3.intoArray(c, co + 3 * ldc);
        d3.intoArray(c, co + 3 * ldc + N);
        c4.intoArray(c, co + 4 * ldc);
        d4.intoArray(c, co + 4 * ldc + N);
        c5.intoArray(c, co + 5 * ldc);
        d5.intoArray(c, co + 5 * ldc + N);
        c6.intoArray(c, co + 6 * ldc);
        d6.intoArray(c, co + 6 * ldc + N);
        c7.intoArray(c, co + 7 * ldc);
        d7.intoArray(c, co + 7 * ldc + N);
        c8.intoArray(c, co + 8 * ldc);
        d8.intoArray(c, co + 8 * ldc + N);
        c9.intoArray(c, co + 9 * ldc);
        d9.intoArray(c, co + 9 * ldc + N);
        c10.intoArray(c, co + 10 * ldc);
        d10.intoArray(c, co + 10 * ldc + N);
        c11.intoArray(c, co + 11 * ldc);
        d11.intoArray(c, co + 11 * ldc + N);
    }

    private static void six(
            double[] a, int ao, int down, int last, double[] b, int bo, int k, double[] c, int co, int ldc) {
        int r0 = ao;
        int r1 = ao + Math.min(1, last) * down;
        int r2 = ao + Math.min(2, last) * down;
        int r3 = ao + Math.min(3, last) * down;
        int r4 = ao + Math.min(4, last) * down;
        int r5 = ao + Math.min(5, last) * down;
        DoubleVector c0 = DoubleVector.fromArray(D, c, co);
        DoubleVector d0 = DoubleVector.fromArray(D, c, co + N);
        DoubleVector c1 = DoubleVector.fromArray(D, c, co + ldc);
        DoubleVector d1 = DoubleVector.fromArray(D, c, co + ldc + N);
        DoubleVector c2 = DoubleVector.fromArray(D, c, co + 2 * ldc);
        DoubleVector d2 = DoubleVector.fromArray(D, c, co + 2 * ldc + N);
        DoubleVector c3 = DoubleVector.fromArray(D, c, co + 3 * ldc);
        DoubleVector d3 = DoubleVector.fromArray(D, c, co + 3 * ldc + N);
        DoubleVector c4 = DoubleVector.fromArray(D, c, co + 4 * ldc);
        DoubleVector d4 = DoubleVector.fromArray(D, c, co + 4 * ldc + N);
        DoubleVector c5 = DoubleVector.fromArray(D, c, co + 5 * ldc);
        DoubleVector d5 = DoubleVector.fromArray(D, c, co + 5 * ldc + N);
        for (int p = 0; p < k; p++) {
            DoubleVector b0 = DoubleVector.fromArray(D, b, bo + p * COLUMNS);
            DoubleVector b1 = DoubleVector.fromArray(D, b, bo + p * COLUMNS + N);
            DoubleVector x = DoubleVector.broadcast(D, a[r0 + p]);
            c0 = x.fma(b0, c0);
            d0 = x.fma(b1, d0);
            x = DoubleVector.broadcast(D, a[r1 + p]);
            c1 = x.fma(b0, c1);
            d1 = x.fma(b1, d1);
            x = DoubleVector.broadcast(D, a[r2 + p]);
            c2 = x.fma(b0, c2);
            d2 = x.fma(b1, d2);
            x = DoubleVector.broadcast(D, a[r3 + p]);
            c3 = x.fma(b0, c3);
            d3 = x.fma(b1, d3);
            x = DoubleVector.broadcast(D, a[r4 + p]);
            c4 = x.fma(b0, c4);
            d4 = x.fma(b1, d4);
            x = DoubleVector.broadcast(D, a[r5 + p]);
            c5 = x.fma(b0, c5);
            d5 = x.fma(b1, d5);
        }
        c0.intoArray(c, co);
        d0.intoArray(c, co + N);
        c1.intoArray(c, co + ldc);
        d1.intoArray(c, co + ldc + N);
        c2.intoArray(c, co + 2 * ldc);
        d2.intoArray(c, co + 2 * ldc + N);
        c3.intoArray(c, co + 3 * ldc);
        d3.intoArray(c, co + 3 * ldc + N);
        c4.intoArray(c, co + 4 * ldc);
        d4.intoArray(c, co + 4 * ldc + N);
        c5.intoArray(c, co + 5 * ldc);
        d5.intoArray(c, co + 5 * ldc + N);
    }
}
