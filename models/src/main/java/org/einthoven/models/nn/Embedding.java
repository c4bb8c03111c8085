package org.einthoven.models.nn;

import org.einthoven.autograd.Params;
import org.einthoven.tensor.Rng;
import org.einthoven.tensor.Tensor;

/** Rows of {@code weight} [V, D] by I32 ids: [...] to [..., D]. */
public record Embedding(int vocabulary, int dim) implements Layer {
    @Override
    public Params init(Rng rng) {
        return Params.of("weight", rng.split("weight").normal(vocabulary, dim).mul(0.02));
    }

    @Override
    public Tensor apply(Params p, Tensor ids) { // [...] -> [..., D]
        return p.get("weight").embedding(ids);
    }
}
