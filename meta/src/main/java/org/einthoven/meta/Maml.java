package org.einthoven.meta;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.einthoven.autograd.Grad;
import org.einthoven.autograd.GradMode;
import org.einthoven.autograd.Graded;
import org.einthoven.autograd.Params;
import org.einthoven.tensor.Rng;
import org.einthoven.tensor.Tensor;

/**
 * Model-agnostic meta-learning (Finn et al., arXiv 1703.03400): the gradient, with respect to the weights before adaptation,
 * of the query loss after it.
 *
 * <pre>
 * w_0 = theta;   w_k = w_(k-1) - rate * dL_support/dw (w_(k-1));   gradient = d/dtheta sum_k weight_k * L_query(w_k)
 * </pre>
 *
 * With order {@code FIRST} this is FOMAML; with {@link Anil} or {@link MetaSgd} as the inner rule it is those.
 */
public record Maml(InnerLoop inner, MetaObjective objective, NonFinite policy, Watch watch, Memory memory)
        implements MetaLearner {
    /** Which query losses are computed. Those of weight 0 change no gradient; they cost a forward pass each. */
    public enum Watch {
        EVERY_STEP,
        WEIGHTED_STEPS
    }

    public Maml {
        objective.weights(inner.steps());
    }

    /** Keeps the graph of every inner step. */
    public Maml(InnerLoop inner, MetaObjective objective, NonFinite policy, Watch watch) {
        this(inner, objective, policy, watch, Memory.KEEP_STEPS);
    }

    /** Watches every step, and fails on a task that is not finite. */
    public Maml(InnerLoop inner, MetaObjective objective) {
        this(inner, objective, NonFinite.FAIL, Watch.EVERY_STEP);
    }

    /** The same gradient with another use of memory. */
    public Maml with(Memory other) {
        return new Maml(inner, objective, policy, watch, other);
    }

    @Override
    public MetaGradient gradient(Params theta, List<? extends Task> tasks, Rng rng) {
        return Batch.mean(theta, tasks, policy, (task, i) -> switch (memory) {
            case KEEP_STEPS -> differentiate(theta, task, rng.split(i));
            case RECOMPUTE_STEPS, MIXED_MODES -> new StepwiseMaml(this, task, rng.split(i)).differentiate(theta);
        });
    }

    private Batch.Direction differentiate(Params theta, Task task, Rng rng) {
        List<Double> support = new ArrayList<>();
        List<TaskTrace.Point> queries = new ArrayList<>();
        Graded g = Grad.valueAndGrad(
                start -> {
                    InnerLoop.Trajectory way = inner.adapt(task, start, rng);
                    support.addAll(way.supportLosses());
                    return weigh(task, way, queries, rng);
                },
                theta,
                GradMode.CONSTANT);
        TaskTrace trace = new TaskTrace(task.name(), g.value().item(), List.copyOf(support), List.copyOf(queries));
        return new Batch.Direction(trace, g.grads());
    }

    /** The weighted query loss along the way; losses of weight 0 are only looked at. */
    private Tensor weigh(Task task, InnerLoop.Trajectory way, List<TaskTrace.Point> queries, Rng rng) {
        double[] weight = weights();
        List<Tensor> parts = new ArrayList<>();
        for (int k = 0; k < weight.length; k++) {
            if (looksAt(k)) {
                Params w = way.weights().get(k);
                Task.Query q = query(task, weight[k] == 0 ? w.detach() : w, k, rng);
                queries.add(TaskTrace.Point.of(k, q));
                if (weight[k] != 0) {
                    parts.add(weighted(q.loss(), weight[k]));
                }
            }
        }
        return parts.stream().reduce(Tensor::add).orElseThrow(); // at least one weight is not 0
    }

    /** Of the query losses along the way. */
    double[] weights() {
        double[] weight = objective.weights(inner.steps());
        if (Arrays.stream(weight).allMatch(w -> w == 0)) {
            throw new IllegalArgumentException(
                    "every loss weight of " + objective + " is 0: there is nothing to learn");
        }
        return weight;
    }

    /** Whether the query loss after k steps is computed. */
    boolean looksAt(int k) {
        return watch == Watch.EVERY_STEP || weights()[k] != 0;
    }

    static Task.Query query(Task task, Params weights, int k, Rng rng) {
        return task.query(weights, rng.split("query").split(k));
    }

    static Tensor weighted(Tensor loss, double weight) {
        return weight == 1 ? loss : loss.mul(weight);
    }
}
