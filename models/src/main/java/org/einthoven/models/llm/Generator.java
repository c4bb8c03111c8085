package org.einthoven.models.llm;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.einthoven.autograd.Params;
import org.einthoven.tensor.Tensor;
import org.einthoven.tensor.TensorException;

/**
 * Writes on from a prompt: one pass over the prompt, then one of a single token for each token written, with a
 * {@link KvCache}.
 *
 * @param stop tokens that end a text
 */
public record Generator(Llama model, Params weights, Set<Integer> stop) {
    /** Prompts are read in pieces, so that attention scores need memory for this many tokens times those before them. */
    static final int PREFILL = 256;

    public Generator {
        stop = Set.copyOf(stop);
    }

    /** Stops at the model's own end tokens. */
    public Generator(Llama model, Params weights) {
        this(model, weights, model.config().eos());
    }

    /**
     * Writes on from token ids, which are used as they are; no BOS is put before them.
     *
     * @throws TensorException when there is no id, or more than the model's context
     */
    public Generation generate(int[] prompt, int maxTokens, Sampler sampler) {
        if (prompt.length == 0) {
            throw new TensorException("generate: the prompt has no tokens; begin with BOS");
        }
        return generate(model.embed(weights, Tensor.of(prompt.clone(), 1, prompt.length)), maxTokens, sampler);
    }

    /**
     * Writes on from embeddings [1, T, D]: token embeddings, a prefix that something else computed, or both joined.
     *
     * @throws TensorException when T is 0 or more than the model's context
     */
    public Generation generate(Tensor prompt, int maxTokens, Sampler sampler) {
        if (maxTokens < 0) {
            throw new TensorException("generate: " + maxTokens + " tokens cannot be written; ask for 0 or more");
        }
        KvCache cache = new KvCache(model.config());
        long start = System.nanoTime();
        Tensor logits = behind(prompt.detach(), cache);
        long prefilled = System.nanoTime();
        List<Integer> ids = new ArrayList<>();
        int steps = 0;
        Generation.End end = Generation.End.MAX_TOKENS;
        while (ids.size() < maxTokens) {
            int id = sampler.next(logits, ids.size());
            if (stop.contains(id)) {
                end = Generation.End.EOS;
                break;
            }
            ids.add(id);
            if (ids.size() == maxTokens) {
                break;
            }
            if (cache.length() == model.config().maxPositions()) {
                end = Generation.End.CONTEXT;
                break;
            }
            logits = behind(model.embed(weights, Tensor.of(new int[] {id}, 1, 1)), cache);
            steps++;
        }
        Duration decode = Duration.ofNanos(System.nanoTime() - prefilled);
        return new Generation(ids, end, prompt.dim(1), Duration.ofNanos(prefilled - start), decode, steps);
    }

    /** Logits [V] of the token behind those of the cache and [1, T, D], which the cache afterwards holds too. */
    Tensor behind(Tensor embeds, KvCache cache) {
        int t = embeds.dim(1);
        int context = model.config().maxPositions();
        if (t > context - cache.length()) {
            throw new TensorException(
                    "a prompt of " + t + " tokens is longer than this model's context of " + context + "; shorten it");
        }
        int from = 0;
        while (t - from > PREFILL) {
            model.hidden(weights, embeds.slice(1, from, from + PREFILL), cache);
            from += PREFILL;
        }
        Tensor h = model.hidden(weights, embeds.slice(1, from, t), cache); // [1, at most PREFILL, D]
        return model.head(weights, h.select(1, -1)).reshape(-1); // [V]
    }
}
