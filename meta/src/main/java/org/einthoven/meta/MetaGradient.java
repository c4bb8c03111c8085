package org.einthoven.meta;

import java.util.List;
import org.einthoven.autograd.Params;
import org.einthoven.autograd.optim.ClipNorm;

/**
 * The gradient of the mean objective over a batch of tasks.
 *
 * @param loss the mean objective; NaN when every task was skipped
 * @param gradient with the paths of theta; zeros when every task was skipped
 * @param tasks one trace for each task that counts, in batch order
 * @param skipped why tasks were left out, each text beginning with the task's name
 */
public record MetaGradient(double loss, Params gradient, List<TaskTrace> tasks, List<String> skipped) {
    public MetaGradient {
        tasks = List.copyOf(tasks);
        skipped = List.copyOf(skipped);
    }

    /** Whether no task was left to learn from. */
    public boolean isEmpty() {
        return tasks.isEmpty();
    }

    /** The norm of the whole gradient as one vector. */
    public double norm() {
        return ClipNorm.of(1).norm(gradient);
    }

    /** The gradient, scaled down to this norm if it is longer. */
    public Params clipped(double max) {
        return ClipNorm.of(max).apply(gradient).gradient();
    }
}
