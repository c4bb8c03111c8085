package org.einthoven.autograd;

import org.einthoven.tensor.Rng;
import org.einthoven.tensor.Tensor;

/** Operands drawn by name: equal names and shapes give equal numbers. */
final class Operands {
    private static final Rng RNG = Rng.of(222);

    private Operands() {}

    static Tensor normal(String name, int... shape) {
        return RNG.split(name).normal64(shape);
    }
}
