package org.einthoven.meta;

import java.util.List;
import org.einthoven.autograd.Grad;
import org.einthoven.autograd.GradMode;
import org.einthoven.autograd.Graded;
import org.einthoven.autograd.Params;
import org.einthoven.tensor.Rng;
import org.einthoven.tensor.Tensor;

/**
 * Ordinary supervised learning, with no thought of adaptation: the gradient, at theta itself, of the loss on all items of the
 * tasks, support and query alike. What MAML has to beat when both are fine-tuned on a support set in the end.
 *
 * @param inner how it is fine-tuned then; training does not run it
 */
public record Supervised(InnerLoop inner, NonFinite policy) implements MetaLearner {
    @Override
    public MetaGradient gradient(Params theta, List<? extends Task> tasks, Rng rng) {
        return Batch.mean(theta, tasks, policy, (task, i) -> direction(theta, task, rng.split(i)));
    }

    private Batch.Direction direction(Params theta, Task task, Rng rng) {
        Task.Query[] queries = new Task.Query[1];
        Graded g = Grad.valueAndGrad(
                p -> {
                    Params w = inner.rule().weights(p);
                    queries[0] = Maml.query(task, w, 0, rng);
                    Tensor support = task.supportLoss(w, inner.draw(rng, 0));
                    return support.add(queries[0].loss()).mul(0.5);
                },
                theta,
                GradMode.CONSTANT);
        TaskTrace.Point point = TaskTrace.Point.of(0, queries[0]);
        return new Batch.Direction(new TaskTrace(task.name(), g.value().item(), List.of(), List.of(point)), g.grads());
    }
}
