package org.einthoven.models.nn;

import org.einthoven.autograd.Params;
import org.einthoven.tensor.Rng;
import org.einthoven.tensor.Tensor;

/** 1-d convolution of [B, in, T]: {@code weight} [out, in/groups, kernel], {@code bias} [out]. */
public record Conv1d(int in, int out, int kernel, int stride, int padding, int groups, boolean bias) implements Layer {
    /** Kaiming-normal for ReLU-like activations (He et al., arXiv 1502.01852); zero bias. */
    @Override
    public Params init(Rng rng) {
        double std = Math.sqrt(2.0 / (in / groups * kernel));
        Params p = Params.of(
                "weight", rng.split("weight").normal(out, in / groups, kernel).mul(std));
        return bias ? p.with("bias", Tensor.of(new float[out], out)) : p;
    }

    @Override
    public Tensor apply(Params p, Tensor x) { // [B, in, T] -> [B, out, T']
        Tensor y = x.conv1d(p.get("weight"), stride, padding, 1, groups);
        return bias ? y.add(p.get("bias").reshape(out, 1)) : y;
    }
}
