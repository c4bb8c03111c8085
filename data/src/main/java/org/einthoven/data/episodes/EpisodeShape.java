package org.einthoven.data.episodes;

/**
 * The size of a task.
 *
 * @param ways N: classes (seed) or attributes (strict)
 * @param shots K: support items per class, or per attribute and answer
 * @param queries Q: query items per class, or per attribute and answer
 */
public record EpisodeShape(int ways, int shots, int queries) {
    public EpisodeShape {
        if (ways < 1 || shots < 1 || queries < 1) {
            throw new IllegalArgumentException(
                    "EpisodeShape: ways, shots and queries must be positive: " + ways + ", " + shots + ", " + queries);
        }
    }

    /** Items of one class or one (attribute, answer) in support and query together: K + Q. */
    public int perClass() {
        return shots + queries;
    }

    @Override
    public String toString() {
        return ways + "-way " + shots + "-shot (" + queries + " queries)";
    }
}
