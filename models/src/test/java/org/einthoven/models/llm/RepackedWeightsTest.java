package org.einthoven.models.llm;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.einthoven.models.GoldenCase;
import org.einthoven.models.io.Shared;
import org.einthoven.tensor.FormatException;
import org.einthoven.tensor.Tensor;
import org.einthoven.tensor.Workers;
import org.einthoven.tensor.backend.Backends;
import org.einthoven.tensor.backend.DecodeKernels;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Models that write with a second copy of their weights. */
class RepackedWeightsTest {
    /** What 8 bits of activations lose of all logits, by their length. */
    private static final double NEAR = 0.05;

    /** Choices that are closer than this may fall differently. */
    private static final double CLEAR = 0.3;

    private final int threads = Workers.threads();

    @BeforeEach
    void needsItsKernels() {
        Assumptions.assumeTrue(
                Backends.current().decodeKernels().isPresent(),
                "backend " + Backends.current().name() + " has no kernels for decoding");
    }

    @AfterEach
    void asManyThreadsAsBefore() {
        Workers.threads(threads);
    }

    private static Path stories(String type) {
        return Shared.data("llm/stories260K-gguf").resolve("stories260K-" + type + ".gguf");
    }

    @Test
    void theTextsOfTheGoldenFiles() {
        GoldenCase golden = GoldenCase.of("C_gguf/tiny_llama");
        try (Llm llm = Llm.open(golden.file("tiny_llama_Q4_0.gguf"), Decoding.REPACKED)) {
            Generator endless = new Generator(llm.model(), llm.weights(), Set.of(), false, llm.repacked());
            Tensor prompts = golden.input("prompt_ids");
            for (int b = 0; b < prompts.dim(0); b++) {
                Generation g = endless.generate(prompts.select(0, b).toInts(), 16, Sampler.greedy());
                assertArrayEquals(golden.expected("greedy16_Q4_0").select(0, b).toInts(), LlmGoldenTest.ids(g));
            }
        }
    }

    /**
     * What each token of llama.cpp's stories is followed by, once by the file's weights and once by repacked ones: near each other,
     * and where the choice is clear it is llama.cpp's.
     */
    @Test
    void logitsAreNearThoseOfTheFile() {
        JsonNode told = JsonMapper.shared()
                .readTree(Shared.data("llm/stories260K-llamacpp.json").toFile());
        double worst = 0;
        int clear = 0;
        try (Llm llm = Llm.open(stories("q4_0"), Decoding.REPACKED)) {
            for (JsonNode story : told.get("outputs").get("q4_0")) {
                int[] ids = story.get("ids")
                        .valueStream()
                        .mapToInt(JsonNode::intValue)
                        .toArray();
                int prompt =
                        llm.requireTokenizer().encodePrompt(story.get("prompt").stringValue()).length;
                TokenDecoder plain = started(llm, ids[0], Backends.current().decodeKernels());
                TokenDecoder repacked =
                        started(llm, ids[0], llm.repacked().orElseThrow().kernels());
                for (int t = 1; t < ids.length - 1; t++) {
                    float[] want = plain.logits(ids[t]);
                    float[] got = repacked.logits(ids[t]);
                    int best = best(want);
                    double off = distance(got, want) / distance(want, new float[want.length]);
                    worst = Math.max(worst, off);
                    if (lead(want, best) > CLEAR) {
                        assertEquals(best, best(got), "token " + t + " of " + story.get("prompt"));
                    }
                    if (t + 1 >= prompt && lead(got, best(got)) > CLEAR) {
                        clear++;
                        assertEquals(
                                ids[t + 1], best(got), "llama.cpp behind token " + t + " of " + story.get("prompt"));
                    }
                }
            }
        }
        assertTrue(worst > 0 && worst < NEAR, "off by " + worst);
        assertTrue(clear > 300, clear + " clear choices");
    }

    private static TokenDecoder started(Llm llm, int first, Optional<DecodeKernels> kernels) {
        KvCache cache = new KvCache(llm.config());
        llm.model().hidden(llm.weights(), llm.embed(first), cache);
        return TokenDecoder.behind(List.of(cache), llm.model(), llm.weights(), kernels)
                .orElseThrow();
    }

    private static double distance(float[] a, float[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += Math.pow(a[i] - b[i], 2);
        }
        return Math.sqrt(sum);
    }

    private static int best(float[] logits) {
        int best = 0;
        for (int i = 1; i < logits.length; i++) {
            best = logits[i] > logits[best] ? i : best;
        }
        return best;
    }

    private static float lead(float[] logits, int best) {
        float second = Float.NEGATIVE_INFINITY;
        for (int i = 0; i < logits.length; i++) {
            second = i == best ? second : Math.max(second, logits[i]);
        }
        return logits[best] - second;
    }

    @Test
    void theSameTextForAnyNumberOfThreadsAndAmongOthers() {
        int[] prompt = {1, 403, 407, 261};
        int[] other = {1, 290};
        try (Llm llm = Llm.open(stories("q4_0"), Decoding.REPACKED)) {
            Workers.threads(1);
            List<Integer> want = llm.generate(prompt, 60, Sampler.greedy()).ids();
            Workers.threads(2);
            assertEquals(want, llm.generate(prompt, 60, Sampler.greedy()).ids());
            assertEquals(
                    want, llm.session().generate(prompt, 60, Sampler.greedy()).ids());
            Generator generator =
                    new Generator(llm.model(), llm.weights(), llm.config().eos(), false, llm.repacked());
            assertEquals(
                    want,
                    generator
                            .generate(List.of(other, prompt), 60, Sampler.greedy())
                            .getLast()
                            .ids());
        }
    }

    /** Prompts and all else read the file's weights. */
    @Test
    void onlyWrittenTokensKnowOfIt() {
        int[] prompt = {1, 403, 407, 261};
        try (Llm plain = Llm.open(stories("q4_0"));
                Llm repacked = Llm.open(stories("q4_0"), Decoding.REPACKED)) {
            assertTrue(plain.repacked().isEmpty());
            assertArrayEquals(
                    plain.logits(prompt).toFloats(), repacked.logits(prompt).toFloats());
        }
    }

    @Test
    void itSaysWhatIsRepackedAndWhatIsNot() {
        try (Llm llm = Llm.open(stories("q4_0"), Decoding.REPACKED)) {
            RepackedWeights w = llm.repacked().orElseThrow();
            assertEquals(21, w.matrices(), "queries, keys, values and outputs of five blocks, and the head");
            assertEquals(52_992, w.bytes());
            assertEquals(15, w.asStored().size(), "gate and up have 172 rows, and rows of 172 are no blocks of Q4_0");
            assertTrue(w.asStored().contains("model.layers.4.mlp.up_proj.weight Q4_0 [172, 64]"), w.asStored() + "");
        }
    }

    @Test
    void nothingToRepackIsAnError() {
        Path q8 = stories("q8_0");
        String told = assertThrows(FormatException.class, () -> Llm.open(q8, Decoding.REPACKED))
                .getMessage();
        assertTrue(told.contains("no matrix in Q4_0") && told.contains("quantize"), told);
    }
}
