package org.einthoven.autograd.optim;

import org.einthoven.autograd.Params;

/** A rule that turns parameters and a gradient into new parameters. Rules own no state: it comes in and goes out. */
public interface Optimiser {
    /** New parameters and the state after the step. */
    record Stepped(Params theta, OptimiserState state) {}

    /**
     * One step.
     *
     * @param gradient constants, with the paths and shapes of {@code theta}
     * @param state {@link OptimiserState#start()} at first, then what the step before gave
     */
    Stepped step(Params theta, Params gradient, OptimiserState state);
}
