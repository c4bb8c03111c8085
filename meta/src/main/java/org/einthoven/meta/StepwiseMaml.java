package org.einthoven.meta;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.function.Function;
import org.einthoven.autograd.Grad;
import org.einthoven.autograd.GradMode;
import org.einthoven.autograd.Graded;
import org.einthoven.autograd.HessianProduct;
import org.einthoven.autograd.Params;
import org.einthoven.tensor.Rng;
import org.einthoven.tensor.Tensor;

/**
 * The meta-gradient of one task with the graph of one inner step at a time. The inner loop is walked once with constants;
 * then backwards, each step is made again from the weights that it found, and the cotangent of what it left becomes that of
 * what it found:
 *
 * <pre>
 * c_K = weight_K dL_query/dw (w_K)
 * c_k = weight_k dL_query/dw (w_k) + c_(k+1)^T dw_(k+1)/dw_k             gradient = c_0^T dw_0/dtheta + what steps owe theta
 * </pre>
 *
 * <p>In mixed modes no step is made again: a Hessian-vector product of its support loss takes the place of its graph.
 */
record StepwiseMaml(Maml maml, Task task, Rng rng) {
    private static final String WEIGHTS = "w";
    private static final String GRADIENT = "g";
    private static final String THETA = "theta";

    Batch.Direction differentiate(Params theta) {
        InnerLoop inner = maml.inner();
        double[] weight = maml.weights();
        InnerLoop.Trajectory way = inner.adapt(task, theta.detach(), rng);
        Deque<TaskTrace.Point> queries = new ArrayDeque<>();
        double objective = 0;
        Params cotangent = way.adapted().map(StepwiseMaml::zeros); // of the weights after k steps
        Params owed =
                theta.map(StepwiseMaml::zeros); // to theta by the steps themselves, which learned rates take part in
        for (int k = inner.steps(); k >= 0; k--) {
            Params w = way.weights().get(k);
            if (k < inner.steps()) {
                Params both = throughStep(k, w, theta, cotangent);
                cotangent = both.in(WEIGHTS);
                owed = owed.zip(both.in(THETA), Tensor::add);
            }
            if (weight[k] != 0) {
                Graded query = query(k, w, weight[k], queries);
                objective += query.value().item();
                cotangent = cotangent.zip(query.grads(), Tensor::add);
            } else if (maml.looksAt(k)) {
                queries.addFirst(TaskTrace.Point.of(k, Maml.query(task, w, k, rng)));
            }
        }
        Params start = cotangent;
        Params direct = gradient(p -> dot(inner.rule().weights(p), start), theta);
        TaskTrace trace = new TaskTrace(task.name(), objective, way.supportLosses(), List.copyOf(queries));
        return new Batch.Direction(trace, owed.zip(direct, Tensor::add));
    }

    /** The cotangents of the weights w that step k finds and of theta, given that of the weights it leaves. */
    private Params throughStep(int k, Params w, Params theta, Params cotangent) {
        boolean mixed = maml.memory() == Memory.MIXED_MODES && maml.inner().order() == MetaOrder.SECOND;
        return mixed ? mixedModes(k, w, theta, cotangent) : reverseModes(k, w, theta, cotangent);
    }

    private Params reverseModes(int k, Params w, Params theta, Params cotangent) {
        return gradient(
                p -> dot(
                        maml.inner()
                                .step(task, p.in(WEIGHTS), p.in(THETA), k, rng)
                                .weights(),
                        cotangent),
                w.under(WEIGHTS).and(theta.under(THETA)));
    }

    /**
     * The step is w' = rule(w, g, theta) with g = dL_support/dw. What reaches g goes back through it by a product with the
     * Hessian, which is its own transpose; weights that do not adapt take part in the Hessian's rows alone.
     */
    private Params mixedModes(int k, Params w, Params theta, Params cotangent) {
        InnerLoop inner = maml.inner();
        Params moving = inner.part(w, true);
        Params after = inner.part(cotangent, true);
        Params direction = ruleCotangents(moving, moving.map(StepwiseMaml::zeros), theta, after)
                .in(GRADIENT);
        Params everywhere = inner.part(w, false).map(StepwiseMaml::zeros).and(direction);
        HessianProduct support =
                HessianProduct.of(p -> task.supportLoss(p, inner.draw(rng, k)), w.detach(), everywhere);
        Params back = ruleCotangents(moving, inner.part(support.gradient(), true), theta, after);
        Params direct = inner.part(cotangent, false).and(back.in(WEIGHTS));
        return direct.zip(support.product(), Tensor::add)
                .under(WEIGHTS)
                .and(back.in(THETA).under(THETA));
    }

    private Params ruleCotangents(Params weights, Params gradient, Params theta, Params cotangent) {
        return gradient(
                p -> dot(maml.inner().rule().step(p.in(WEIGHTS), p.in(GRADIENT), p.in(THETA)), cotangent),
                weights.under(WEIGHTS).and(gradient.under(GRADIENT)).and(theta.under(THETA)));
    }

    private Graded query(int k, Params w, double weight, Deque<TaskTrace.Point> queries) {
        return Grad.valueAndGrad(
                p -> {
                    Task.Query q = Maml.query(task, p, k, rng);
                    queries.addFirst(TaskTrace.Point.of(k, q));
                    return Maml.weighted(q.loss(), weight);
                },
                w,
                GradMode.CONSTANT);
    }

    private static Params gradient(Function<Params, Tensor> f, Params at) {
        return Grad.valueAndGrad(f, at, GradMode.CONSTANT).grads();
    }

    /** The scalar whose gradient sends {@code cotangent} back through x. */
    private static Tensor dot(Params x, Params cotangent) {
        return x.zip(cotangent, (a, c) -> a.mul(c).sum()).tensors().stream()
                .reduce(Tensor::add)
                .orElseThrow();
    }

    private static Tensor zeros(Tensor like) {
        return Tensor.zeros(like.dtype(), like.shape().toArray());
    }
}
