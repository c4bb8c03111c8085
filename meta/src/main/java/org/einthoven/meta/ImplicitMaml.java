package org.einthoven.meta;

import java.util.List;
import org.einthoven.autograd.Grad;
import org.einthoven.autograd.GradMode;
import org.einthoven.autograd.Graded;
import org.einthoven.autograd.HessianProduct;
import org.einthoven.autograd.Params;
import org.einthoven.tensor.Rng;

/**
 * MAML with implicit gradients (Rajeswaran et al., arXiv 1909.04630): where the inner loop has reached the minimum w* of the
 * support loss with a pull towards theta, the meta-gradient depends on w* alone and not on the way there:
 *
 * <pre>
 * w* = argmin L_support(w) + strength / 2 |w - theta|^2     gradient = (I + H / strength)^-1 dL_query/dw (w*),   H = d2L_support/dw2 (w*)
 * </pre>
 *
 * <p>The solve is by conjugate gradients on Hessian-vector products, so memory does not grow with the number of inner steps.
 * Off the minimum the gradient is an approximation that tends to the exact one as the inner loop comes closer to it.
 */
public record ImplicitMaml(InnerLoop inner, ConjugateGradient solver, NonFinite policy) implements MetaLearner {
    /** @throws IllegalArgumentException when the inner loop has no pull back to theta, and so no such minimum */
    public ImplicitMaml {
        if (!(inner.rule() instanceof Proximal)) {
            throw new IllegalArgumentException(
                    "implicit MAML needs an inner loop with a Proximal rule, got " + inner.rule());
        }
        inner = new InnerLoop(inner.steps(), inner.rule(), MetaOrder.FIRST);
    }

    /** The inner loop of so many steps of this rate and pull. */
    public static ImplicitMaml of(int steps, double rate, double strength, ConjugateGradient solver) {
        return new ImplicitMaml(
                new InnerLoop(steps, new Proximal(rate, strength), MetaOrder.FIRST), solver, NonFinite.FAIL);
    }

    @Override
    public MetaGradient gradient(Params theta, List<? extends Task> tasks, Rng rng) {
        return Batch.mean(theta, tasks, policy, (task, i) -> direction(theta.detach(), task, rng.split(i)));
    }

    private Batch.Direction direction(Params theta, Task task, Rng rng) {
        InnerLoop.Trajectory way = inner.adapt(task, theta, rng);
        Params w = way.adapted();
        Graded query =
                Grad.valueAndGrad(p -> Maml.query(task, p, inner.steps(), rng).loss(), w, GradMode.CONSTANT);
        Rng draw = inner.draw(rng, inner.steps());
        double strength = ((Proximal) inner.rule()).strength();
        Params gradient =
                solver.solve(v -> v.zip(hessian(task, w, v, draw), (x, h) -> x.add(h.div(strength))), query.grads());
        return new Batch.Direction(TaskTrace.along(task, way, rng), gradient);
    }

    private static Params hessian(Task task, Params w, Params v, Rng draw) {
        return HessianProduct.of(p -> task.supportLoss(p, draw), w, v).product();
    }
}
