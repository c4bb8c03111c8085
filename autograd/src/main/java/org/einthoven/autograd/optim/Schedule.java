package org.einthoven.autograd.optim;

/** A learning rate by step, as a factor of the base rate. */
@FunctionalInterface
public interface Schedule {
    /** Factor at step 0, 1, ... */
    double at(long step);

    static Schedule constant() {
        return step -> 1;
    }

    /** (step + 1) / warmup in the first {@code warmup} steps, then half a cosine from 1 down to {@code end} at step {@code total}. */
    static Schedule cosine(long warmup, long total, double end) {
        return step -> {
            if (step < warmup) {
                return (step + 1.0) / warmup;
            }
            double done = Math.min(1, (step - warmup) / Math.max(1.0, total - warmup));
            return end + (1 - end) * 0.5 * (1 + Math.cos(Math.PI * done));
        };
    }
}
