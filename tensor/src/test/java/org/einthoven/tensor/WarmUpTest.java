package org.einthoven.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** By a clock that moves with the work alone. */
class WarmUpTest {
    /** Work that takes the given milliseconds, the last of them for ever. */
    private static final class Work implements Runnable {
        private final int[] milliseconds;
        private int runs;
        private long now;

        Work(int... milliseconds) {
            this.milliseconds = milliseconds;
        }

        @Override
        public void run() {
            now += 1_000_000L * milliseconds[Math.min(runs++, milliseconds.length - 1)];
        }

        WarmUp.Report warmedUp(int most) {
            return WarmUp.run(this, Duration.ofMillis(most), () -> now);
        }
    }

    private static WarmUp.Report report(int runs, int first, int best, boolean steady) {
        return new WarmUp.Report(runs, Duration.ofMillis(first), Duration.ofMillis(best), steady);
    }

    /** 190 ms until it takes 10; then as long again without news. */
    @Test
    void endsWhenNothingHasBecomeFasterForAsLongAsItTook() {
        assertEquals(report(4 + 19, 100, 10, true), new Work(100, 50, 30, 10).warmedUp(10_000));
    }

    @Test
    void neverBeforeFiveRuns() {
        assertEquals(report(5, 10, 10, true), new Work(10).warmedUp(10_000));
    }

    @Test
    void endsWhenTheTimeIsOver() {
        assertEquals(report(3, 100, 50, false), new Work(100, 60, 50, 40).warmedUp(200));
        assertEquals(report(1, 100, 100, false), new Work(100).warmedUp(0));
    }

    @Test
    void noiseIsNoNews() {
        assertEquals(report(5, 100, 96, true), new Work(100, 99, 98, 97, 96).warmedUp(10_000));
    }
}
