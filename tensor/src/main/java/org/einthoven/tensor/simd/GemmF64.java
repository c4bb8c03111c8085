package org.einthoven.tensor.simd;

import static org.einthoven.tensor.simd.Lanes.D;
import static org.einthoven.tensor.simd.TileF64.COLUMNS;
import static org.einthoven.tensor.simd.TileF64.N;
import static org.einthoven.tensor.simd.TileF64.ROWS;

import jdk.incubator.vector.DoubleVector;

/**
 * {@link Gemm} for doubles: B is packed into panels and multiplied tile by tile. Each element of C is one chain of fused
 * multiply-adds over k in rising order, so neither threads, strides nor the size of the other operands change a bit of it,
 * and the plain loops of {@link Doubles} agree.
 */
final class GemmF64 {
    /** Rows of B in one block, whose panel (64 KB) stays in the second-level cache. */
    private static final int DEPTH = 512;

    /** Rows this many doubles apart share a set of the first-level cache and push each other out of it. */
    private static final int ALIAS = 512;

    private GemmF64() {}

    /** Element (i, j) is {@code x[at + i * down + j * across]}. */
    record Matrix(double[] x, int at, int down, int across) {
        Matrix from(int i, int j) {
            return new Matrix(x, at + i * down + j * across, down, across);
        }
    }

    /** C += A B for A [m, k], B [k, n] and a row-major C from {@code c[co]} with rows {@code n} apart. */
    static void multiply(int m, int n, int k, Matrix a, Matrix b, double[] c, int co) {
        boolean inPlace = a.across() == 1 && (a.down() % ALIAS != 0 || m == 1);
        int panels = Math.ceilDiv(n, COLUMNS);
        // About eight tasks of up to eight panels of columns.
        int wide = Math.clamp(panels / 8, 1, 8);
        for (int p = 0; p < k; p += DEPTH) {
            int depth = Math.min(DEPTH, k - p);
            Matrix left = inPlace ? a.from(0, p) : dense(m, depth, a.from(0, p));
            Matrix right = b.from(p, 0);
            Chunks.each(Math.ceilDiv(panels, wide), (long) m * depth * wide * COLUMNS / 8, task -> {
                int j = task * wide * COLUMNS;
                columns(m, Math.min(wide * COLUMNS, n - j), depth, left, right.from(0, j), c, co + j, n);
            });
        }
    }

    /** A copy with dense rows. */
    private static Matrix dense(int m, int k, Matrix a) {
        int apart = k % ALIAS == 0 ? k + N : k;
        double[] rows = Scratch.mine().leftDoubles(m * apart);
        Chunks.each(
                Math.ceilDiv(m, N),
                2L * k * N,
                i -> copy(a.from(i * N, 0), Math.min(N, m - i * N), k, rows, i * N * apart, apart));
        return new Matrix(rows, 0, apart, 1);
    }

    /** The {@code n} columns of C from {@code co}: a few panels of B, packed here, against all rows of A. */
    private static void columns(int m, int n, int k, Matrix a, Matrix b, double[] c, int co, int ldc) {
        int panels = Math.ceilDiv(n, COLUMNS);
        double[] packed = Scratch.mine().rightDoubles(panels * k * COLUMNS);
        for (int j = 0; j < panels; j++) {
            pack(b.from(0, j * COLUMNS), k, Math.min(COLUMNS, n - j * COLUMNS), packed, j * k * COLUMNS);
        }
        for (int i = 0; i < m; i += ROWS) {
            int rows = Math.min(ROWS, m - i);
            int row = a.at() + i * a.down();
            for (int j = 0; j < panels; j++) {
                int columns = Math.min(COLUMNS, n - j * COLUMNS);
                int to = co + i * ldc + j * COLUMNS;
                if (rows == ROWS && columns == COLUMNS) {
                    TileF64.multiply(a.x(), row, a.down(), rows, packed, j * k * COLUMNS, k, c, to, ldc);
                } else {
                    edge(rows, columns, a.x(), row, a.down(), packed, j * k * COLUMNS, k, c, to, ldc);
                }
            }
        }
    }

    /** A tile that sticks out of C: computed beside it. */
    private static void edge(
            int rows,
            int columns,
            double[] a,
            int ao,
            int down,
            double[] b,
            int bo,
            int k,
            double[] c,
            int co,
            int ldc) {
        double[] tile = new double[ROWS * COLUMNS];
        for (int r = 0; r < rows; r++) {
            System.arraycopy(c, co + r * ldc, tile, r * COLUMNS, columns);
        }
        TileF64.multiply(a, ao, down, rows, b, bo, k, tile, 0, COLUMNS);
        for (int r = 0; r < rows; r++) {
            System.arraycopy(tile, r * COLUMNS, c, co + r * ldc, columns);
        }
    }

    /** A panel [k, COLUMNS] of B; what lies right of its last column may be anything. */
    private static void pack(Matrix b, int k, int columns, double[] out, int at) {
        if (b.across() == 1 && wholeRows(b, k)) {
            for (int p = 0; p < k; p++) {
                int from = b.at() + p * b.down();
                DoubleVector.fromArray(D, b.x(), from).intoArray(out, at + p * COLUMNS);
                DoubleVector.fromArray(D, b.x(), from + N).intoArray(out, at + p * COLUMNS + N);
            }
            return;
        }
        if (b.across() == 1) {
            for (int p = 0; p < k; p++) {
                System.arraycopy(b.x(), b.at() + p * b.down(), out, at + p * COLUMNS, columns);
            }
            return;
        }
        int[] index = new int[COLUMNS];
        for (int i = 0; i < COLUMNS; i++) {
            index[i] = Math.min(i, columns - 1) * b.across();
        }
        for (int p = 0; p < k; p++) {
            int from = b.at() + p * b.down();
            DoubleVector.fromArray(D, b.x(), from, index, 0).intoArray(out, at + p * COLUMNS);
            DoubleVector.fromArray(D, b.x(), from, index, N).intoArray(out, at + p * COLUMNS + N);
        }
    }

    /** Whether COLUMNS numbers can be read in every row, though fewer may count. */
    private static boolean wholeRows(Matrix b, int k) {
        long last = (k - 1L) * b.down();
        return b.at() + Math.max(0, last) + COLUMNS <= b.x().length && b.at() + Math.min(0, last) >= 0;
    }

    /** [rows, k] of any strides to dense rows that are {@code apart} doubles apart. */
    private static void copy(Matrix a, int rows, int k, double[] out, int at, int apart) {
        if (a.across() == 1) {
            for (int i = 0; i < rows; i++) {
                System.arraycopy(a.x(), a.at() + i * a.down(), out, at + i * apart, k);
            }
            return;
        }
        for (int p = 0; p < k; p++) {
            int from = a.at() + p * a.across();
            for (int i = 0; i < rows; i++) {
                out[at + i * apart + p] = a.x()[from + i * a.down()];
            }
        }
    }
}
