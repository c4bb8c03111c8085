package org.einthoven.tensor.simd;

import static org.einthoven.tensor.simd.Tile.COLUMNS;
import static org.einthoven.tensor.simd.Tile.ROWS;

/**
 * Large matrix products: B is packed into panels and multiplied tile by tile (Goto and van de Geijn, "Anatomy of
 * high-performance matrix multiplication", ACM TOMS 2008).
 *
 * <p>Each element of C is one chain of fused multiply-adds over k in rising order, whatever the blocking. So neither the
 * number of threads, nor strides, nor the other rows of the operands change a bit of it, and {@link SmallGemm} agrees.
 */
final class Gemm {
    /** Rows of B in one block, whose panel (128 KB) stays in the second-level cache. */
    static final int DEPTH = 1024;

    /** Rows of A that are made dense at once, 8 MB at most. */
    private static final int SLAB = 144 * ROWS;

    /** Rows this many floats apart share a set of the first-level cache and push each other out of it. */
    private static final int ALIAS = 1024;

    private Gemm() {}

    /**
     * C = A B for A [m, k], B [k, n] with a k of at least 1, and a row-major C of any content from {@code c[co]} with rows
     * {@code ldc} apart.
     */
    static void multiply(int m, int n, int k, Matrix a, Panels b, float[] c, int co, int ldc) {
        product(false, m, n, k, a, b, c, co, ldc);
    }

    /** C += A B, as {@link #multiply}. */
    static void add(int m, int n, int k, Matrix a, Panels b, float[] c, int co, int ldc) {
        product(true, m, n, k, a, b, c, co, ldc);
    }

    private static void product(boolean begun, int m, int n, int k, Matrix a, Panels b, float[] c, int co, int ldc) {
        boolean inPlace = a.across() == 1 && (a.down() % ALIAS != 0 || m == 1);
        for (int i = 0; i < m; i += SLAB) {
            int rows = Math.min(SLAB, m - i);
            for (int p = 0; p < k; p += DEPTH) {
                int depth = Math.min(DEPTH, k - p);
                Matrix block = new Matrix(a.x(), a.at() + i * a.down() + p * a.across(), a.down(), a.across());
                slab(
                        begun || p > 0,
                        rows,
                        n,
                        p,
                        depth,
                        inPlace ? block : dense(rows, depth, block),
                        b,
                        c,
                        co + i * ldc,
                        ldc);
            }
        }
    }

    /** A copy with dense rows. */
    private static Matrix dense(int m, int k, Matrix a) {
        int apart = k % ALIAS == 0 ? k + Lanes.L : k;
        float[] left = Scratch.mine().left(m * apart);
        Chunks.each(
                Math.ceilDiv(m, ROWS),
                2L * k * ROWS,
                i -> Pack.rows(
                        a.x(),
                        a.at() + i * ROWS * a.down(),
                        a.down(),
                        a.across(),
                        Math.min(ROWS, m - i * ROWS),
                        k,
                        left,
                        i * ROWS * apart,
                        apart));
        return new Matrix(left, 0, apart, 1);
    }

    private static void slab(
            boolean begun, int m, int n, int k0, int k, Matrix a, Panels b, float[] c, int co, int ldc) {
        int rowPanels = Math.ceilDiv(m, ROWS);
        int columnPanels = Math.ceilDiv(n, COLUMNS);
        // About eight tasks of up to four panels of columns; when columns are few, rows are split too.
        int wide = Math.clamp(columnPanels / 8, 1, 4);
        int across = Math.ceilDiv(columnPanels, wide);
        int high = across >= 4 ? rowPanels : Math.max(8, Math.ceilDiv(rowPanels * across, 4));
        int down = Math.ceilDiv(rowPanels, high);
        long flops = 2L * Math.min(high, rowPanels) * ROWS * Math.min(wide, columnPanels) * COLUMNS * k;
        Chunks.each(across * down, flops / 32, task -> {
            int j0 = task % across * wide;
            int j1 = Math.min(columnPanels, j0 + wide);
            int i0 = task / across * high;
            int i1 = Math.min(rowPanels, i0 + high);
            block(begun, m, n, i0, i1, j0, j1, k0, k, a, b, c, co, ldc);
        });
    }

    private static void block(
            boolean begun,
            int m,
            int n,
            int i0,
            int i1,
            int j0,
            int j1,
            int k0,
            int k,
            Matrix a,
            Panels b,
            float[] c,
            int co,
            int ldc) {
        float[] right;
        int first;
        if (b instanceof Panels.Packed packed) {
            right = packed.x();
            first = packed.at(k0, j0);
        } else {
            right = Scratch.mine().right((j1 - j0) * k * COLUMNS);
            first = 0;
            for (int j = j0; j < j1; j++) {
                b.pack(k0, k, j * COLUMNS, Math.min(COLUMNS, n - j * COLUMNS), right, (j - j0) * k * COLUMNS);
            }
        }
        for (int i = i0; i < i1; i++) {
            int rows = Math.min(ROWS, m - i * ROWS);
            int row = a.at() + i * ROWS * a.down();
            for (int j = j0; j < j1; j++) {
                int columns = Math.min(COLUMNS, n - j * COLUMNS);
                int to = co + i * ROWS * ldc + j * COLUMNS;
                int from = first + (j - j0) * k * COLUMNS;
                if ((rows == ROWS || rows == Tile.FEW) && columns == COLUMNS) {
                    float[] start = begun ? c : Tile.NOTHING;
                    int so = begun ? to : 0;
                    int lds = begun ? ldc : 0;
                    Tile.multiply(a.x(), row, a.down(), rows, right, from, k, start, so, lds, c, to, ldc);
                } else {
                    edge(begun, rows, columns, a.x(), row, a.down(), right, from, k, c, to, ldc);
                }
            }
        }
    }

    /** A tile that sticks out of C: computed beside it. */
    private static void edge(
            boolean begun,
            int rows,
            int columns,
            float[] a,
            int ao,
            int down,
            float[] b,
            int bo,
            int k,
            float[] c,
            int co,
            int ldc) {
        float[] tile = Scratch.mine().tile();
        for (int r = 0; begun && r < rows; r++) {
            System.arraycopy(c, co + r * ldc, tile, r * COLUMNS, columns);
        }
        float[] start = begun ? tile : Tile.NOTHING;
        Tile.multiply(a, ao, down, rows, b, bo, k, start, 0, begun ? COLUMNS : 0, tile, 0, COLUMNS);
        for (int r = 0; r < rows; r++) {
            System.arraycopy(tile, r * COLUMNS, c, co + r * ldc, columns);
        }
    }
}
