package org.einthoven.meta;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * A wish to stop. While one is open, the signal that would end the process (Ctrl-C, SIGTERM) only becomes a wish; the process
 * ends when it is closed, so the step at hand can be finished and saved.
 */
public final class Interruption implements BooleanSupplier, AutoCloseable {
    /** Nobody waits longer than this for a step to end. */
    private static final long PATIENCE_MINUTES = 30;

    private final CountDownLatch done = new CountDownLatch(1);
    private final Thread hook = new Thread(this::waitForTheStep, "finish the step and save");
    private volatile boolean wished;

    private Interruption() {}

    /** Listens for the end of the process. */
    public static Interruption bySignal() {
        Interruption i = new Interruption();
        Runtime.getRuntime().addShutdownHook(i.hook);
        return i;
    }

    private void waitForTheStep() {
        wished = true;
        try {
            done.await(PATIENCE_MINUTES, TimeUnit.MINUTES);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Whether to stop. */
    @Override
    public boolean getAsBoolean() {
        return wished;
    }

    /** Lets the process end if it was asked to, and stops listening if it was not. */
    @Override
    public void close() {
        done.countDown();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            wished = true; // The process is ending already: then there is nothing left to remove.
        }
    }
}
