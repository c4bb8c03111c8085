package org.einthoven.tensor.simd;

import java.util.Arrays;
import java.util.function.IntConsumer;
import org.einthoven.tensor.backend.DecodeKernels;

/** {@link DotInterleaved} for several weights in one region, with its buffers made once. */
final class InterleavedProducts implements DecodeKernels.Linear {
    /** Bytes in a piece of work at most. Its halves are the two streams of {@link DotInterleaved}: the longer, the faster. */
    private static final int MOST_BYTES = 300_000;

    /** Pieces that there are at least, where there are groups for them, so that threads end together. */
    private static final int LEAST_PIECES = 16;

    private final InterleavedRows[] weights;
    private final int k;
    private final int piece; // groups of 32 rows in one, an even number
    private final RoundedActivations[] x; // of each text
    private final int count;
    private final IntConsumer work = this::piece;
    private int texts;
    private float[][] y = {};

    /** @param mostTexts that take a step together */
    InterleavedProducts(int mostTexts, InterleavedRows... weights) {
        this.weights = weights;
        this.k = weights[0].columns();
        int groups = Arrays.stream(weights).mapToInt(InterleavedRows::groups).sum();
        int most = MOST_BYTES / (2 * weights[0].groupBytes());
        this.piece = 2 * Math.max(1, Math.min(most, groups / (2 * LEAST_PIECES)));
        this.x = new RoundedActivations[mostTexts];
        for (int i = 0; i < mostTexts; i++) {
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
        int first = own * piece;
        int end = Math.min(w.groups(), first + piece);
        int half = Math.ceilDiv(end - first, 2);
        for (int group = first; group < first + half; group++) {
            for (int i = 0; i < texts; i++) {
                DotInterleaved.pair(w, group, Math.min(group + half, end - 1), x[i], y[j], i * w.rows());
            }
        }
    }
}
