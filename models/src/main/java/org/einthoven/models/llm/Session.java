package org.einthoven.models.llm;

import java.util.List;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/**
 * One conversation. What a prompt has in common with the text so far, from the beginning on, is not read again: so a chat
 * whose prompt repeats all that was said costs only what is new. For one thread; sessions of one model share its weights.
 */
public final class Session {
    private final Generator generator;
    private KvCache cache;
    private List<Integer> held = List.of(); // tokens of the cache

    public Session(Generator generator) {
        this.generator = generator;
        this.cache = generator.emptyCache();
    }

    /** As {@link Generator#generate(int[], int, Sampler)}. */
    public Generation generate(int[] prompt, int maxTokens, Sampler sampler) {
        return generate(prompt, maxTokens, sampler, id -> true);
    }

    /** As {@link Generator#generate(int[], int, Sampler, IntPredicate)}. */
    public Generation generate(int[] prompt, int maxTokens, Sampler sampler, IntPredicate goOn) {
        KvCache begun = begun(prompt);
        // Should this pass fail, nothing half-read is left behind.
        cache = generator.emptyCache();
        held = List.of();
        Generation g = generator.generate(prompt, begun, maxTokens, sampler, goOn);
        held = IntStream.concat(IntStream.of(prompt), g.ids().stream().mapToInt(i -> i))
                .limit(begun.length())
                .boxed()
                .toList();
        cache = begun;
        return g;
    }

    /** The cache of what is common, but at least the last token is read: its logits are what follows from. */
    private KvCache begun(int[] prompt) {
        int common = 0;
        while (common < Math.min(held.size(), prompt.length - 1) && held.get(common) == prompt[common]) {
            common++;
        }
        return common == cache.length() ? cache : cache.first(common).orElseGet(() -> generator.emptyCache());
    }
}
