package org.einthoven.verify;

import org.einthoven.tensor.Shape;

/** Two operands whose shapes broadcast: axes of 1 stretch, and leading axes may be missing, on either side. */
public record BroadcastPair(TensorRecipe left, TensorRecipe right) {
    /** The shape of what an element-by-element operation makes of the two. */
    public Shape shape() {
        return Shape.broadcast("broadcast", left.shape(), right.shape());
    }

    @Override
    public String toString() {
        return left + " with " + right;
    }
}
