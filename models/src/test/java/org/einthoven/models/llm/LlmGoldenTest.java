package org.einthoven.models.llm;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.einthoven.autograd.Grad;
import org.einthoven.autograd.GradMode;
import org.einthoven.autograd.Params;
import org.einthoven.models.GoldenCase;
import org.einthoven.models.nn.Losses;
import org.einthoven.tensor.DType;
import org.einthoven.tensor.Tensor;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tiny LLaMA and Gemma models against PyTorch: logits, hidden states, greedy texts, gradient and Hessian of the loss. */
class LlmGoldenTest {
    private static final Tolerance F32 = new Tolerance(1e-4, 1e-4);
    private static final Tolerance F64 = new Tolerance(1e-8, 1e-9);

    private static final String UNTIED = "C_llm/llama_untied_sharded";
    private static final String TIED = "C_llm/llama31_tied_llama3rope";

    @ParameterizedTest
    @CsvSource({
        UNTIED + ",f32",
        UNTIED + ",bf16",
        TIED + ",f32",
        TIED + ",bf16",
        "C_llm/gemma1,f32",
        "C_llm/gemma1,bf16",
        "C_llm/gemma2,f32",
        "C_llm/gemma2,bf16",
        "C_llm/gemma3,f32",
        "C_llm/gemma3,bf16"
    })
    void logits(String name, String type) {
        GoldenCase golden = GoldenCase.of(name);
        try (Llm llm = Llm.open(golden.file(type))) {
            Params p64 = llm.weights().cast(DType.F64);
            F64.check(
                    "F64 logits",
                    llm.model().logits(p64, golden.input("ids")),
                    golden.expected("logits_ids_" + type + "_f64"));
            F32.check(
                    "F32 logits",
                    llm.model().logits(llm.weights(), golden.input("ids")),
                    golden.expected("logits_ids_" + type + "_f32"));
            Tensor embeds = golden.input("inputs_embeds");
            Tensor want = golden.expected("logits_embeds_" + type + "_f64");
            F64.check("F64 logits of embeddings", llm.model().logitsFromEmbeds(p64, embeds.cast(DType.F64)), want);
            F32.check("F32 logits of embeddings", llm.model().logitsFromEmbeds(llm.weights(), embeds), want);
        }
    }

    @ParameterizedTest
    @CsvSource({
        UNTIED + ",f32",
        UNTIED + ",bf16",
        TIED + ",f32",
        TIED + ",bf16",
        "C_llm/gemma1,f32",
        "C_llm/gemma1,bf16",
        "C_llm/gemma2,f32",
        "C_llm/gemma2,bf16",
        "C_llm/gemma3,f32",
        "C_llm/gemma3,bf16"
    })
    void greedyText(String name, String type) {
        GoldenCase golden = GoldenCase.of(name);
        try (Llm llm = Llm.open(golden.file(type))) {
            Generator endless = new Generator(llm.model(), llm.weights(), Set.of());
            Tensor prompts = golden.input("prompt_ids");
            for (int b = 0; b < prompts.dim(0); b++) {
                int[] prompt = prompts.select(0, b).toInts();
                assertArrayEquals(
                        golden.expected("greedy16_" + type).select(0, b).toInts(),
                        ids(endless.generate(prompt, 16, Sampler.greedy())),
                        "prompt " + Arrays.toString(prompt));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {UNTIED, TIED, "C_llm/gemma1", "C_llm/gemma2", "C_llm/gemma3"})
    void hiddenStates(String name) {
        GoldenCase golden = GoldenCase.of(name);
        try (Llm llm = Llm.open(golden.file("f32"))) {
            Params p = llm.weights().cast(DType.F64);
            Tensor ids = golden.input("ids").slice(0, 0, 1);
            List<Tensor> states = llm.model().hiddenStates(p, llm.model().embed(p, ids));
            assertEquals(llm.config().layers() + 1, states.size());
            for (int i = 0; i < states.size(); i++) {
                F64.check("hidden state " + i, states.get(i), golden.expected("hidden_" + i + "_f64"));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {UNTIED, TIED, "C_llm/gemma1", "C_llm/gemma2", "C_llm/gemma3"})
    void lossGradientAndHessianByEmbeddings(String name) {
        GoldenCase golden = GoldenCase.of(name);
        try (Llm llm = Llm.open(golden.file("f32"))) {
            Params p = llm.weights().cast(DType.F64);
            int ignore = golden.attrs().get("ignore_index").intValue();
            for (Llama model : List.of(llm.model(), llm.model().recomputing())) {
                Function<Tensor, Tensor> loss =
                        x -> Losses.crossEntropy(model.logitsFromEmbeds(p, x), golden.input("targets"), ignore);
                Tensor x = golden.input("inputs_embeds").cast(DType.F64);
                F64.check("loss", loss.apply(x), golden.expected("ce_loss_embeds"));
                F64.check("gradient", Grad.grad(loss, x, GradMode.CONSTANT), golden.get("gradients", "inputs_embeds"));
                F64.check(
                        "Hessian times v",
                        Grad.hvp(loss, x, golden.input("v_embeds")),
                        golden.get("second_order", "hvp_inputs_embeds"));
            }
        }
    }

    static int[] ids(Generation g) {
        return g.ids().stream().mapToInt(Integer::intValue).toArray();
    }
}
