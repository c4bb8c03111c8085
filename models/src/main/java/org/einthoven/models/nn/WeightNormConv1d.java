package org.einthoven.models.nn;

import java.util.Map;
import org.einthoven.autograd.Params;
import org.einthoven.tensor.Rng;
import org.einthoven.tensor.Tensor;

/**
 * A {@link Conv1d} with bias whose weight is a direction and, for each kernel position k, a length (Salimans and Kingma,
 * arXiv 1602.07868, over the last axis, as wav2vec 2.0 has it): w[:, :, k] = g[k] v[:, :, k] / |v[:, :, k]|, with
 * {@code weight_g} [1, 1, K] and {@code weight_v} [out, in/groups, K].
 */
public record WeightNormConv1d(Conv1d conv) implements Layer {
    @Override
    public Params init(Rng rng) {
        Params p = conv.init(rng);
        Tensor v = p.get("weight");
        return Params.of(Map.of("weight_g", lengths(v), "weight_v", v, "bias", p.get("bias")));
    }

    @Override
    public Tensor apply(Params p, Tensor x) { // [B, in, T] -> [B, out, T']
        return conv.apply(p.has("weight") ? p : fold(p), x);
    }

    /** The plain convolution's parameters, {@code weight} and {@code bias}: computed once where they do not change. */
    public static Params fold(Params p) {
        Tensor v = p.get("weight_v");
        Tensor weight = v.mul(p.get("weight_g").div(lengths(v)));
        return Params.of(Map.of("weight", weight, "bias", p.get("bias")));
    }

    private static Tensor lengths(Tensor v) { // [out, in/groups, K] -> [1, 1, K]
        return v.square().sum(true, 0, 1).sqrt();
    }
}
