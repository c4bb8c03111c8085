package org.einthoven.meta;

import java.util.Map;
import org.einthoven.autograd.Params;
import org.einthoven.tensor.Rng;
import org.einthoven.tensor.Tensor;

/** One few-shot task: a loss to adapt on and a loss to be judged by, both functions of the same weights. */
public interface Task {
    /** What messages call it, e.g. {@code "episode 17"}. */
    String name();

    /**
     * The scalar loss on the support set.
     *
     * @param rng randomness of this evaluation, e.g. for dropout
     */
    Tensor supportLoss(Params weights, Rng rng);

    /** The scalar loss on the query set, and what else is measured there. */
    Query query(Params weights, Rng rng);

    /**
     * @param loss a scalar, tracked when the weights are
     * @param measures by name, e.g. {@code token_accuracy}, {@code exact_match}; the same names for every task of a run
     */
    record Query(Tensor loss, Map<String, Double> measures) {
        public Query(Tensor loss) {
            this(loss, Map.of());
        }
    }
}
