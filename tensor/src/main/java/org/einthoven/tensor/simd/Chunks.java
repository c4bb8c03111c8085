package org.einthoven.tensor.simd;

import java.util.function.IntConsumer;
import org.einthoven.tensor.Workers;

/**
 * Cuts work into pieces by the size of the problem alone, so that results do not depend on the number of threads, and large
 * enough to be worth handing to one.
 */
final class Chunks {
    /** Simple element operations that are worth a thread: some 10 microseconds. */
    static final int WORTH = 32_768;

    private Chunks() {}

    /** Elements {@code from .. to - 1}. */
    interface Range {
        void run(int from, int to);
    }

    /** {@code n} elements of {@code cost} simple operations each, in ranges. */
    static void ranges(int n, long cost, Range body) {
        int size = (int) Math.min(n, Math.max(1, WORTH / Math.max(1, cost)));
        if (n <= 2L * size) {
            if (n > 0) {
                body.run(0, n);
            }
            return;
        }
        Workers.forEach(Math.ceilDiv(n, size), i -> body.run(i * size, Math.min(n, (i + 1) * size)));
    }

    /** {@code n} pieces; on this thread alone when all of them together cost little. */
    static void each(int n, long cost, IntConsumer body) {
        if (n < 2 || n * cost < 2L * WORTH) {
            for (int i = 0; i < n; i++) {
                body.accept(i);
            }
        } else {
            Workers.forEach(n, body);
        }
    }
}
