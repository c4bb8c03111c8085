package org.einthoven.tensor.simd;

import org.einthoven.tensor.Tensor;

/** A few rows times a frozen weight, each weight read from memory once. */
final class Gemv {
    /**
     * Weights in one piece of work: few enough that threads end together, and enough that its quarters, the four streams of
     * {@link PackedDot#four}, are long.
     */
    private static final int PIECE = 1 << 19;

    /** Rows in a piece where they are short. */
    private static final int MOST_ROWS = 256;

    private Gemv() {}

    /** y [m, n] = x W^T for x [m, k] and W [n, k] with dense rows. */
    static void multiply(int m, int n, int k, Matrix x, Tensor w, float[] y) {
        PackedDot[] dots = new PackedDot[m];
        for (int i = 0; i < m; i++) {
            float[] row = new float[k];
            Cells.copy(x.x(), x.at() + i * x.down(), x.across(), row, 0, 1, k);
            dots[i] = PackedDot.of(w, row, 0);
        }
        Pieces pieces = Pieces.of(n, k);
        Chunks.each(pieces.count(), pieces.cost(k) * m, number -> {
            for (int i = 0; i < m; i++) {
                pieces.run(number, dots[i], y, i * n);
            }
        });
    }

    /** The n rows of a weight in pieces of {@code size}. */
    record Pieces(int n, int size) {
        static Pieces of(int n, int k) {
            int size = Math.clamp(PIECE / k / 4 * 4, 4, MOST_ROWS);
            return new Pieces(n, n >= 4 * size ? size : Math.max(4, n / 8 * 4));
        }

        int count() {
            return Math.ceilDiv(n, size);
        }

        /** Of a piece, for rows of k weights, in the operations that {@link Chunks} counts. */
        long cost(int k) {
            return (long) size * k / 4;
        }

        void run(int number, PackedDot dot, float[] y, int yo) {
            int first = number * size;
            int quarter = Math.min(size, n - first) / 4;
            for (int r = first; r < first + quarter; r++) {
                dot.four(r, quarter, y, yo);
            }
            for (int r = first + 4 * quarter; r < Math.min(n, first + size); r++) {
                dot.one(r, y, yo);
            }
        }
    }
}
