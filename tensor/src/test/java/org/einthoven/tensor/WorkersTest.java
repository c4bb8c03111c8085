package org.einthoven.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class WorkersTest {
    private final int before = Workers.threads();

    @AfterEach
    void restore() {
        Workers.threads(before);
    }

    @Test
    void eachChunkRunsOnce() {
        for (int threads : new int[] {1, 2, 5}) {
            Workers.threads(threads);
            for (int round = 0; round < 200; round++) {
                AtomicIntegerArray runs = new AtomicIntegerArray(1 + round % 17);
                Workers.forEach(runs.length(), runs::incrementAndGet);
                for (int i = 0; i < runs.length(); i++) {
                    assertEquals(1, runs.get(i));
                }
            }
        }
    }

    /** What helpers wrote is seen by the caller, without any synchronisation of its own. */
    @Test
    void resultsAreVisible() {
        Workers.threads(3);
        for (int round = 0; round < 500; round++) {
            int[] out = new int[40];
            int value = round;
            Workers.forEach(out.length, i -> out[i] = value);
            int[] want = new int[40];
            Arrays.fill(want, value);
            assertArrayEquals(want, out);
        }
    }

    @Test
    void nestedRegionsRunInLine() {
        Workers.threads(3);
        AtomicInteger n = new AtomicInteger();
        Workers.forEach(8, i -> Workers.forEach(8, j -> n.incrementAndGet()));
        assertEquals(64, n.get());
    }

    @Test
    void callersOnSeveralThreads() throws InterruptedException {
        Workers.threads(3);
        AtomicInteger n = new AtomicInteger();
        Thread[] callers = new Thread[4];
        for (int t = 0; t < callers.length; t++) {
            callers[t] = new Thread(() -> {
                for (int round = 0; round < 100; round++) {
                    Workers.forEach(10, i -> n.incrementAndGet());
                }
            });
            callers[t].start();
        }
        for (Thread t : callers) {
            t.join();
        }
        assertEquals(4000, n.get());
    }

    @Test
    void failuresReachTheCaller() {
        Workers.threads(2);
        for (int round = 0; round < 50; round++) {
            IllegalStateException e = assertThrows(
                    IllegalStateException.class,
                    () -> Workers.forEach(20, i -> {
                        if (i == 13) {
                            throw new IllegalStateException("thirteen");
                        }
                    }));
            assertEquals("thirteen", e.getMessage());
        }
        AtomicInteger n = new AtomicInteger();
        Workers.forEach(20, i -> n.incrementAndGet());
        assertEquals(20, n.get());
    }

    /** Many regions, some behind one another at once and some behind a pause that is longer than threads look for work. */
    @Test
    void regionsThatFollowClosely() {
        Workers.threads(3);
        AtomicInteger n = new AtomicInteger();
        for (int round = 0; round < 20; round++) {
            int pause = round % 4 == 0 ? 3 : 0; // milliseconds
            Workers.closely(() -> {
                for (int region = 0; region < 10; region++) {
                    Workers.forEach(8, i -> n.incrementAndGet());
                }
                LockSupport.parkNanos(pause * 1_000_000L);
                Workers.closely(() -> Workers.forEach(8, i -> n.incrementAndGet()));
            });
        }
        assertEquals(20 * 11 * 8, n.get());
        assertThrows(
                IllegalStateException.class,
                () -> Workers.closely(() -> {
                    throw new IllegalStateException();
                }));
    }

    @Test
    void atLeastOneThread() {
        assertEquals(
                "threads: 0 is fewer than 1",
                assertThrows(TensorException.class, () -> Workers.threads(0)).getMessage());
    }
}
