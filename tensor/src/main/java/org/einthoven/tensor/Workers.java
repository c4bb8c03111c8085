package org.einthoven.tensor;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntConsumer;

/**
 * The threads that kernels share. A kernel cuts its work into chunks by the problem alone, never by the number of threads,
 * so results are the same bits for any number of them.
 */
public final class Workers {
    private static volatile int threads =
            Integer.getInteger("einthoven.threads", Runtime.getRuntime().availableProcessors());
    private static volatile ExecutorService pool;

    private Workers() {}

    public static int threads() {
        return threads;
    }

    /** From now on at most {@code n} threads compute, the caller included. */
    public static synchronized void threads(int n) {
        if (n < 1) {
            throw new TensorException("threads: " + n + " is fewer than 1");
        }
        threads = n;
    }

    /** Runs {@code body} for 0 .. chunks-1, on several threads when there are, and returns when all are done. */
    public static void forEach(int chunks, IntConsumer body) {
        int helpers = Math.min(threads, chunks) - 1;
        if (helpers <= 0 || Thread.currentThread() instanceof Worker) {
            for (int i = 0; i < chunks; i++) {
                body.accept(i);
            }
            return;
        }
        AtomicInteger next = new AtomicInteger();
        AtomicReference<Throwable> failure = new AtomicReference<>();
        CountDownLatch done = new CountDownLatch(helpers);
        Runnable drain = () -> {
            try {
                for (int i = next.getAndIncrement(); i < chunks && failure.get() == null; i = next.getAndIncrement()) {
                    body.accept(i);
                }
            } catch (Throwable t) {
                failure.compareAndSet(null, t);
            }
        };
        for (int i = 0; i < helpers; i++) {
            pool().execute(() -> {
                drain.run();
                done.countDown();
            });
        }
        drain.run();
        boolean interrupted = false;
        while (true) {
            try {
                done.await();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        switch (failure.get()) {
            case null -> {}
            case RuntimeException e -> throw e;
            case Error e -> throw e;
            case Throwable t -> throw new IllegalStateException(t);
        }
    }

    private static ExecutorService pool() {
        ExecutorService p = pool;
        if (p == null) {
            synchronized (Workers.class) {
                p = pool;
                if (p == null) {
                    p = Executors.newCachedThreadPool(Worker::new);
                    pool = p;
                }
            }
        }
        return p;
    }

    /** Marks the pool's threads, on which nested regions run in line. */
    private static final class Worker extends Thread {
        private static final AtomicInteger COUNT = new AtomicInteger();

        Worker(Runnable r) {
            super(r, "einthoven-worker-" + COUNT.incrementAndGet());
            setDaemon(true);
        }
    }
}
