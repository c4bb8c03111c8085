package org.einthoven.models.nn;

import org.einthoven.autograd.Params;
import org.einthoven.tensor.Rng;
import org.einthoven.tensor.Tensor;

/** Layer normalisation over the last axis with {@code weight} and {@code bias} [dim] (Ba et al., arXiv 1607.06450). */
public record LayerNorm(int dim, double eps) implements Layer {
    @Override
    public Params init(Rng rng) {
        return Linear.unit(dim);
    }

    @Override
    public Tensor apply(Params p, Tensor x) { // [..., dim] -> [..., dim]
        return x.layerNorm(eps, p.get("weight"), p.get("bias"));
    }
}
