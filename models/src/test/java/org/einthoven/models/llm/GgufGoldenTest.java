package org.einthoven.models.llm;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.util.Set;
import org.einthoven.autograd.Params;
import org.einthoven.models.GoldenCase;
import org.einthoven.tensor.DType;
import org.einthoven.tensor.Tensor;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tiny models in GGUF, quantised by ggml itself; the LLaMA has Llama-3.1 frequencies in {@code rope_freqs.weight}. */
class GgufGoldenTest {
    private static final Tolerance F32 = new Tolerance(1e-3, 1e-3);
    private static final Tolerance F64 = new Tolerance(1e-7, 1e-7);

    @ParameterizedTest
    @ValueSource(strings = {"F32", "F16", "Q8_0", "Q4_0", "Q4_K", "Q6_K"})
    void logits(String type) {
        GoldenCase golden = GoldenCase.of("C_gguf/tiny_llama");
        try (Llm llm = Llm.open(golden.file("tiny_llama_" + type + ".gguf"))) {
            Params p64 = llm.weights().cast(DType.F64);
            Tensor ids = golden.input("ids");
            Tensor embeds = golden.input("inputs_embeds");
            F64.check("F64 logits", llm.model().logits(p64, ids), golden.expected("logits_ids_" + type + "_f64"));
            F64.check(
                    "F64 logits of embeddings",
                    llm.model().logitsFromEmbeds(p64, embeds.cast(DType.F64)),
                    golden.expected("logits_embeds_" + type + "_f64"));
            F32.check(
                    "F32 logits",
                    llm.model().logits(llm.weights(), ids),
                    golden.expected("logits_ids_" + type + "_f32"));
            F32.check(
                    "F32 logits of embeddings",
                    llm.model().logitsFromEmbeds(llm.weights(), embeds),
                    golden.expected("logits_embeds_" + type + "_f64"));
        }
    }

    /** Gemma has the 1 of its norms added in these files, and no permuted queries and keys. */
    @ParameterizedTest
    @CsvSource({"2,F32", "2,Q8_0", "3,F32", "3,Q8_0"})
    void gemma(int version, String type) {
        GoldenCase golden = GoldenCase.of("C_gguf/tiny_gemma" + version);
        try (Llm llm = Llm.open(golden.file("tiny_gemma" + version + "_" + type + ".gguf"))) {
            Params p64 = llm.weights().cast(DType.F64);
            Tensor ids = golden.input("ids");
            Tensor want = golden.expected("logits_ids_" + type + "_f64");
            F64.check("F64 logits", llm.model().logits(p64, ids), want);
            F32.check("F32 logits", llm.model().logits(llm.weights(), ids), want);
            F64.check(
                    "F64 logits of embeddings",
                    llm.model()
                            .logitsFromEmbeds(p64, golden.input("inputs_embeds").cast(DType.F64)),
                    golden.expected("logits_embeds_" + type + "_f64"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"F32", "F16", "Q8_0", "Q4_0", "Q4_K", "Q6_K"})
    void greedyText(String type) {
        GoldenCase golden = GoldenCase.of("C_gguf/tiny_llama");
        try (Llm llm = Llm.open(golden.file("tiny_llama_" + type + ".gguf"))) {
            Generator endless = new Generator(llm.model(), llm.weights(), Set.of());
            Tensor prompts = golden.input("prompt_ids");
            for (int b = 0; b < prompts.dim(0); b++) {
                Generation g = endless.generate(prompts.select(0, b).toInts(), 16, Sampler.greedy());
                assertArrayEquals(
                        golden.expected("greedy16_" + type).select(0, b).toInts(), LlmGoldenTest.ids(g));
            }
        }
    }
}
