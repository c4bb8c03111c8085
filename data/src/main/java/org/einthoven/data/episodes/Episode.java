package org.einthoven.data.episodes;

import java.util.List;

/**
 * A few-shot task: what may be learned from, and what is then asked. Items only, no tensors.
 *
 * @param index which episode of its sampler it is
 * @param ways its classes (seed) or attributes (strict)
 */
public record Episode(long index, List<String> ways, List<Shot> support, List<Shot> query) {
    public Episode {
        ways = List.copyOf(ways);
        support = List.copyOf(support);
        query = List.copyOf(query);
    }
}
