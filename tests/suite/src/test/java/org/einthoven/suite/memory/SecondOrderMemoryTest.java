package org.einthoven.suite.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.einthoven.autograd.Params;
import org.einthoven.meta.Maml;
import org.einthoven.models.llm.Llama;
import org.einthoven.suite.examples.SingleFileExample;
import org.einthoven.tensor.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The example that repeats the figures of memory compiles, and the ways that it compares give one gradient. */
class SecondOrderMemoryTest {
    @Test
    void runsAtASmallSize(@TempDir Path out) throws Exception {
        SingleFileExample example = SingleFileExample.compiled(
                "memory/SecondOrderMemory.java", out, Tensor.class, Params.class, Llama.class, Maml.class);
        assertEquals(figures(example, "keep"), figures(example, "both"));
    }

    /** Loss and norm of the gradient as printed, to few digits: memory is saved by adding in another order. */
    private static String figures(SingleFileExample example, String way) throws Exception {
        String line = example.run("2", way, "2", "32", "2");
        Matcher found = Pattern.compile("query loss ([0-9.]+?)\\d{2}, norm of the meta-gradient ([0-9.]+?)\\d{3}, ")
                .matcher(line);
        assertTrue(found.find(), line);
        return found.group(1) + " " + found.group(2);
    }
}
