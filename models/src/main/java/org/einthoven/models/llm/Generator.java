package org.einthoven.models.llm;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.IntPredicate;
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
        return generate(prompt, maxTokens, sampler, id -> true);
    }

    /**
     * As {@link #generate(int[], int, Sampler)}, telling each token as soon as it is chosen.
     *
     * @param goOn given the token; false ends the text behind it, before the next pass
     */
    public Generation generate(int[] prompt, int maxTokens, Sampler sampler, IntPredicate goOn) {
        return generate(prompt, new KvCache(model.config()), maxTokens, sampler, goOn);
    }

    /** As {@link #generate(int[], int, Sampler, IntPredicate)}, behind a cache that holds the first tokens of the prompt. */
    Generation generate(int[] prompt, KvCache cache, int maxTokens, Sampler sampler, IntPredicate goOn) {
        if (prompt.length == 0) {
            throw new TensorException("generate: the prompt has no tokens; begin with BOS");
        }
        int[] rest = Arrays.copyOfRange(prompt, cache.length(), prompt.length);
        Tensor embeds = model.embed(weights, Tensor.of(rest, 1, rest.length));
        return generate(embeds, Arrays.stream(prompt).boxed().toList(), cache, maxTokens, sampler, goOn);
    }

    /**
     * Writes on from embeddings [1, T, D]: token embeddings, a prefix that something else computed, or both joined.
     *
     * @throws TensorException when T is 0 or more than the model's context
     */
    public Generation generate(Tensor prompt, int maxTokens, Sampler sampler) {
        return generate(prompt, List.of(), new KvCache(model.config()), maxTokens, sampler, id -> true);
    }

    /** @param ids of the text so far where it has some, for the sampler */
    private Generation generate(
            Tensor prompt, List<Integer> ids, KvCache cache, int maxTokens, Sampler sampler, IntPredicate goOn) {
        if (maxTokens < 0) {
            throw new TensorException("generate: " + maxTokens + " tokens cannot be written; ask for 0 or more");
        }
        long start = System.nanoTime();
        Tensor logits = behind(prompt.detach(), cache);
        long prefilled = System.nanoTime();
        List<Integer> text = new ArrayList<>(ids);
        int steps = 0;
        Generation.End end = Generation.End.MAX_TOKENS;
        int first = text.size();
        while (text.size() - first < maxTokens) {
            int id = sampler.next(logits, text, text.size() - first);
            if (stop.contains(id)) {
                end = Generation.End.EOS;
                break;
            }
            text.add(id);
            if (!goOn.test(id)) {
                end = Generation.End.STOPPED;
                break;
            }
            if (text.size() - first == maxTokens) {
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
        return new Generation(
                text.subList(first, text.size()),
                end,
                prompt.dim(1),
                Duration.ofNanos(prefilled - start),
                decode,
                steps);
    }

    /** Logits [V] of the token behind those of the cache and [1, T, D], which the cache afterwards holds too. */
    Tensor behind(Tensor embeds, KvCache cache) {
        int t = embeds.dim(1);
        int context = model.config().maxPositions();
        if (t > context - cache.length()) {
            throw new TensorException("a prompt of " + (cache.length() + t)
                    + " tokens is longer than this model's context of " + context + "; shorten it");
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
