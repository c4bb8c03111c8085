package org.einthoven.suite.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.einthoven.autograd.Params;
import org.einthoven.models.llm.Llama;
import org.einthoven.models.llm.Llm;
import org.einthoven.tensor.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The generator of a synthetic Llama, at a small size. */
class SyntheticLlamaTest {
    private static final String[] SMALL = {
        "--size",
        "layers=2",
        "--size",
        "width=256",
        "--size",
        "feed-forward=512",
        "--size",
        "heads=4",
        "--size",
        "kv-heads=2",
        "--size",
        "vocabulary=600",
        "--size",
        "context=64"
    };

    private static String[] arguments(Path folder, String... types) {
        String[] all = new String[1 + SMALL.length + types.length];
        all[0] = folder.toString();
        System.arraycopy(SMALL, 0, all, 1, SMALL.length);
        System.arraycopy(types, 0, all, 1 + SMALL.length, types.length);
        return all;
    }

    private static double[] logits(Path model) {
        try (Llm llm = Llm.open(model)) {
            return llm.logits(0, 7, 499, 3).toDoubles();
        }
    }

    private static List<Integer> ids(Path model) {
        try (Llm llm = Llm.open(model)) {
            return Arrays.stream(llm.requireTokenizer().encode("<|begin_of_text|>aa<|eot_id|>"))
                    .boxed()
                    .toList();
        }
    }

    private static double difference(double[] a, double[] b) {
        double difference = 0;
        double size = 0;
        for (int i = 0; i < a.length; i++) {
            difference = Math.max(difference, Math.abs(a[i] - b[i]));
            size = Math.max(size, Math.abs(a[i]));
        }
        return difference / size;
    }

    @Test
    void itsFilesAreOneModel(@TempDir Path dir) throws Exception {
        SingleFileExample example = SingleFileExample.compiled(
                "synthetic-llama/SyntheticLlama.java",
                Files.createDirectory(dir.resolve("classes")),
                Tensor.class,
                Params.class,
                Llama.class);
        String said = example.run(arguments(dir.resolve("a"), "BF16", "Q8_0", "Q4_K"));
        assertTrue(said.contains("Q4_K.gguf"), said);
        double[] folder = logits(dir.resolve("a"));
        assertTrue(difference(folder, logits(dir.resolve("a/BF16.gguf"))) < 1e-5);
        assertEquals(List.of(344, 256, 353), ids(dir.resolve("a"))); // begin, "aa", end of the turn
        assertEquals(List.of(344, 256, 353), ids(dir.resolve("a/Q8_0.gguf")));
        double q8 = difference(folder, logits(dir.resolve("a/Q8_0.gguf")));
        double q4 = difference(folder, logits(dir.resolve("a/Q4_K.gguf")));
        assertTrue(0 < q8 && q8 < 0.05 && q8 < q4 && q4 < 0.5, "Q8_0 is off by " + q8 + ", Q4_K by " + q4);

        example.run(arguments(dir.resolve("b")));
        String weights = "model.safetensors";
        assertEquals(
                -1,
                Files.mismatch(
                        dir.resolve("a").resolve(weights), dir.resolve("b").resolve(weights)));
    }
}
