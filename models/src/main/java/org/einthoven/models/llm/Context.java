package org.einthoven.models.llm;

import java.util.Optional;
import org.einthoven.tensor.DType;
import org.einthoven.tensor.Tensor;

/**
 * What one forward pass knows of its T tokens: where they stand, which tokens each may see, and what was computed for the
 * earlier ones.
 *
 * @param all how tokens are seen by blocks that see them all
 * @param window how by those with a sliding window; the same where the model has none
 */
record Context(Sight all, Sight window, Optional<KvCache> cache) {
    /**
     * One way of seeing.
     *
     * @param angles of the T positions
     * @param mask [T, S], added to the attention scores: 0 where a token may look, minus infinity where not; S is T and those
     *     before it that any of the T may see; empty when all may
     */
    record Sight(Rope.Angles angles, Optional<Tensor> mask) {}

    /** Of a block. */
    Sight of(boolean sliding) {
        return sliding ? window : all;
    }

    /** T tokens from the first on. */
    static Context whole(Ropes ropes, DType type, int tokens) {
        return behind(ropes, type, 0, tokens, Optional.empty());
    }

    /** T tokens behind those in the cache. */
    static Context cached(Ropes ropes, DType type, KvCache cache, int tokens) {
        return behind(ropes, type, cache.length(), tokens, Optional.of(cache));
    }

    private static Context behind(Ropes ropes, DType type, int past, int tokens, Optional<KvCache> cache) {
        Sight all = new Sight(ropes.all().at(type, past, past + tokens), mask(type, past, tokens, past + tokens));
        Sight window = ropes.window()
                .map(w -> new Sight(
                        w.rope().at(type, past, past + tokens),
                        mask(type, Math.min(past, w.tokens() - 1), tokens, w.tokens())))
                .orElse(all);
        return new Context(all, window, cache);
    }

    /** [T, past + T] where each token sees the {@code reach} latest, itself among them. */
    private static Optional<Tensor> mask(DType type, int past, int tokens, int reach) {
        if (tokens == 1) {
            return Optional.empty(); // It is the last and sees all that are shown to it.
        }
        int seen = past + tokens;
        float[] mask = new float[Math.multiplyExact(tokens, seen)];
        for (int query = 0; query < tokens; query++) {
            int self = past + query;
            for (int key = 0; key < seen; key++) {
                if (key > self || key <= self - reach) {
                    mask[query * seen + key] = Float.NEGATIVE_INFINITY;
                }
            }
        }
        return Optional.of(Tensor.of(mask, tokens, seen).cast(type));
    }
}
