package org.einthoven.tensor;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntConsumer;

/**
 * The threads that kernels share. A kernel cuts its work into chunks by the problem alone, never by the number of threads,
 * so results are the same bits for any number of them.
 *
 * <p>One region runs on the helpers at a time; a caller that finds them taken, or that is itself inside a region, runs its
 * chunks in line. A helper that runs out of work looks for more for some microseconds before it parks, since the next
 * kernel usually follows at once, and for longer inside of {@link #closely}.
 */
public final class Workers {
    /** Looks for work before parking: some 20 microseconds. Longer spinning starves others on a busy machine. */
    private static final int SPINS = 400;

    /** The same inside of {@link #closely}: about a millisecond, after which somebody else has the owner's core. */
    private static final int SPINS_CLOSELY = 50 * SPINS;

    private static volatile int threads =
            Integer.getInteger("einthoven.threads", Runtime.getRuntime().availableProcessors());

    private static final List<Helper> HELPERS = new ArrayList<>();
    private static final AtomicReference<Region> CURRENT = new AtomicReference<>();
    private static final ThreadLocal<Boolean> INSIDE = ThreadLocal.withInitial(() -> false);

    /** A thread has one region, which it opens again for each call: decoding a token has a hundred of them. */
    private static final ThreadLocal<Region> MINE = ThreadLocal.withInitial(Region::new);

    /** Threads that are inside of {@link #closely}. */
    private static final AtomicInteger CLOSELY = new AtomicInteger();

    private Workers() {}

    public static int threads() {
        return threads;
    }

    /** From now on at most {@code n} threads compute, the caller included. */
    public static void threads(int n) {
        if (n < 1) {
            throw new TensorException("threads: " + n + " is fewer than 1");
        }
        threads = n;
    }

    /** Runs {@code body} for 0 .. chunks-1, on several threads when there are, and returns when all are done. */
    public static void forEach(int chunks, IntConsumer body) {
        int helpers = Math.min(threads, chunks) - 1;
        if (helpers <= 0 || INSIDE.get()) {
            inLine(chunks, body);
            return;
        }
        Region region = MINE.get();
        if (CURRENT.get() != null || !region.open(chunks, helpers, body)) {
            inLine(chunks, body);
            return;
        }
        INSIDE.set(true);
        try {
            wake(helpers);
            region.drain();
            region.await();
        } finally {
            INSIDE.set(false);
        }
        region.rethrow();
    }

    /**
     * Runs work whose regions follow each other within microseconds, such as the products of a token: threads that wait for one
     * another meanwhile keep looking, since waking one that has parked takes as long as such a region.
     */
    public static void closely(Runnable work) {
        CLOSELY.incrementAndGet();
        try {
            work.run();
        } finally {
            CLOSELY.decrementAndGet();
        }
    }

    /** Whether a thread that has looked so often in vain looks again. */
    private static boolean looksAgain(int looks) {
        return looks < SPINS || looks < SPINS_CLOSELY && CLOSELY.get() > 0;
    }

    private static void inLine(int chunks, IntConsumer body) {
        for (int i = 0; i < chunks; i++) {
            body.accept(i);
        }
    }

    /** Only the owner of {@link #CURRENT} comes here. */
    private static void wake(int n) {
        while (HELPERS.size() < n) {
            Helper h = new Helper(HELPERS.size() + 1);
            HELPERS.add(h);
            h.start();
        }
        for (int i = 0; i < n; i++) {
            Helper h = HELPERS.get(i);
            if (h.parked) {
                LockSupport.unpark(h);
            }
        }
    }

    /**
     * The calls of {@link #forEach} of one thread, one after another: who comes takes the next chunk. A helper that is late
     * may find the region open for another call; it then works on that, since it is counted before it looks.
     */
    private static final class Region {
        private static final IntConsumer NOTHING = chunk -> {};

        private volatile int chunks;
        private IntConsumer body = NOTHING;
        private final Thread owner = Thread.currentThread();
        private final AtomicInteger next = new AtomicInteger();

        /** Helpers that may still join. */
        private final AtomicInteger seats = new AtomicInteger();

        /** The owner and the helpers that have joined and not left. */
        private final AtomicInteger present = new AtomicInteger();

        private final AtomicReference<Throwable> failure = new AtomicReference<>();

        /** By the owner, when nobody is inside. False when another region is open. */
        boolean open(int n, int helpers, IntConsumer work) {
            chunks = n;
            body = work;
            next.set(0);
            seats.set(helpers);
            present.incrementAndGet();
            if (CURRENT.compareAndSet(null, this)) {
                return true;
            }
            present.decrementAndGet();
            body = NOTHING;
            return false;
        }

        boolean hasWork() {
            return next.get() < chunks && seats.get() > 0;
        }

        void join() {
            // Counted before the region is seen to be open, so that the owner cannot leave in between.
            present.incrementAndGet();
            if (CURRENT.get() == this && seats.getAndDecrement() > 0) {
                drain();
            }
            if (present.decrementAndGet() == 0) {
                LockSupport.unpark(owner);
            }
        }

        void drain() {
            try {
                for (int i = next.getAndIncrement(); i < chunks; i = next.getAndIncrement()) {
                    body.accept(i);
                }
            } catch (Throwable t) {
                failure.compareAndSet(null, t);
                next.set(chunks);
            }
        }

        /** Closes the region and waits for the helpers inside. */
        void await() {
            CURRENT.set(null);
            boolean interrupted = false;
            if (present.decrementAndGet() > 0) {
                for (int i = 0; present.get() > 0; i++) {
                    if (looksAgain(i)) {
                        Thread.onSpinWait();
                    } else {
                        LockSupport.park(this);
                        interrupted |= Thread.interrupted();
                    }
                }
            }
            body = NOTHING;
            if (interrupted) {
                owner.interrupt();
            }
        }

        void rethrow() {
            switch (failure.getAndSet(null)) {
                case null -> {}
                case RuntimeException e -> throw e;
                case Error e -> throw e;
                case Throwable t -> throw new IllegalStateException(t);
            }
        }
    }

    /** A daemon that joins regions. */
    private static final class Helper extends Thread {
        private volatile boolean parked;

        Helper(int number) {
            super("einthoven-worker-" + number);
            setDaemon(true);
        }

        @Override
        public void run() {
            INSIDE.set(true);
            int idle = 0;
            while (true) {
                Region r = CURRENT.get();
                if (r != null && r.hasWork()) {
                    r.join();
                    idle = 0;
                } else if (looksAgain(++idle)) {
                    Thread.onSpinWait();
                } else {
                    parked = true;
                    // Looked at again after saying so: the owner reads "parked" after it has set the region.
                    Region late = CURRENT.get();
                    if (late == null || !late.hasWork()) {
                        LockSupport.park(this);
                    }
                    parked = false;
                    idle = 0;
                }
            }
        }
    }
}
