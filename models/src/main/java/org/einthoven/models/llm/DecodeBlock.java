package org.einthoven.models.llm;

import java.util.List;
import org.einthoven.autograd.Params;
import org.einthoven.tensor.Tensor;
import org.einthoven.tensor.backend.DecodeKernels;

/**
 * One {@link DecoderBlock} for one token of each of n texts, on the residual stream of its buffers, without tensors. Query, key
 * and value share one pass over their weights, and so do gate and up.
 */
final class DecodeBlock {
    /** What the blocks of a model use one after another. */
    static final class Buffers {
        private final LlmConfig config;
        private final DecodeKernels kernels;
        private final List<KvCache> caches;
        private final DecodeAttention attention;
        private final float[] x; // [n, D], the residual stream
        private final float[] normed; // [n, D]
        private final float[][] qkv; // [n, H E], [n, G E], [n, G E]
        private final float[] mixed; // [n, H E]
        private final float[][] branch; // [n, D]
        private final float[][] gateUp; // [n, F] twice
        private final float[] cos; // [E/2], of the text at hand
        private final float[] sin; // [E/2]

        Buffers(LlmConfig config, DecodeKernels kernels, List<KvCache> caches, float[] x) {
            int n = caches.size();
            int keys = n * config.keyValueHeads() * config.headDim();
            this.config = config;
            this.kernels = kernels;
            this.caches = caches;
            this.attention = new DecodeAttention(config, kernels, caches);
            this.x = x;
            this.normed = new float[x.length];
            this.qkv =
                    new float[][] {new float[n * config.heads() * config.headDim()], new float[keys], new float[keys]};
            this.mixed = new float[qkv[0].length];
            this.branch = new float[][] {new float[x.length]};
            this.gateUp = new float[2][n * config.intermediate()];
            this.cos = new float[config.headDim() / 2];
            this.sin = new float[config.headDim() / 2];
        }
    }

    /** A norm behind a branch that the architecture may lack. */
    private static final float[] NONE = {};

    private final Buffers b;
    private final int n;
    private final int layer;
    private final Architecture architecture;
    private final Rope rope;
    private final boolean interleaved;
    private final float queryScale;
    private final float[] attentionNorm;
    private final float[] attentionPostNorm;
    private final float[] queryNorm;
    private final float[] keyNorm;
    private final float[] mlpNorm;
    private final float[] mlpPostNorm;
    private final DecodeKernels.Linear toQkv;
    private final DecodeKernels.Linear fromMixed;
    private final DecodeKernels.Linear toGateUp;
    private final DecodeKernels.Linear down;

    DecodeBlock(DecoderBlock block, Rope rope, Params p, Buffers buffers) {
        this.b = buffers;
        this.n = buffers.caches.size();
        this.layer = block.layer();
        this.architecture = block.config().architecture();
        this.rope = rope;
        this.interleaved = block.config().rotary(layer).interleaved();
        this.queryScale = (float) block.queryScale();
        boolean post = architecture.postNorms();
        this.attentionNorm = norm(block, p, DecoderBlock.ATTENTION_NORM);
        this.attentionPostNorm = post ? norm(block, p, DecoderBlock.MIDDLE_NORM) : NONE;
        this.queryNorm = architecture.queryKeyNorm() ? norm(block, p, DecoderBlock.Q_NORM) : NONE;
        this.keyNorm = architecture.queryKeyNorm() ? norm(block, p, DecoderBlock.K_NORM) : NONE;
        this.mlpNorm = norm(block, p, post ? DecoderBlock.MLP_NORM : DecoderBlock.MIDDLE_NORM);
        this.mlpPostNorm = post ? norm(block, p, DecoderBlock.MLP_POST_NORM) : NONE;
        this.toQkv = linear(block, p, DecoderBlock.Q, DecoderBlock.K, DecoderBlock.V);
        this.fromMixed = linear(block, p, DecoderBlock.O);
        this.toGateUp = linear(block, p, DecoderBlock.GATE, DecoderBlock.UP);
        this.down = linear(block, p, DecoderBlock.DOWN);
    }

    private static float[] norm(DecoderBlock block, Params p, String name) {
        return block.config().architecture().norm().factors(p.get(block.path(name) + ".weight"));
    }

    private DecodeKernels.Linear linear(DecoderBlock block, Params p, String... names) {
        Tensor[] weights = new Tensor[names.length];
        for (int i = 0; i < names.length; i++) {
            weights[i] = p.get(block.path(names[i]) + ".weight");
        }
        return b.kernels.linear(n, weights);
    }

    void apply() {
        rmsNorm(b.x, attentionNorm, b.normed);
        toQkv.run(b.normed, n, b.qkv);
        rmsNorm(b.qkv[0], queryNorm, b.qkv[0]);
        rmsNorm(b.qkv[1], keyNorm, b.qkv[1]);
        remember();
        b.kernels.scale(b.qkv[0], b.qkv[0].length, queryScale);
        b.attention.attend(layer, b.qkv[0], b.mixed);
        fromMixed.run(b.mixed, n, b.branch);
        rmsNorm(b.branch[0], attentionPostNorm, b.branch[0]);
        b.kernels.add(b.x, b.branch[0], b.x.length);

        rmsNorm(b.x, mlpNorm, b.normed);
        toGateUp.run(b.normed, n, b.gateUp);
        if (architecture.feedForward() == Architecture.FeedForward.GATED_SILU) {
            b.kernels.siluGate(b.gateUp[0], b.gateUp[1], b.gateUp[0].length);
        } else {
            b.kernels.geluGate(b.gateUp[0], b.gateUp[1], b.gateUp[0].length);
        }
        down.run(b.gateUp[0], n, b.branch);
        rmsNorm(b.branch[0], mlpPostNorm, b.branch[0]);
        b.kernels.add(b.x, b.branch[0], b.x.length);
    }

    /** Turns queries and keys by their positions and puts keys and values into the caches. */
    private void remember() {
        int queries = b.qkv[0].length / n;
        int keys = b.qkv[1].length / n;
        for (int i = 0; i < n; i++) {
            KvCache cache = b.caches.get(i);
            rope.at(cache.length(), b.cos, b.sin);
            b.kernels.rope(b.qkv[0], i * queries, queries, b.cos, b.sin, interleaved);
            b.kernels.rope(b.qkv[1], i * keys, keys, b.cos, b.sin, interleaved);
            cache.append(layer, b.qkv[1], i * keys, b.qkv[2], i * keys);
        }
    }

    /** Over rows of the norm's width; x itself without a norm. */
    private void rmsNorm(float[] x, float[] factors, float[] y) {
        if (factors.length > 0) {
            b.kernels.rmsNorm(x, x.length / factors.length, b.config.normEps(), factors, y);
        }
    }
}
