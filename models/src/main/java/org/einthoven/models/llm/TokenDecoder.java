package org.einthoven.models.llm;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.einthoven.autograd.Params;
import org.einthoven.tensor.DType;
import org.einthoven.tensor.Tensor;
import org.einthoven.tensor.TensorException;
import org.einthoven.tensor.backend.Backends;
import org.einthoven.tensor.backend.DecodeKernels;

/**
 * One token after another through a whole model, in arrays that were made once: what {@link Llama#hidden(Params, Tensor,
 * KvCache)} and {@link Llama#head} compute for a single token, with the same bits, and without garbage. The tensors remain the
 * definition; this is their shortest execution. For one generation and one thread, once room has been made for its tokens:
 *
 * <pre>{@code
 * model.hidden(weights, model.embed(weights, prompt), cache);
 * TokenDecoder decoder = TokenDecoder.behind(cache, model, weights).orElseThrow();
 * for (int step = 0; step < n; step++) {
 *     id = sampler.next(decoder.logits(id), step);
 * }
 * }</pre>
 *
 * <p>D width, H query heads, G key and value heads, E head width, F feed-forward width, V vocabulary; S tokens so far.
 */
public final class TokenDecoder {
    private final LlmConfig config;
    private final DecodeKernels kernels;
    private final DecodeKernels.Table embedding;
    private final List<Block> blocks = new ArrayList<>();
    private final float[] lastNorm;
    private final DecodeKernels.Linear head;
    private final Rope rope;
    private final float[] cos; // [E/2], of the token at hand
    private final float[] sin; // [E/2]

    private final float[] x; // [D], the residual stream
    private final float[] normed; // [D]
    private final float[] q; // [H E]
    private final float[] k; // [G E]
    private final float[] v; // [G E]
    private final float[] mixed; // [H E]
    private final float[] branch; // [D]
    private final float[] gate; // [F]
    private final float[] up; // [F]
    private final float[] logits; // [V]
    private int length;

    private TokenDecoder(Llama model, Params p, DecodeKernels kernels, KvCache cache) {
        this.config = model.config();
        this.kernels = kernels;
        this.embedding = kernels.table(p.get(Llama.EMBEDDING));
        for (int layer = 0; layer < config.layers(); layer++) {
            blocks.add(new Block(new DecoderBlock(config, layer), p, cache));
        }
        this.lastNorm = p.get(Llama.NORM + ".weight").toFloats();
        this.head = kernels.linear(p.get(config.tiedHead() ? Llama.EMBEDDING : Llama.HEAD + ".weight"));
        this.rope = model.rope();
        this.cos = new float[config.headDim() / 2];
        this.sin = new float[config.headDim() / 2];
        this.length = cache.length();
        this.x = new float[config.width()];
        this.normed = new float[config.width()];
        this.q = new float[config.heads() * config.headDim()];
        this.k = new float[config.keyValueHeads() * config.headDim()];
        this.v = new float[k.length];
        this.mixed = new float[q.length];
        this.branch = new float[config.width()];
        this.gate = new float[config.intermediate()];
        this.up = new float[config.intermediate()];
        this.logits = new float[config.vocabulary()];
    }

    /**
     * Goes on behind the tokens of a cache, of which it takes a copy. Empty for other architectures than LLaMA's, where the
     * backend has no such kernels, and where the arithmetic is not F32: then tensors decode.
     */
    public static Optional<TokenDecoder> behind(KvCache cache, Llama model, Params weights) {
        boolean fits = model.config().shapes().entrySet().stream().allMatch(e -> {
            DType type = weights.get(e.getKey()).dtype();
            return type == DType.F32 || type.isStorageOnly() && e.getValue().rank() == 2;
        });
        boolean plain = model.config().architecture().equals(Architecture.LLAMA)
                && model.config().rotary().share() == 1;
        return fits && plain && cache.length() > 0
                ? Backends.current().decodeKernels().map(kernels -> new TokenDecoder(model, weights, kernels, cache))
                : Optional.empty();
    }

    /** Tokens held, S. */
    public int length() {
        return length;
    }

    /**
     * Logits [V] behind one more token. The array is the decoder's own and is written again by the next call.
     *
     * @throws TensorException when the context is full
     */
    public float[] logits(int id) {
        embedding.row(id, x);
        rope.at(length, cos, sin);
        for (Block block : blocks) {
            block.apply();
        }
        length++;
        kernels.rmsNorm(x, config.normEps(), lastNorm, normed);
        head.run(normed, logits);
        return logits;
    }

    /** One {@link DecoderBlock}, on the residual stream in x. */
    private final class Block {
        private final float[] attentionNorm;
        private final float[] mlpNorm;
        private final DecodeKernels.Linear toQ;
        private final DecodeKernels.Linear toK;
        private final DecodeKernels.Linear toV;
        private final DecodeKernels.Linear fromMixed;
        private final DecodeKernels.Linear toGate;
        private final DecodeKernels.Linear toUp;
        private final DecodeKernels.Linear down;
        private final DecodeMemory memory;

        Block(DecoderBlock block, Params p, KvCache cache) {
            Function<String, Tensor> weight = name -> p.get(block.path(name) + ".weight");
            this.attentionNorm = weight.apply(DecoderBlock.ATTENTION_NORM).toFloats();
            this.mlpNorm = weight.apply(DecoderBlock.MIDDLE_NORM).toFloats();
            this.toQ = kernels.linear(weight.apply(DecoderBlock.Q));
            this.toK = kernels.linear(weight.apply(DecoderBlock.K));
            this.toV = kernels.linear(weight.apply(DecoderBlock.V));
            this.fromMixed = kernels.linear(weight.apply(DecoderBlock.O));
            this.toGate = kernels.linear(weight.apply(DecoderBlock.GATE));
            this.toUp = kernels.linear(weight.apply(DecoderBlock.UP));
            this.down = kernels.linear(weight.apply(DecoderBlock.DOWN));
            this.memory = new DecodeMemory(config, kernels, cache.seen(block.layer()), cache.length());
        }

        void apply() {
            kernels.rmsNorm(x, config.normEps(), attentionNorm, normed);
            toQ.run(normed, q);
            toK.run(normed, k);
            toV.run(normed, v);
            kernels.rope(q, cos, sin, config.rotary().interleaved());
            kernels.rope(k, cos, sin, config.rotary().interleaved());
            kernels.scale(q, (float) (1 / Math.sqrt(config.headDim())));
            memory.append(length, k, v);
            memory.attend(q, length + 1, mixed);
            fromMixed.run(mixed, branch);
            kernels.add(x, branch);

            kernels.rmsNorm(x, config.normEps(), mlpNorm, normed);
            toGate.run(normed, gate);
            toUp.run(normed, up);
            kernels.gate(gate, up);
            down.run(gate, branch);
            kernels.add(x, branch);
        }
    }
}
