package org.einthoven.tensor;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * Runs work until the JVM has compiled what it needs, so that the first request that counts is as fast as the later ones: vector
 * kernels are some 250 times slower before. For a program that stays; one that answers once is sooner done without.
 */
public final class WarmUp {
    /** Runs that it takes at least to call work steady. */
    private static final int FEWEST = 5;

    /** A run is news when it takes less than this part of the last that was. */
    private static final double NEWS = 0.95;

    private WarmUp() {}

    /**
     * What came of it.
     *
     * @param runs of the work
     * @param first time of the first
     * @param best time of the fastest
     * @param steady whether it had stopped becoming faster, or else the time was over
     */
    public record Report(int runs, Duration first, Duration best, boolean steady) {}

    /**
     * Repeats {@code work} until it has not become faster for as long as it took to come there, or {@code most} is over. At
     * least once; the last run is not cut off.
     */
    public static Report run(Runnable work, Duration most) {
        return run(work, most, System::nanoTime);
    }

    static Report run(Runnable work, Duration most, LongSupplier nanos) {
        long start = nanos.getAsLong();
        long now = start;
        long first = 0;
        long best = Long.MAX_VALUE;
        long news = Long.MAX_VALUE;
        long newsAt = start;
        int runs = 0;
        boolean steady = false;
        while (runs == 0 || !steady && now - start < most.toNanos()) {
            long before = now;
            work.run();
            now = nanos.getAsLong();
            long took = now - before;
            first = runs++ == 0 ? took : first;
            best = Math.min(best, took);
            if (took < NEWS * news) {
                news = took;
                newsAt = now;
            }
            steady = runs >= FEWEST && now - newsAt >= newsAt - start;
        }
        return new Report(runs, Duration.ofNanos(first), Duration.ofNanos(best), steady);
    }
}
