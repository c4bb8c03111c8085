package org.einthoven.meta;

import org.einthoven.autograd.Params;

/** One step of the inner loop. {@code theta} is what the outer loop learns; the weights are what the losses depend on. */
public sealed interface InnerRule permits GradientDescent, Anil, MetaSgd, Proximal, VectorsFixed {
    /** The part of theta that the losses are functions of: all of it, where nothing else is learned. */
    default Params weights(Params theta) {
        return theta;
    }

    /** Whether the inner loop moves the weight at this path. */
    default boolean adapts(String path) {
        return true;
    }

    /**
     * The adapted weights after one step, in differentiable operations; linear in the gradient.
     *
     * @param weights those that the rule adapts
     * @param gradient of the support loss, with the same paths
     */
    Params step(Params weights, Params gradient, Params theta);
}
