package org.einthoven.models.fusion;

import java.util.Arrays;
import org.einthoven.autograd.Params;
import org.einthoven.models.llm.Generation;
import org.einthoven.models.llm.Generator;
import org.einthoven.models.llm.KvCache;
import org.einthoven.models.llm.Llama;
import org.einthoven.models.llm.Llm;
import org.einthoven.models.llm.Lora;
import org.einthoven.models.llm.Sampler;
import org.einthoven.tensor.Nullable;
import org.einthoven.tensor.ShapeException;
import org.einthoven.tensor.Tensor;

/**
 * A language model with weights that do not learn; gradients pass through it to the embeddings that it reads, and to adapters
 * where it has any.
 */
public final class FrozenLlm {
    /** In front of the names of adapters among parameters that learn. */
    static final String LEARNING = "llm";

    private final Llama model;
    private final Params weights;
    private final Params adapters;
    private @Nullable Params merged; // as soon as something is written

    /** @param adapters beside the weights, see {@link Lora}; tracked where they learn */
    public FrozenLlm(Llama model, Params weights, Params adapters) {
        this.model = model;
        this.weights = weights.detach();
        this.adapters = adapters;
    }

    /** Without adapters. */
    public FrozenLlm(Llama model, Params weights) {
        this(model, weights, Params.EMPTY);
    }

    public static FrozenLlm of(Llm llm) {
        return new FrozenLlm(llm.model(), llm.weights());
    }

    public Llama model() {
        return model;
    }

    /** Without what adapters add. */
    public Params weights() {
        return weights;
    }

    /** With the adapters that theta holds under {@code llm.}, if it does. */
    FrozenLlm adaptedBy(Params theta) {
        Params own = theta.in(LEARNING);
        return own.paths().isEmpty() ? this : new FrozenLlm(model, weights, own);
    }

    private Params all() {
        return adapters.paths().isEmpty() ? weights : weights.and(adapters);
    }

    /** Embedding width D. */
    public int width() {
        return model.config().width();
    }

    /** [B, P, D] and ids of B equally long rows, as one sequence of embeddings [B, P + T, D]. */
    Tensor embed(Tensor prefix, int[][] ids) {
        int b = ids.length;
        if (prefix.rank() != 3 || prefix.dim(2) != width() || prefix.dim(0) != b && prefix.dim(0) != 1) {
            throw new ShapeException(
                    "the prefix must be [" + b + ", P, " + width() + "], one for each question, got " + prefix.shape());
        }
        Tensor rows = prefix.expand(b, prefix.dim(1), width());
        if (ids[0].length == 0) {
            return rows;
        }
        int[] all = Arrays.stream(ids).flatMapToInt(Arrays::stream).toArray();
        return Tensor.cat(1, rows, model.embed(weights, Tensor.of(all, b, ids[0].length)));
    }

    /** Logits [n, V] behind some places b T + t of embeddings [B, T, D]. */
    Tensor logitsAt(Tensor embeds, int[] places) {
        return model.logitsAt(all(), embeds, Tensor.of(places, places.length));
    }

    /** Hidden states of embeddings [1, T, D] behind those of a cache, which then holds these too. */
    Tensor hidden(Tensor embeds, KvCache cache) {
        return model.hidden(all(), embeds.detach(), cache);
    }

    /** Logits [n, V] of hidden states [n, D]. */
    Tensor head(Tensor hidden) {
        return model.head(weights, hidden);
    }

    /** A decoder of single tokens knows weights only; merged ones are dense, so they are made once. */
    synchronized Params merged() {
        if (merged == null) {
            merged = adapters.paths().isEmpty() ? weights : Lora.merged(weights, adapters);
        }
        return merged;
    }

    Generation generate(Tensor prompt, int maxTokens, Sampler sampler) {
        return new Generator(model, merged()).generate(prompt, maxTokens, sampler);
    }
}
