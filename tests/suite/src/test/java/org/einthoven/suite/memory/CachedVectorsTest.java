package org.einthoven.suite.memory;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import org.einthoven.autograd.Params;
import org.einthoven.meta.Maml;
import org.einthoven.models.llm.Llm;
import org.einthoven.suite.examples.SingleFileExample;
import org.einthoven.tensor.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The example that measures what cached vectors are worth compiles; running it takes the encoder of full size. */
class CachedVectorsTest {
    @Test
    void compiles(@TempDir Path out) {
        SingleFileExample example = SingleFileExample.compiled(
                "memory/CachedVectors.java", out, Tensor.class, Params.class, Llm.class, Maml.class);
        assertTrue(Files.exists(example.classes().resolve(example.name() + ".class")));
    }
}
