package org.einthoven.models.nn;

import org.einthoven.autograd.Params;
import org.einthoven.tensor.Rng;
import org.einthoven.tensor.Tensor;

/** Normalisation of [B, C, T] over time and the channels of a group, {@code weight}, {@code bias} [C] (arXiv 1803.08494). */
public record GroupNorm(int groups, int channels, double eps) implements Layer {
    @Override
    public Params init(Rng rng) {
        return Linear.unit(channels);
    }

    @Override
    public Tensor apply(Params p, Tensor x) { // [B, C, T] -> [B, C, T]
        Tensor y = x.reshape(x.dim(0), groups, -1).layerNorm(eps).reshape(x.shape());
        return y.mul(p.get("weight").reshape(channels, 1)).add(p.get("bias").reshape(channels, 1));
    }
}
