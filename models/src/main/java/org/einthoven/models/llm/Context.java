package org.einthoven.models.llm;

import java.util.Optional;
import org.einthoven.tensor.DType;
import org.einthoven.tensor.Tensor;

/**
 * What one forward pass knows of its T tokens, the same for all blocks: where they stand, which of the S tokens so far each
 * may see, and what was computed for the earlier ones.
 *
 * @param angles of the T positions
 * @param mask [T, S], added to the attention scores: 0 where a token may look, minus infinity where not; empty when all may
 */
record Context(Rope.Angles angles, Optional<Tensor> mask, Optional<KvCache> cache) {
    /** T tokens from the first on; each sees itself and those before it. */
    static Context whole(Rope rope, DType type, int tokens) {
        return new Context(rope.at(type, 0, tokens), causal(type, 0, tokens), Optional.empty());
    }

    /** T tokens behind those in the cache. */
    static Context cached(Rope rope, DType type, KvCache cache, int tokens) {
        int past = cache.length();
        return new Context(rope.at(type, past, past + tokens), causal(type, past, tokens), Optional.of(cache));
    }

    /** [T, past + T]; a single token is the last and sees all. */
    private static Optional<Tensor> causal(DType type, int past, int tokens) {
        if (tokens == 1) {
            return Optional.empty();
        }
        int seen = past + tokens;
        float[] mask = new float[Math.multiplyExact(tokens, seen)];
        for (int query = 0; query < tokens; query++) {
            for (int key = past + query + 1; key < seen; key++) {
                mask[query * seen + key] = Float.NEGATIVE_INFINITY;
            }
        }
        return Optional.of(Tensor.of(mask, tokens, seen).cast(type));
    }
}
