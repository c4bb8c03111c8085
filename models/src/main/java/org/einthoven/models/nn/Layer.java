package org.einthoven.models.nn;

import org.einthoven.autograd.Params;
import org.einthoven.tensor.Rng;
import org.einthoven.tensor.Tensor;

/**
 * A function of named parameters. Layers are records of configuration and own no tensors, so the same layer runs with
 * slow weights, fast weights, frozen weights and quantised ones.
 */
public interface Layer {
    /** Fresh parameters, with the names that {@link #apply} asks for. */
    Params init(Rng rng);

    Tensor apply(Params p, Tensor x);
}
