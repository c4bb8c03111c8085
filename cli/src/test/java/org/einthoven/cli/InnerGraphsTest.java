package org.einthoven.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.OptionalInt;
import java.util.TreeSet;
import org.einthoven.meta.Memory;
import org.einthoven.models.llm.LlmConfig;
import org.einthoven.models.llm.RopeScaling;
import org.junit.jupiter.api.Test;

/** Steps are kept where that is cheap, as with the embedded models, and made again where it would fill a machine. */
class InnerGraphsTest {
    /** The configuration of {@code examples/memory}, where a step was measured. */
    private static final LlmConfig MEASURED = llm(12, 512, 1376);

    @Test
    void oneStepIsAsLargeAsMeasured() {
        assertEquals(1.3, new InnerGraphs(1, 20, 35, MEASURED).bytes() / (double) (1L << 30), 0.1);
    }

    @Test
    void largeGraphsAreMadeAgain() {
        assertEquals(Memory.RECOMPUTE_STEPS, new InnerGraphs(5, 20, 35, MEASURED).memory());
        assertEquals(Memory.KEEP_STEPS, new InnerGraphs(1, 20, 35, MEASURED).memory());
        assertEquals(Memory.KEEP_STEPS, new InnerGraphs(5, 50, 40, llm(5, 64, 172)).memory(), "stories260K");
        assertEquals(
                "the graphs of 5 inner steps, 20 items of 35 tokens, would take about 6.5 GiB",
                new InnerGraphs(5, 20, 35, MEASURED).toString());
    }

    /** Sizes of gigabytes do not overflow. */
    @Test
    void billionsOfParametersToo() {
        assertEquals(Memory.RECOMPUTE_STEPS, new InnerGraphs(15, 500, 200, llm(80, 8192, 28_672)).memory());
    }

    private static LlmConfig llm(int layers, int width, int intermediate) {
        return new LlmConfig(
                32_000,
                width,
                intermediate,
                layers,
                8,
                8,
                width / 8,
                1e-5,
                new LlmConfig.Rotary(10_000, new RopeScaling.None(), false),
                2048,
                true,
                OptionalInt.of(1),
                new TreeSet<>());
    }
}
