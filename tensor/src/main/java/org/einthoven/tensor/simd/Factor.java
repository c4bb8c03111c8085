package org.einthoven.tensor.simd;

import static org.einthoven.tensor.simd.Tile.COLUMNS;
import static org.einthoven.tensor.simd.Tile.ROWS;

/**
 * The right operand of products whose left operand and result are a kernel's own buffers, so that tiles may stick out of
 * them. Only some of its rows and columns may be wanted. The same chain of fused multiply-adds per element as in {@link Gemm}.
 */
sealed interface Factor {
    /** Floats that a row of {@code n} columns takes in a buffer that tiles may write to. */
    static int room(int n) {
        int room = Math.ceilDiv(n, COLUMNS) * COLUMNS;
        // Rows 1024 floats apart push each other out of the first-level cache.
        return room % 1024 == 0 ? room + COLUMNS : room;
    }

    /** Rows that a buffer of {@code m} rows has, so that tiles may write to it. */
    static int rows(int m) {
        return Math.ceilDiv(m, ROWS) * ROWS;
    }

    /**
     * c [m, n0 .. n1) = a [m, k0 .. k1) times rows k0 .. k1 and columns n0 .. n1 of this.
     *
     * @param a dense rows from 0, {@code lda} apart
     * @param c rows of any content from 0, {@code ldc} apart, with {@link #room}, and as many as {@link #rows} says: all
     *     columns of the tiles are written, and rows behind the last
     */
    void multiply(int m, int k0, int k1, int n0, int n1, float[] a, int lda, float[] c, int ldc);

    /** As {@link #multiply}, for c [m, n] += a [m, k] times all of this, from {@code co} on. */
    void add(int m, int k, int n, float[] a, float[] c, int co, int ldc);

    /** For few products: the matrix where it lies. A sum has one term, so what it is added to is zeros. */
    record Lying(Matrix b) implements Factor {
        @Override
        public void multiply(int m, int k0, int k1, int n0, int n1, float[] a, int lda, float[] c, int ldc) {
            Matrix part = new Matrix(b.x(), b.at() + k0 * b.down() + n0 * b.across(), b.down(), b.across());
            SmallGemm.multiply(m, n1 - n0, k1 - k0, new Matrix(a, k0, lda, 1), part, c, n0, ldc);
        }

        @Override
        public void add(int m, int k, int n, float[] a, float[] c, int co, int ldc) {
            SmallGemm.multiply(m, n, k, new Matrix(a, 0, k, 1), b, c, co, ldc);
        }
    }

    /** For many: panels of COLUMNS columns and {@code depth} rows, one behind the other. */
    record Packed(float[] panels, int depth) implements Factor {
        static Packed of(Matrix b, int depth, int n, float[] panels) {
            for (int j = 0; j < n; j += COLUMNS) {
                int from = b.at() + j * b.across();
                int columns = Math.min(COLUMNS, n - j);
                Pack.panel(b.x(), from, b.across(), b.down(), columns, COLUMNS, depth, panels, j * depth, COLUMNS);
            }
            return new Packed(panels, depth);
        }

        @Override
        public void multiply(int m, int k0, int k1, int n0, int n1, float[] a, int lda, float[] c, int ldc) {
            for (int j = n0 / COLUMNS * COLUMNS; j < n1; j += COLUMNS) {
                for (int i = 0; i < m; i += ROWS) {
                    int from = j * depth + k0 * COLUMNS;
                    int rows = Math.min(ROWS, m - i);
                    Tile.multiply(
                            a, i * lda + k0, lda, rows, panels, from, k1 - k0, Tile.NOTHING, 0, 0, c, i * ldc + j, ldc);
                }
            }
        }

        @Override
        public void add(int m, int k, int n, float[] a, float[] c, int co, int ldc) {
            for (int j = 0; j < n; j += COLUMNS) {
                for (int i = 0; i < m; i += ROWS) {
                    int to = co + i * ldc + j;
                    int rows = Math.min(ROWS, m - i);
                    Tile.multiply(a, i * k, k, rows, panels, j * depth, k, c, to, ldc, c, to, ldc);
                }
            }
        }
    }
}
