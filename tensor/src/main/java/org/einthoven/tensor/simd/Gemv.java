package org.einthoven.tensor.simd;

import org.einthoven.tensor.Tensor;

/** A few rows times a frozen weight, each weight read from memory once. */
final class Gemv {
    /** Rows of W in one piece of work; its quarters are the four streams of {@link PackedDot#four}. */
    private static final int PIECE = 256;

    private Gemv() {}

    /** y [m, n] = x W^T for x [m, k] and W [n, k] with dense rows. */
    static void multiply(int m, int n, int k, Matrix x, Tensor w, float[] y) {
        PackedDot[] dots = new PackedDot[m];
        for (int i = 0; i < m; i++) {
            float[] row = new float[k];
            Cells.copy(x.x(), x.at() + i * x.down(), x.across(), row, 0, 1, k);
            dots[i] = PackedDot.of(w, row, 0);
        }
        int piece = n >= 4 * PIECE ? PIECE : Math.max(4, n / 8 * 4);
        Chunks.each(Math.ceilDiv(n, piece), (long) piece * k * m / 4, number -> {
            int first = number * piece;
            int quarter = Math.min(piece, n - first) / 4;
            for (int i = 0; i < m; i++) {
                for (int r = first; r < first + quarter; r++) {
                    dots[i].four(r, quarter, y, i * n);
                }
                for (int r = first + 4 * quarter; r < Math.min(n, first + piece); r++) {
                    dots[i].one(r, y, i * n);
                }
            }
        });
    }
}
