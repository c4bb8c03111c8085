package org.einthoven.models.llm;

import java.util.Optional;
import org.einthoven.tensor.DType;
import org.einthoven.tensor.op.Sight;

/**
 * What one forward pass knows of its T tokens: where they stand, which tokens each may see, and what was computed for the
 * earlier ones.
 *
 * @param all how tokens are seen by blocks that see them all
 * @param window how by those with a sliding window; the same where the model has none
 */
record Context(Place all, Place window, Optional<KvCache> cache) {
    /**
     * Where the T tokens stand.
     *
     * @param angles of their positions
     * @param sight which tokens each sees, of the T and of those before them that any of the T may see
     */
    record Place(Rope.Angles angles, Sight sight) {}

    /** Of a block. */
    Place of(boolean sliding) {
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
        Place all = new Place(ropes.all().at(type, past, past + tokens), Sight.CAUSAL);
        Place window = ropes.window()
                .map(w -> new Place(w.rope().at(type, past, past + tokens), Sight.latest(w.tokens())))
                .orElse(all);
        return new Context(all, window, cache);
    }
}
