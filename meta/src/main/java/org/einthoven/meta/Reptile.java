package org.einthoven.meta;

import java.util.List;
import org.einthoven.autograd.Params;
import org.einthoven.tensor.Rng;
import org.einthoven.tensor.Tensor;

/**
 * Reptile (Nichol et al., arXiv 1803.02999): theta moves towards the adapted weights. The direction given is theta minus the
 * mean adapted weights, so plain gradient descent of rate epsilon makes {@code theta + epsilon * (mean adapted - theta)}.
 */
public record Reptile(InnerLoop inner, NonFinite policy) implements MetaLearner {
    /** Reptile needs no derivative of the inner loop, so its order is {@code FIRST}. */
    public Reptile {
        if (inner.rule() instanceof MetaSgd) {
            throw new IllegalArgumentException("Reptile gives learned rates no gradient; use Maml with MetaSgd");
        }
        inner = new InnerLoop(inner.steps(), inner.rule(), MetaOrder.FIRST);
    }

    public static Reptile of(int steps, double rate) {
        return new Reptile(new InnerLoop(steps, rate, MetaOrder.FIRST), NonFinite.FAIL);
    }

    @Override
    public MetaGradient gradient(Params theta, List<? extends Task> tasks, Rng rng) {
        return Batch.mean(theta.detach(), tasks, policy, (task, i) -> direction(theta.detach(), task, rng.split(i)));
    }

    private Batch.Direction direction(Params theta, Task task, Rng rng) {
        InnerLoop.Trajectory way = inner.adapt(task, theta, rng);
        return new Batch.Direction(TaskTrace.along(task, way, rng), theta.zip(way.adapted(), Tensor::sub));
    }
}
