package org.einthoven.models.fusion;

import java.util.Arrays;
import org.einthoven.autograd.Params;
import org.einthoven.models.llm.Generation;
import org.einthoven.models.llm.Generator;
import org.einthoven.models.llm.KvCache;
import org.einthoven.models.llm.Llama;
import org.einthoven.models.llm.Llm;
import org.einthoven.models.llm.Sampler;
import org.einthoven.tensor.ShapeException;
import org.einthoven.tensor.Tensor;

/** A language model with weights that do not learn; gradients pass through it to the embeddings that it reads. */
public record FrozenLlm(Llama model, Params weights) {
    public FrozenLlm {
        weights = weights.detach();
    }

    public static FrozenLlm of(Llm llm) {
        return new FrozenLlm(llm.model(), llm.weights());
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
        return model.logitsAt(weights, embeds, Tensor.of(places, places.length));
    }

    /** Hidden states of embeddings [1, T, D] behind those of a cache, which then holds these too. */
    Tensor hidden(Tensor embeds, KvCache cache) {
        return model.hidden(weights, embeds.detach(), cache);
    }

    /** Logits [n, V] of hidden states [n, D]. */
    Tensor head(Tensor hidden) {
        return model.head(weights, hidden);
    }

    Generation generate(Tensor prompt, int maxTokens, Sampler sampler) {
        return new Generator(model, weights).generate(prompt, maxTokens, sampler);
    }
}
