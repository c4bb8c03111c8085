package org.einthoven.models.fusion;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.einthoven.autograd.Params;
import org.einthoven.models.nn.Dropout;
import org.einthoven.models.nn.LayerNorm;
import org.einthoven.models.nn.Linear;
import org.einthoven.tensor.Rng;
import org.einthoven.tensor.Shape;
import org.einthoven.tensor.ShapeException;
import org.einthoven.tensor.Tensor;

/**
 * A perceiver over all time steps of an ECG, so that the prefix can look at single beats where a pooled vector holds their
 * mean: P learnt queries look at the N steps and at themselves, layer by layer (the resampler of Alayrac et al.,
 * <a href="https://arxiv.org/abs/2204.14198">arXiv 2204.14198</a>, section 3.1.1, after Jaegle et al.,
 * <a href="https://arxiv.org/abs/2103.03206">arXiv 2103.03206</a>; BLIP-2's Q-Former is its kin).
 *
 * <pre>
 * X = norm(ecg) W_in                                     Q = queries
 * Q = Q + attention(norm Q; [X; norm Q])                 in each layer
 * Q = Q + W_down gelu(W_up norm Q)
 * prefix = norm(Q) W_out
 * </pre>
 *
 * <p>B batch, N steps, P queries, M width in between, H heads, d = M / H.
 */
public record PerceiverMapper(int ecgWidth, int llmWidth, int prefixLength, int width, int heads, int layers)
        implements Mapper {
    private static final double NORM_EPS = 1e-5;
    private static final int WIDENING = 4;

    public PerceiverMapper {
        if (ecgWidth < 1
                || llmWidth < 1
                || prefixLength < 1
                || layers < 1
                || heads < 1
                || width < 1
                || width % heads != 0) {
            throw new ShapeException("perceiver mapper: ECG width " + ecgWidth + ", LLM width " + llmWidth
                    + ", prefix length " + prefixLength + ", width " + width + ", heads " + heads + ", layers " + layers
                    + ": all must be positive, and the heads must divide the width");
        }
    }

    /** Two layers of width 256 with 8 heads: 1.8 million parameters beside the maps in and out. */
    public PerceiverMapper(int ecgWidth, int llmWidth, int prefixLength) {
        this(ecgWidth, llmWidth, prefixLength, 256, 8, 2);
    }

    @Override
    public boolean readsSteps() {
        return true;
    }

    @Override
    public Tensor apply(Params p, Tensor ecg) { // [B, E] or [B, N, E] -> [B, P, D]
        return apply(p, ecg, UnaryOperator.identity());
    }

    /** Dropout acts on the queries behind the last layer. */
    @Override
    public Tensor apply(Params p, Tensor ecg, Dropout dropout, Rng rng) { // [B, E] or [B, N, E] -> [B, P, D]
        return apply(p, ecg, q -> dropout.apply(rng.split("output"), q));
    }

    private Tensor apply(Params p, Tensor ecg, UnaryOperator<Tensor> drop) {
        Tensor x = in().apply(p.in("input"), norm(ecgWidth).apply(p.in("input_norm"), Mapper.steps(ecg, ecgWidth)));
        Tensor q = p.get("queries").unsqueeze(0).expand(x.dim(0), prefixLength, width); // [B, P, M]
        for (int i = 0; i < layers; i++) {
            q = layer(p.in("layers." + i), q, x);
        }
        return out().apply(p.in("output"), norm(width).apply(p.in("output_norm"), drop.apply(q)));
    }

    private Tensor layer(Params p, Tensor q, Tensor x) { // [B, P, M], [B, N, M] -> [B, P, M]
        Tensor asks = norm(width).apply(p.in("attention_norm"), q);
        Tensor seen = Tensor.cat(1, x, asks); // [B, N + P, M]
        Tensor attended = q.add(inner().apply(p.in("out"), attention(p, asks, seen)));
        Tensor hidden = up().apply(p.in("up"), norm(width).apply(p.in("mlp_norm"), attended))
                .gelu();
        return attended.add(down().apply(p.in("down"), hidden));
    }

    private Tensor attention(Params p, Tensor asks, Tensor seen) {
        Tensor q = split(inner().apply(p.in("query"), asks)); // [B, H, P, d]
        Tensor k = split(inner().apply(p.in("key"), seen)); // [B, H, N + P, d]
        Tensor v = split(inner().apply(p.in("value"), seen)); // [B, H, N + P, d]
        Tensor weights =
                q.matmul(k.t()).mul(1 / Math.sqrt((double) width / heads)).softmax(); // [B, H, P, N + P]
        return weights.matmul(v).transpose(1, 2).reshape(asks.shape()); // [B, P, M]
    }

    private Tensor split(Tensor x) { // [B, S, M] -> [B, H, S, d]
        return x.reshape(x.dim(0), x.dim(1), heads, width / heads).transpose(1, 2);
    }

    private Linear in() {
        return new Linear(ecgWidth, width, true);
    }

    private Linear inner() {
        return new Linear(width, width, true);
    }

    private Linear up() {
        return new Linear(width, WIDENING * width, true);
    }

    private Linear down() {
        return new Linear(WIDENING * width, width, true);
    }

    private Linear out() {
        return new Linear(width, llmWidth, true);
    }

    private static LayerNorm norm(int dim) {
        return new LayerNorm(dim, NORM_EPS);
    }

    /** Queries normal; maps and norms as theirs. */
    @Override
    public Params init(Rng rng) {
        Params p = Params.of("queries", rng.split("queries").normal(prefixLength, width))
                .and(norm(ecgWidth).init(rng).under("input_norm"))
                .and(in().init(rng.split("input")).under("input"))
                .and(norm(width).init(rng).under("output_norm"))
                .and(out().init(rng.split("output")).under("output"));
        for (int i = 0; i < layers; i++) {
            p = p.and(initLayer(rng.split("layers").split(i)).under("layers." + i));
        }
        return p;
    }

    private Params initLayer(Rng rng) {
        Params p = norm(width)
                .init(rng)
                .under("attention_norm")
                .and(norm(width).init(rng).under("mlp_norm"));
        for (String part : new String[] {"query", "key", "value", "out"}) {
            p = p.and(inner().init(rng.split(part)).under(part));
        }
        return p.and(up().init(rng.split("up")).under("up"))
                .and(down().init(rng.split("down")).under("down"));
    }

    @Override
    public Map<String, Shape> shapes() {
        Map<String, Shape> shapes = new LinkedHashMap<>();
        init(Rng.of(0)).forEach((path, t) -> shapes.put(path, t.shape()));
        return shapes;
    }
}
