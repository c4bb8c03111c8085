package org.einthoven.tensor.simd;

import java.util.function.IntConsumer;
import org.einthoven.tensor.backend.DecodeKernels;

/** {@link DotInterleaved} for several weights in one region, with its buffers made once. */
final class InterleavedProducts implements DecodeKernels.Linear {
    /** Groups of 32 rows in one piece of work. */
    private static final int PIECE = 4;

    private final InterleavedRows[] weights;
    private final int k;
    private final RoundedActivations[] x; // of each text
    private final int count;
    private final IntConsumer piece = this::piece;
    private int texts;
    private float[][] y = {};

    InterleavedProducts(int most, InterleavedRows... weights) {
        this.weights = weights;
        this.k = weights[0].columns();
        this.x = new RoundedActivations[most];
        for (int i = 0; i < most; i++) {
            x[i] = new RoundedActivations(k);
        }
        int all = 0;
        for (InterleavedRows w : weights) {
            all += pieces(w);
        }
        this.count = all;
    }

    private static int pieces(InterleavedRows w) {
        return Math.ceilDiv(w.groups(), PIECE);
    }

    @Override
    public void run(float[] from, int n, float[][] to) {
        for (int i = 0; i < n; i++) {
            x[i].round(from, i * k);
        }
        texts = n;
        y = to;
        long cost = (long) PIECE * InterleavedRows.ROWS * k / 8; // in the operations that Chunks counts
        Chunks.each(count, cost * n, piece);
    }

    private void piece(int number) {
        int j = 0;
        int own = number;
        while (own >= pieces(weights[j])) {
            own -= pieces(weights[j++]);
        }
        InterleavedRows w = weights[j];
        int end = Math.min(w.groups(), (own + 1) * PIECE);
        for (int group = own * PIECE; group < end; group++) {
            for (int i = 0; i < texts; i++) {
                DotInterleaved.group(w, group, x[i], y[j], i * w.rows());
            }
        }
    }
}
