package org.einthoven.meta;

import org.einthoven.autograd.Params;

/**
 * {@code w - rate * dL/dw} for every weight: the inner step of MAML (Finn et al., arXiv 1703.03400).
 *
 * @param rate 0 or more; at 0 the weights stay what they are
 */
public record GradientDescent(double rate) implements InnerRule {
    public GradientDescent {
        checkRate(rate);
    }

    @Override
    public Params step(Params weights, Params gradient, Params theta) {
        return weights.zip(gradient, (w, g) -> w.sub(g.mul(rate)));
    }

    static void checkRate(double rate) {
        if (!(rate >= 0) || Double.isInfinite(rate)) {
            throw new IllegalArgumentException("the inner learning rate must be a finite number >= 0, got " + rate);
        }
    }
}
