package org.einthoven.meta;

import java.util.List;
import org.einthoven.autograd.Params;
import org.einthoven.tensor.Rng;

/** A rule that turns a batch of tasks into a direction for the outer step. */
public sealed interface MetaLearner permits Maml, ImplicitMaml, Reptile, Supervised, UnfrozenEncoder {
    InnerLoop inner();

    /**
     * The mean direction of the tasks, which are differentiated one after another, so that memory holds one graph at a time,
     * and added in their order, so that the bits depend on nothing else.
     *
     * @param rng task i draws from {@code rng.split(i)}
     * @throws NonFiniteException for a task with a loss or gradient that is not finite, unless such tasks are skipped
     */
    MetaGradient gradient(Params theta, List<? extends Task> tasks, Rng rng);

    /** As above, for losses that draw nothing. */
    default MetaGradient gradient(Params theta, List<? extends Task> tasks) {
        return gradient(theta, tasks, Rng.of(0));
    }
}
