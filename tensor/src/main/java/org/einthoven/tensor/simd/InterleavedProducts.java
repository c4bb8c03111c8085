package org.einthoven.tensor.simd;

import java.util.function.IntConsumer;
import org.einthoven.tensor.backend.DecodeKernels;

/** {@link DotInterleaved} for several weights in one region, with its buffers made once. */
final class InterleavedProducts implements DecodeKernels.Linear {
    /** Bytes in one piece of work: some microseconds, so that threads end together. */
    private static final int PIECE = 80_000;

    private final InterleavedRows[] weights;
    private final int k;
    private final int piece; // groups of 32 rows in one piece of work, pairs of them
    private final RoundedActivations[] x; // of each text
    private final int count;
    private final IntConsumer work = this::piece;
    private int texts;
    private float[][] y = {};

    InterleavedProducts(int most, InterleavedRows... weights) {
        this.weights = weights;
        this.k = weights[0].columns();
        this.piece = 2 * Math.max(1, PIECE / (2 * weights[0].groupBytes()));
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

    private int pieces(InterleavedRows w) {
        return Math.ceilDiv(w.groups(), piece);
    }

    @Override
    public void run(float[] from, int n, float[][] to) {
        for (int i = 0; i < n; i++) {
            x[i].round(from, i * k);
        }
        texts = n;
        y = to;
        long cost = (long) piece * InterleavedRows.ROWS * k / 8; // in the operations that Chunks counts
        Chunks.each(count, cost * n, work);
    }

    private void piece(int number) {
        int j = 0;
        int own = number;
        while (own >= pieces(weights[j])) {
            own -= pieces(weights[j++]);
        }
        InterleavedRows w = weights[j];
        int end = Math.min(w.groups(), (own + 1) * piece);
        for (int group = own * piece; group < end; group += 2) {
            for (int i = 0; i < texts; i++) {
                DotInterleaved.pair(w, group, Math.min(group + 1, end - 1), x[i], y[j], i * w.rows());
            }
        }
    }
}
