package org.einthoven.meta;

import org.einthoven.autograd.Params;
import org.einthoven.autograd.optim.OptimiserState;

/**
 * Everything that the rest of a run depends on, besides its configuration: randomness is a function of seed and step, and so
 * are the episodes.
 *
 * @param step outer steps done
 * @param bestMetric of the validations so far; NaN before the first
 * @param bestStep where it was reached; 0 before the first
 */
public record TrainingState(long step, Params theta, OptimiserState optimiser, double bestMetric, long bestStep) {
    /** Before the first step. */
    public static TrainingState start(Params theta) {
        return new TrainingState(0, theta.detach(), OptimiserState.start(), Double.NaN, 0);
    }
}
