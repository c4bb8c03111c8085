package org.einthoven.meta;

import org.einthoven.autograd.Params;

/**
 * {@code w - rate * (dL/dw + strength * (w - theta))}: gradient descent on the support loss with a pull back to where it
 * began, {@code strength / 2 * |w - theta|^2}. The inner problem of implicit MAML (Rajeswaran et al., arXiv 1909.04630,
 * equation 3).
 *
 * @param strength above 0: how strong the pull is (lambda)
 */
public record Proximal(double rate, double strength) implements InnerRule {
    public Proximal {
        GradientDescent.checkRate(rate);
        if (!(strength > 0) || Double.isInfinite(strength)) {
            throw new IllegalArgumentException(
                    "the pull back to theta must be a finite number above 0, got " + strength);
        }
    }

    @Override
    public Params step(Params weights, Params gradient, Params theta) {
        Params pull = weights.zip(theta, (w, t) -> w.sub(t).mul(strength));
        return weights.zip(gradient.zip(pull, (g, p) -> g.add(p).mul(rate)), (w, d) -> w.sub(d));
    }
}
