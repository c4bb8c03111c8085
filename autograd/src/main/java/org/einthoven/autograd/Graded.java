package org.einthoven.autograd;

import org.einthoven.tensor.Tensor;

/** A loss (a scalar) and its gradient, path by path. */
public record Graded(Tensor value, Params grads) {}
