package org.einthoven.meta;

import org.einthoven.autograd.Params;
import org.einthoven.tensor.Tensor;

/**
 * {@code w - alpha * dL/dw} with a learned rate for every single weight (Li et al., "Meta-SGD", arXiv 1707.09835). Theta
 * holds the weights under their own paths and the rates under {@code alpha.}; both receive meta-gradients.
 */
public record MetaSgd() implements InnerRule {
    private static final String ALPHA = "alpha";

    /** Theta for these weights, every rate starting at {@code rate}. */
    public static Params start(Params weights, double rate) {
        GradientDescent.checkRate(rate);
        return weights.and(
                weights.map(w -> Tensor.full(w.dtype(), rate, w.shape().toArray()))
                        .under(ALPHA));
    }

    @Override
    public Params weights(Params theta) {
        return theta.without(ALPHA);
    }

    @Override
    public Params step(Params weights, Params gradient, Params theta) {
        return weights.zip(gradient.zip(theta.in(ALPHA), Tensor::mul), Tensor::sub);
    }
}
