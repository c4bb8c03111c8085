package org.einthoven.models.llm;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.einthoven.autograd.Params;
import org.einthoven.models.llm.Architecture.Norm;
import org.einthoven.models.nn.Linear;
import org.einthoven.tensor.DType;
import org.einthoven.tensor.Rng;
import org.einthoven.tensor.Shape;
import org.einthoven.tensor.Tensor;
import org.einthoven.tensor.TensorException;
import org.einthoven.tensor.Workspace;

/**
 * A decoder-only language model: LLaMA (Touvron et al., arXiv 2302.13971) and what descends from it, as its
 * {@link Architecture} says, with the weight names of Hugging Face's LlamaForCausalLM. It owns no weights: the same model
 * trains from scratch (tracked weights), passes gradients of any order to {@code inputs_embeds} (frozen weights), and runs
 * quantised ones.
 *
 * <p>Axes: B batch, T tokens, D width, V vocabulary. Sequences begin at position 0; padding goes to the right, where causal
 * attention never looks from a token.
 */
public final class Llama {
    static final String EMBEDDING = "model.embed_tokens.weight";
    static final String NORM = "model.norm";
    static final String HEAD = "lm_head";

    /** Of fresh matrices, as Hugging Face's {@code initializer_range}. */
    private static final double INITIAL_DEVIATION = 0.02;

    private final LlmConfig config;
    private final List<DecoderBlock> blocks;
    private final Ropes ropes;
    private final boolean recomputing;

    public Llama(LlmConfig config) {
        this(config, Ropes.of(config), false);
    }

    private Llama(LlmConfig config, Ropes ropes, boolean recomputing) {
        this.config = config;
        this.blocks = IntStream.range(0, config.layers())
                .mapToObj(l -> new DecoderBlock(config, l))
                .toList();
        this.ropes = ropes;
        this.recomputing = recomputing;
    }

    /** The same model, with each block computed again for its gradient instead of keeping its intermediates. */
    public Llama recomputing() {
        return new Llama(config, ropes, true);
    }

    /** The angles of a block. */
    Rope rope(int layer) {
        return config.slides(layer) ? ropes.window().get().rope() : ropes.all();
    }

    public LlmConfig config() {
        return config;
    }

    /**
     * Fresh F32 weights to train from: normal with deviation 0.02, the projections that end a residual branch scaled by
     * 1/sqrt(2 layers) as in GPT-2, norms 1, biases 0.
     */
    public Params init(Rng rng) {
        Map<String, Tensor> p = new LinkedHashMap<>();
        double branch = 1 / Math.sqrt(2.0 * config.layers());
        config.shapes().forEach((name, shape) -> {
            if (shape.rank() == 1) {
                boolean fromZero =
                        name.endsWith(".bias") || config.architecture().norm() == Norm.RMS_FROM_ONE;
                p.put(
                        name,
                        Tensor.full(DType.F32, fromZero ? 0 : 1, shape.toArray())
                                .contiguous());
            } else {
                boolean endsBranch = name.endsWith("o_proj.weight") || name.endsWith("down_proj.weight");
                Tensor w = rng.split(name).normal(shape.toArray());
                p.put(name, w.mul(endsBranch ? INITIAL_DEVIATION * branch : INITIAL_DEVIATION));
            }
        });
        return Params.of(p);
    }

    /** Token embeddings: I32 ids [B, T] to [B, T, D], in the type of the arithmetic, which is that of the norm weights. */
    public Tensor embed(Params p, Tensor ids) {
        Tensor rows = p.get(EMBEDDING).embedding(ids);
        return config.architecture()
                .embeddingScale()
                .ofTokens(rows.cast(p.get(NORM + ".weight").dtype()));
    }

    /** The residual stream behind the last block, before the last norm: embeddings [B, T, D] to [B, T, D]. */
    public Tensor hidden(Params p, Tensor embeds) {
        Context context = Context.whole(ropes, sequence(embeds).dtype(), embeds.dim(1));
        Tensor x = entering(embeds);
        for (DecoderBlock block : blocks) {
            x = recomputing ? block.recomputed(p, x, context) : block.apply(p, x, context);
        }
        return x;
    }

    /**
     * As {@link #hidden(Params, Tensor)} for T tokens behind those of a cache, which afterwards holds these too. All blocks work
     * in the arrays of the first.
     */
    public Tensor hidden(Params p, Tensor embeds, KvCache cache) {
        return hidden(p, embeds, cache, new Workspace());
    }

    /** In the arrays of a workspace, which those of an earlier piece of the prompt may have been. */
    Tensor hidden(Params p, Tensor embeds, KvCache cache, Workspace memory) {
        int t = sequence(embeds).dim(1);
        Context context = Context.cached(ropes, embeds.dtype(), cache, t);
        Tensor x = memory.compute(
                () -> Workspace.stages(entering(embeds), blocks, (in, block) -> block.apply(p, in, context)));
        cache.advance(t);
        return x;
    }

    /** The residual stream before each block and behind the last: layers + 1 times [B, T, D]. */
    public List<Tensor> hiddenStates(Params p, Tensor embeds) {
        List<Tensor> states = new ArrayList<>();
        Context context = Context.whole(ropes, sequence(embeds).dtype(), embeds.dim(1));
        states.add(entering(embeds));
        for (DecoderBlock block : blocks) {
            states.add(block.apply(p, states.getLast(), context));
        }
        return states;
    }

    /** Logits of hidden states: [..., D] to [..., V]. */
    public Tensor head(Params p, Tensor hidden) {
        Architecture a = config.architecture();
        Tensor x = a.norm().apply(p, NORM, hidden, config.normEps()); // [..., D]
        Tensor logits = Linear.project(x, p.get(config.tiedHead() ? EMBEDDING : HEAD + ".weight")); // [..., V]
        Tensor moved = a.biases() ? logits.add(p.get(HEAD + ".bias")) : logits;
        return DecoderBlock.capped(moved, a.logitCap());
    }

    private Tensor entering(Tensor embeds) {
        return config.architecture().embeddingScale().entering(embeds);
    }

    /** I32 ids [B, T] to [B, T, V]. */
    public Tensor logits(Params p, Tensor ids) {
        return logitsFromEmbeds(p, embed(p, ids));
    }

    /** Embeddings [B, T, D] to [B, T, V]. */
    public Tensor logitsFromEmbeds(Params p, Tensor embeds) {
        return head(p, hidden(p, embeds));
    }

    /**
     * Logits at a few places only, which saves the projection to the vocabulary everywhere else.
     *
     * @param places I32 [n], each b * T + t
     * @return [n, V]
     */
    public Tensor logitsAt(Params p, Tensor embeds, Tensor places) {
        Optional<Asked> asked = Asked.of(places, sequence(embeds).dim(0), embeds.dim(1));
        if (asked.isPresent()
                && isFrozen(p)
                && !recomputing
                && !config.architecture().parallel()) {
            return head(p, hiddenAt(p, embeds, asked.get()));
        }
        Tensor rows = hidden(p, embeds).reshape(-1, config.width()); // [B T, D]
        return head(p, rows.embedding(places)); // [n, V]; rows of a table are what embedding picks
    }

    /** The residual stream behind the last block at some places of each sequence, [B M, D]. */
    private Tensor hiddenAt(Params p, Tensor embeds, Asked asked) {
        Context context = Context.whole(ropes, embeds.dtype(), embeds.dim(1));
        Tensor x = entering(embeds);
        for (DecoderBlock block : blocks.subList(0, blocks.size() - 1)) {
            x = block.apply(p, x, context);
        }
        return blocks.getLast().applyAt(p, x, context, asked);
    }

    private static boolean isFrozen(Params p) {
        return p.tensors().stream().noneMatch(Tensor::isTracked);
    }

    private Tensor sequence(Tensor embeds) {
        if (embeds.rank() != 3 || embeds.dim(2) != config.width() || embeds.dim(1) == 0) {
            throw new TensorException(
                    "embeddings must be [B, T, " + config.width() + "] with at least one token, got " + embeds.shape());
        }
        return embeds;
    }

    /** Every weight and its shape. */
    public Map<String, Shape> shapes() {
        return config.shapes();
    }
}
