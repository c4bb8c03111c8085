package org.einthoven.meta;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/** Which query losses along the inner loop the outer loop lowers: a weight for the loss after each step. */
public sealed interface MetaObjective {
    /** Only the loss after the last step. */
    MetaObjective LAST = new Last();

    /**
     * @param steps of the inner loop
     * @return {@code steps + 1} weights; entry 0 belongs to the weights before any step
     * @throws IllegalArgumentException when the objective is undefined for so many steps
     */
    double[] weights(int steps);

    record Last() implements MetaObjective {
        @Override
        public double[] weights(int steps) {
            double[] w = new double[steps + 1];
            w[steps] = 1;
            return w;
        }
    }

    /** The mean of the losses after steps {@code first}, {@code first + 1}, .. up to the last. The reference has 2. */
    record MeanFrom(int first) implements MetaObjective {
        @Override
        public double[] weights(int steps) {
            if (first < 0 || first > steps) {
                throw new IllegalArgumentException("the mean query loss from step " + first + " on is undefined for "
                        + steps + " inner steps; take at least " + first + " steps or another objective");
            }
            double[] w = new double[steps + 1];
            Arrays.fill(w, first, steps + 1, 1.0 / (steps + 1 - first));
            return w;
        }
    }

    /** Any weights; entry 0 belongs to the weights before any step. */
    record Weighted(List<Double> perStep) implements MetaObjective {
        public Weighted {
            perStep = List.copyOf(perStep);
        }

        @Override
        public double[] weights(int steps) {
            if (perStep.size() != steps + 1) {
                throw new IllegalArgumentException(perStep.size() + " loss weights for " + steps + " inner steps; give "
                        + (steps + 1) + ", the first for the weights before any step");
            }
            return perStep.stream().mapToDouble(Double::doubleValue).toArray();
        }
    }

    /**
     * Multi-step loss with annealing (Antoniou et al., "How to train your MAML", arXiv 1810.09502): equal weights after each
     * step at first, then linearly towards the last step alone.
     *
     * @param outerStep counted from 0
     * @param over outer steps after which only the last loss counts
     */
    static MetaObjective annealed(int steps, long outerStep, long over) {
        double early = steps == 0 ? 0 : Math.max(0, 1 - (double) outerStep / over) / steps;
        List<Double> w = new ArrayList<>(Collections.nCopies(steps + 1, early));
        if (steps > 0) {
            w.set(0, 0.0);
        }
        w.set(steps, 1 - early * Math.max(0, steps - 1));
        return new Weighted(w);
    }
}
