package org.einthoven.meta;

/** A task whose loss or gradient is infinite or no number. */
public final class NonFiniteException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String task;

    public NonFiniteException(String task, String what) {
        super(task + ": " + what + "; lower the inner learning rate or the number of inner steps, or skip such tasks");
        this.task = task;
    }

    /** The task's name. */
    public String task() {
        return task;
    }
}
