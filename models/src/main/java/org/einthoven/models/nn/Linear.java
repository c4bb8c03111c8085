package org.einthoven.models.nn;

import java.util.Arrays;
import java.util.Map;
import org.einthoven.autograd.Params;
import org.einthoven.tensor.Rng;
import org.einthoven.tensor.Tensor;

/** x W^T + b: {@code weight} [out, in], {@code bias} [out]. */
public record Linear(int in, int out, boolean bias) implements Layer {
    /** Uniform in +-1/sqrt(in), as PyTorch's default. */
    @Override
    public Params init(Rng rng) {
        double bound = 1 / Math.sqrt(in);
        Params p = Params.of("weight", uniform(rng.split("weight"), bound, out, in));
        return bias ? p.with("bias", uniform(rng.split("bias"), bound, out)) : p;
    }

    @Override
    public Tensor apply(Params p, Tensor x) { // [..., in] -> [..., out]
        Tensor y = project(x, p.get("weight"));
        return bias ? y.add(p.get("bias")) : y;
    }

    /**
     * x W^T. A tracked weight is a parameter and gets a gradient; an untracked one is frozen, may be of any storage type,
     * and costs no gradient.
     */
    public static Tensor project(Tensor x, Tensor weight) {
        return weight.isTracked() ? x.linear(weight) : x.frozenLinear(weight);
    }

    static Tensor uniform(Rng rng, double bound, int... shape) {
        return rng.uniform(shape).mul(2 * bound).sub(bound);
    }

    /** Uniform in +-sqrt(6 / (in + out)) (Glorot and Bengio, AISTATS 2010), [out, in]. */
    public static Tensor xavierUniform(Rng rng, int out, int in) {
        return uniform(rng, Math.sqrt(6.0 / (in + out)), out, in);
    }

    /** {@code weight} and {@code bias} of ones and zeros, [dim]: how norms start. */
    static Params unit(int dim) {
        return Params.of(Map.of("weight", ones(dim), "bias", Tensor.of(new float[dim], dim)));
    }

    static Tensor ones(int dim) {
        float[] x = new float[dim];
        Arrays.fill(x, 1);
        return Tensor.of(x, dim);
    }
}
