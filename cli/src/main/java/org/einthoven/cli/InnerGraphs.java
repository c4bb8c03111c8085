package org.einthoven.cli;

import java.util.Locale;
import org.einthoven.meta.Memory;
import org.einthoven.models.llm.LlmConfig;

/**
 * What the graphs of an inner loop of second order take, and whether they are kept. Decided by sizes and not by the memory that
 * this machine has: steps that are made again add their terms in another order, and a run is the same bytes everywhere.
 *
 * @param items of a support set
 * @param tokens of each, prefix and answer included
 */
record InnerGraphs(int steps, int items, int tokens, LlmConfig llm) {
    /** What an outer step may keep. */
    private static final long MOST = 2L << 30;

    /**
     * Floats that one step keeps for each token, layer and unit of width, that of the feed-forward included: a step of
     * {@code examples/memory} (12 layers, 512 and 1376 wide, 20 items of 35 tokens) was seen to take 1.3 GiB.
     */
    private static final long FLOATS = 22;

    long bytes() {
        long wide = (long) llm.width() + llm.intermediate();
        return Float.BYTES * FLOATS * steps * items * tokens * llm.layers() * wide;
    }

    Memory memory() {
        return bytes() <= MOST ? Memory.KEEP_STEPS : Memory.RECOMPUTE_STEPS;
    }

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "the graphs of %d inner steps, %d items of %d tokens, would take about %.1f GiB",
                steps,
                items,
                tokens,
                bytes() / (double) (1L << 30));
    }
}
