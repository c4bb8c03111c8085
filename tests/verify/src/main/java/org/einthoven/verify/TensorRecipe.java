package org.einthoven.verify;

import org.einthoven.tensor.Shape;
import org.einthoven.tensor.Tensor;

/**
 * How to make a tensor, in one line: what a property is given in place of the tensor, so that a counter-example shrinks to
 * something small, prints as {@code NORMAL 7 [2, 3] BACKWARDS}, and can be made again:
 * {@code new TensorRecipe(Fill.NORMAL, 7, Shape.of(2, 3), Strides.BACKWARDS).tensor()}.
 */
public record TensorRecipe(Fill fill, long seed, Shape shape, Strides strides) {
    /** The tensor, F64; the same each time. */
    public Tensor tensor() {
        return strides.of(fill.of(seed, shape));
    }

    @Override
    public String toString() {
        return fill + " " + seed + " " + shape + " " + strides;
    }
}
