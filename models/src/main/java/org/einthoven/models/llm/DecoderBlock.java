package org.einthoven.models.llm;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.einthoven.autograd.Params;
import org.einthoven.autograd.Recompute;
import org.einthoven.models.nn.Linear;
import org.einthoven.tensor.Shape;
import org.einthoven.tensor.Tensor;

/**
 * One pre-norm decoder block: grouped-query attention with rotary positions, then a gated feed-forward layer (Touvron et al.,
 * "LLaMA", arXiv 2302.13971; grouped queries: arXiv 2305.13245; SwiGLU: Shazeer, arXiv 2002.05202).
 *
 * <p>Axes: B batch, T tokens, S tokens seen so far (T without a cache), D width, H query heads, G key and value heads,
 * R = H/G query heads that share one, E head width, F feed-forward width.
 *
 * <p>An untracked weight is frozen and may be of any storage type; a tracked one is a parameter: {@link Linear#project}.
 */
record DecoderBlock(LlmConfig config, int layer) {
    private static final String Q = "self_attn.q_proj.weight";
    private static final String K = "self_attn.k_proj.weight";
    private static final String V = "self_attn.v_proj.weight";
    private static final String O = "self_attn.o_proj.weight";
    private static final String GATE = "mlp.gate_proj.weight";
    private static final String UP = "mlp.up_proj.weight";
    private static final String DOWN = "mlp.down_proj.weight";
    private static final String ATTENTION_NORM = "input_layernorm.weight";
    private static final String MLP_NORM = "post_attention_layernorm.weight";

    Tensor apply(Params p, Tensor x, Context context) { // [B, T, D] -> [B, T, D]
        Tensor h = x.add(attention(p, norm(p, ATTENTION_NORM, x), context)); // [B, T, D]
        return h.add(mlp(p, norm(p, MLP_NORM, h))); // [B, T, D]
    }

    /** As {@link #apply} without a cache; intermediates are not kept but computed again for the gradient. */
    Tensor recomputed(Params p, Tensor x, Context context) {
        Map<String, Shape> names = new LinkedHashMap<>();
        shapes(names);
        List<String> tracked =
                names.keySet().stream().filter(n -> p.get(n).isTracked()).toList();
        List<Tensor> inputs = new ArrayList<>();
        inputs.add(x);
        tracked.forEach(n -> inputs.add(p.get(n)));
        Map<String, Tensor> constant = new LinkedHashMap<>();
        names.keySet().forEach(n -> constant.put(n, p.get(n).detach()));
        return Recompute.of(
                in -> {
                    Map<String, Tensor> weights = new LinkedHashMap<>(constant);
                    for (int i = 0; i < tracked.size(); i++) {
                        weights.put(tracked.get(i), in.get(i + 1));
                    }
                    return apply(Params.of(weights), in.getFirst(), context);
                },
                inputs.toArray(Tensor[]::new));
    }

    private Tensor attention(Params p, Tensor x, Context context) {
        int b = x.dim(0);
        int t = x.dim(1);
        int g = config.keyValueHeads();
        int r = config.heads() / g;
        int e = config.headDim();
        Tensor q = rotated(heads(project(p, Q, x), config.heads()), context); // [B, H, T, E]
        Tensor k = rotated(heads(project(p, K, x), g), context); // [B, G, T, E]
        Tensor v = heads(project(p, V, x), g); // [B, G, T, E]
        if (context.cache().isPresent()) {
            KvCache.Seen seen = context.cache().get().append(layer, k, v);
            k = seen.keys(); // [B, G, S, E]
            v = seen.values(); // [B, G, S, E]
        }
        int s = k.dim(2);
        // The R queries that share a key are R T rows of one product, so keys are never copied.
        Tensor rows = q.mul(1 / Math.sqrt(e)).reshape(b, g, r * t, e); // [B, G, R T, E]
        Tensor scores = rows.matmul(k.t()).reshape(b, g, r, t, s); // [B, G, R, T, S]
        Tensor masked = context.mask().map(scores::add).orElse(scores); // [B, G, R, T, S]
        Tensor mixed = masked.softmax().reshape(b, g, r * t, s).matmul(v); // [B, G, R T, E]
        Tensor joined = mixed.reshape(b, g * r, t, e).transpose(1, 2).reshape(b, t, g * r * e); // [B, T, H E]
        return project(p, O, joined); // [B, T, D]
    }

    private Tensor mlp(Params p, Tensor x) { // silu(gate) * up, then down
        return project(p, DOWN, project(p, GATE, x).silu().mul(project(p, UP, x))); // [B, T, F] -> [B, T, D]
    }

    private Tensor heads(Tensor x, int heads) { // [B, T, heads E] -> [B, heads, T, E]
        return x.reshape(x.dim(0), x.dim(1), heads, config.headDim()).transpose(1, 2);
    }

    private Tensor rotated(Tensor x, Context c) { // [B, heads, T, E]
        return x.rope(c.angles().cos(), c.angles().sin(), config.rotary().interleaved());
    }

    private Tensor norm(Params p, String name, Tensor x) {
        return x.rmsNorm(config.normEps()).mul(p.get(path(name)));
    }

    private Tensor project(Params p, String name, Tensor x) {
        return Linear.project(x, p.get(path(name)));
    }

    private String path(String name) {
        return "model.layers." + layer + "." + name;
    }

    /** Adds the weights of this block and their shapes. */
    void shapes(Map<String, Shape> s) {
        int d = config.width();
        int queries = config.heads() * config.headDim();
        int keys = config.keyValueHeads() * config.headDim();
        s.put(path(ATTENTION_NORM), Shape.of(d));
        s.put(path(Q), Shape.of(queries, d));
        s.put(path(K), Shape.of(keys, d));
        s.put(path(V), Shape.of(keys, d));
        s.put(path(O), Shape.of(d, queries));
        s.put(path(MLP_NORM), Shape.of(d));
        s.put(path(GATE), Shape.of(config.intermediate(), d));
        s.put(path(UP), Shape.of(config.intermediate(), d));
        s.put(path(DOWN), Shape.of(d, config.intermediate()));
    }
}
