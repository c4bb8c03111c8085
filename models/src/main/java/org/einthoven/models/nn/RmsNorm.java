package org.einthoven.models.nn;

import org.einthoven.autograd.Params;
import org.einthoven.tensor.Rng;
import org.einthoven.tensor.Tensor;

/** Root-mean-square normalisation over the last axis with {@code weight} [dim] (Zhang and Sennrich, arXiv 1910.07467). */
public record RmsNorm(int dim, double eps) implements Layer {
    @Override
    public Params init(Rng rng) {
        return Params.of("weight", Linear.ones(dim));
    }

    @Override
    public Tensor apply(Params p, Tensor x) { // [..., dim] -> [..., dim]
        return x.rmsNorm(eps, p.get("weight"));
    }
}
