package org.einthoven.models.llm;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import org.einthoven.autograd.Params;
import org.einthoven.autograd.Recompute;
import org.einthoven.models.nn.Linear;
import org.einthoven.tensor.Shape;
import org.einthoven.tensor.Tensor;
import org.einthoven.tensor.Workspace;
import org.einthoven.tensor.op.Op;
import org.einthoven.tensor.op.Sight;

/**
 * One pre-norm decoder block: grouped-query attention with rotary positions, then a feed-forward layer (Touvron et al.,
 * "LLaMA", arXiv 2302.13971; grouped queries: arXiv 2305.13245), with what an {@link Architecture} changes of it.
 *
 * <p>Axes: B batch, T tokens, S tokens that are seen (T without a cache), D width, H query heads, G key and value heads,
 * R = H/G query heads that share one, E head width, F feed-forward width.
 *
 * <p>An untracked weight is frozen and may be of any storage type; a tracked one is a parameter: {@link Linear#project}.
 */
record DecoderBlock(LlmConfig config, int layer) {
    static final String Q = "self_attn.q_proj";
    static final String K = "self_attn.k_proj";
    static final String V = "self_attn.v_proj";
    static final String O = "self_attn.o_proj";
    static final String Q_NORM = "self_attn.q_norm";
    static final String K_NORM = "self_attn.k_norm";
    static final String GATE = "mlp.gate_proj";
    static final String UP = "mlp.up_proj";
    static final String DOWN = "mlp.down_proj";
    static final String ATTENTION_NORM = "input_layernorm";
    /** Before the feed-forward layer, or, where there are norms behind too, behind the attention. */
    static final String MIDDLE_NORM = "post_attention_layernorm";

    static final String MLP_NORM = "pre_feedforward_layernorm";
    static final String MLP_POST_NORM = "post_feedforward_layernorm";

    Tensor apply(Params p, Tensor x, Context context) { // [B, T, D] -> [B, T, D]
        Tensor read = norm(p, ATTENTION_NORM, x); // [B, T, D]
        return fed(p, x, read, Workspace.stage(() -> attention(p, read, context)));
    }

    /**
     * As {@link #apply} without a cache, at some places only. Not for weights that learn, whose gradients are sums over all
     * rows in another order, nor for parallel branches, which gather theirs in another order.
     */
    Tensor applyAt(Params p, Tensor x, Context context, Asked asked) { // [B, T, D] -> [B M, D]
        Tensor read = norm(p, ATTENTION_NORM, x); // [B, T, D]
        Tensor rows = asked.rows(read); // [B M, D]
        Tensor seen = Workspace.stage(() -> attentionAt(p, read, rows, context, asked)); // [B M, D]
        return fed(p, asked.rows(x), rows, seen);
    }

    /** The residual stream behind the feed-forward layer, and behind the attention, which has {@code read} and {@code seen}. */
    private Tensor fed(Params p, Tensor x, Tensor read, Tensor seen) { // [..., D] each
        Architecture a = config.architecture();
        if (a.parallel()) {
            return x.add(seen).add(mlp(p, read));
        }
        if (a.postNorms()) {
            Tensor h = x.add(norm(p, MIDDLE_NORM, seen));
            return h.add(norm(p, MLP_POST_NORM, mlp(p, norm(p, MLP_NORM, h))));
        }
        Tensor h = x.add(seen);
        return h.add(mlp(p, norm(p, MIDDLE_NORM, h)));
    }

    /** As {@link #apply} without a cache; intermediates are not kept but computed again for the gradient. */
    Tensor recomputed(Params p, Tensor x, Context context) {
        List<String> names =
                p.paths().stream().filter(n -> n.startsWith(path(""))).toList(); // adapters among them
        List<String> tracked = names.stream().filter(n -> p.get(n).isTracked()).toList();
        List<Tensor> inputs = new ArrayList<>();
        inputs.add(x);
        tracked.forEach(n -> inputs.add(p.get(n)));
        Map<String, Tensor> constant = new LinkedHashMap<>();
        names.forEach(n -> constant.put(n, p.get(n).detach()));
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

    private Tensor attention(Params p, Tensor x, Context context) { // [B, T, D] -> [B, T, D]
        Context.Place place = context.of(config.slides(layer));
        Tensor q = turned(queries(p, heads(project(p, Q, x), config.heads())), place.angles()); // [B, H, T, E]
        Tensor k = keys(p, x, place.angles()); // [B, G, T, E]
        Tensor v = heads(project(p, V, x), config.keyValueHeads()); // [B, G, T, E]
        if (context.cache().isPresent()) {
            KvCache.Seen seen = context.cache().get().append(layer, k, v);
            k = seen.keys(); // [B, G, S, E]
            v = seen.values(); // [B, G, S, E]
        }
        Tensor mixed = q.attention(looking(place.sight()), k, v); // [B, H, T, E]
        return project(p, O, joined(mixed, x.dim(0), x.dim(1))); // [B, T, D]
    }

    /** What the rows of x [B, T, D] at some places, [B M, D], see: [B M, D]. */
    private Tensor attentionAt(Params p, Tensor x, Tensor rows, Context context, Asked asked) {
        Context.Place place = context.of(config.slides(layer));
        int b = x.dim(0);
        Tensor q = queries(p, heads(project(p, Q, rows).unsqueeze(0), config.heads())); // [1, H, B M, E]
        q = heads(joined(turned(q, asked.angles(place.angles())), b, asked.each()), config.heads()); // [B, H, M, E]
        Tensor k = keys(p, x, place.angles()); // [B, G, T, E]
        Tensor v = heads(project(p, V, x), config.keyValueHeads()); // [B, G, T, E]
        Tensor mixed = q.attention(looking(Sight.ALL), k, v, asked.hidden(place.sight())); // [B, H, M, E]
        return project(p, O, joined(mixed, b, asked.each()).reshape(rows.dim(0), -1)); // [B M, D]
    }

    private Tensor queries(Params p, Tensor q) {
        return config.architecture().queryKeyNorm() ? norm(p, Q_NORM, q) : q;
    }

    private Tensor keys(Params p, Tensor x, Rope.Angles angles) { // [B, T, D] -> [B, G, T, E]
        Tensor k = heads(project(p, K, x), config.keyValueHeads());
        return turned(config.architecture().queryKeyNorm() ? norm(p, K_NORM, k) : k, angles);
    }

    private Op.Attention looking(Sight sight) {
        return new Op.Attention(
                sight, queryScale(), config.architecture().attentionCap().orElse(Double.POSITIVE_INFINITY));
    }

    /** What scores are multiplied by. */
    double queryScale() {
        return config.architecture().queryScale().orElse(1 / Math.sqrt(config.headDim()));
    }

    private Tensor mlp(Params p, Tensor x) { // [B, T, D] -> [B, T, F] -> [B, T, D]
        Architecture.FeedForward f = config.architecture().feedForward();
        Tensor up = project(p, UP, x);
        return project(
                p,
                DOWN,
                f.gated()
                        ? Workspace.stage(() -> f.activate(project(p, GATE, x))).mul(up)
                        : f.activate(up));
    }

    /** c tanh(x / c), which stays between -c and c; x itself without a cap. */
    static Tensor capped(Tensor x, OptionalDouble cap) {
        if (cap.isEmpty()) {
            return x;
        }
        double c = cap.getAsDouble();
        return x.mul(1 / c).tanh().mul(c);
    }

    private Tensor heads(Tensor x, int heads) { // [B, T, heads E] -> [B, heads, T, E]
        return x.reshape(x.dim(0), x.dim(1), heads, config.headDim()).transpose(1, 2);
    }

    private Tensor joined(Tensor x, int b, int t) { // [..., H, T, E], B T rows a head in all -> [B, T, H E]
        return x.transpose(1, 2).reshape(b, t, config.heads() * config.headDim());
    }

    private Tensor turned(Tensor x, Rope.Angles angles) { // [B, heads, T, E]
        LlmConfig.Rotary rotary = config.rotary(layer);
        int n = rotary.turned(config.headDim());
        if (n == config.headDim()) {
            return x.rope(angles.cos(), angles.sin(), rotary.interleaved());
        }
        Tensor first = x.slice(3, 0, n).rope(angles.cos(), angles.sin(), rotary.interleaved());
        return Tensor.cat(3, first, x.slice(3, n, config.headDim()));
    }

    private Tensor norm(Params p, String name, Tensor x) {
        return config.architecture().norm().apply(p, path(name), x, config.normEps());
    }

    private Tensor project(Params p, String name, Tensor x) {
        Tensor y = Lora.added(p, path(name), x, Linear.project(x, p.get(path(name) + ".weight")));
        return config.architecture().biases() ? y.add(p.get(path(name) + ".bias")) : y;
    }

    String path(String name) {
        return "model.layers." + layer + "." + name;
    }

    /** Adds the weights of this block and their shapes. */
    void shapes(Map<String, Shape> s) {
        Architecture a = config.architecture();
        int d = config.width();
        int e = config.headDim();
        int queries = config.heads() * e;
        int keys = config.keyValueHeads() * e;
        config.norm(s, path(ATTENTION_NORM), d);
        projection(s, Q, queries, d);
        projection(s, K, keys, d);
        projection(s, V, keys, d);
        projection(s, O, d, queries);
        if (a.queryKeyNorm()) {
            config.norm(s, path(Q_NORM), e);
            config.norm(s, path(K_NORM), e);
        }
        if (!a.parallel()) {
            config.norm(s, path(MIDDLE_NORM), d);
        }
        if (a.postNorms()) {
            config.norm(s, path(MLP_NORM), d);
            config.norm(s, path(MLP_POST_NORM), d);
        }
        if (a.feedForward().gated()) {
            projection(s, GATE, config.intermediate(), d);
        }
        projection(s, UP, config.intermediate(), d);
        projection(s, DOWN, d, config.intermediate());
    }

    private void projection(Map<String, Shape> s, String name, int out, int in) {
        s.put(path(name) + ".weight", Shape.of(out, in));
        if (config.architecture().biases()) {
            s.put(path(name) + ".bias", Shape.of(out));
        }
    }
}
