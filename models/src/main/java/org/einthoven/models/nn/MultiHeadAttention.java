package org.einthoven.models.nn;

import org.einthoven.autograd.Params;
import org.einthoven.tensor.Nullable;
import org.einthoven.tensor.Rng;
import org.einthoven.tensor.Tensor;
import org.einthoven.tensor.op.Op;
import org.einthoven.tensor.op.Sight;

/**
 * Scaled dot-product self-attention (Vaswani et al., arXiv 1706.03762) with {@code q_proj}, {@code k_proj}, {@code v_proj}
 * and {@code out_proj}, each a {@link Linear} with bias. B batch, T time, D width, H heads, d = D / H.
 */
public record MultiHeadAttention(int dim, int heads) implements Layer {
    @Override
    public Params init(Rng rng) {
        Params p = Params.EMPTY;
        for (String part : new String[] {"q_proj", "k_proj", "v_proj", "out_proj"}) {
            p = p.and(projection().init(rng.split(part)).under(part));
        }
        return p;
    }

    @Override
    public Tensor apply(Params p, Tensor x) { // [B, T, D] -> [B, T, D]
        return apply(p, x, null);
    }

    /** As {@link #apply(Params, Tensor)}; keys where {@code padding} (BOOL [B, T]; null for none) is true are not seen. */
    public Tensor apply(Params p, Tensor x, @Nullable Tensor padding) {
        Tensor q = split(projection().apply(p.in("q_proj"), x)); // [B, H, T, d]
        Tensor k = split(projection().apply(p.in("k_proj"), x)); // [B, H, T, d]
        Tensor v = split(projection().apply(p.in("v_proj"), x)); // [B, H, T, d]
        Op.Attention scaled = new Op.Attention(Sight.ALL, 1 / Math.sqrt(dim / heads));
        Tensor mixed = padding == null
                ? q.attention(scaled, k, v) // [B, H, T, d]
                : q.attention(scaled, k, v, padding.unsqueeze(1).unsqueeze(1)); // [B, 1, 1, T] is hidden
        Tensor joined = mixed.transpose(1, 2).reshape(x.shape()); // [B, T, D]
        return projection().apply(p.in("out_proj"), joined);
    }

    private Linear projection() {
        return new Linear(dim, dim, true);
    }

    private Tensor split(Tensor x) { // [B, T, D] -> [B, H, T, d]
        return x.reshape(x.dim(0), x.dim(1), heads, dim / heads).transpose(1, 2);
    }
}
