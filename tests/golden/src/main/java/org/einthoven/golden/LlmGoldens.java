package org.einthoven.golden;

import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.einthoven.autograd.Grad;
import org.einthoven.autograd.GradMode;
import org.einthoven.autograd.Params;
import org.einthoven.models.llm.Generation;
import org.einthoven.models.llm.Generator;
import org.einthoven.models.llm.Llama;
import org.einthoven.models.llm.Llm;
import org.einthoven.models.llm.Sampler;
import org.einthoven.models.nn.Losses;
import org.einthoven.tensor.DType;
import org.einthoven.tensor.Tensor;

/**
 * Group C: language models from Hugging Face folders, one for each storage type. What is named {@code _f64} is computed in F64
 * on the decoded weights, {@code _f32} in F32 on the weights as they are stored.
 */
final class LlmGoldens {
    private static final Pattern LOGITS = Pattern.compile("logits_ids_(.+)_f(64|32)");

    private LlmGoldens() {}

    static GoldenTable table() {
        return new GoldenTable().on("llama(31_tied_llama3rope|_untied_sharded)|gemma[123]", LlmGoldens::model);
    }

    private static void model(GoldenCase golden, Comparison compare) {
        for (String folder : golden.names("files")) {
            String variant = variant(golden, folder.replace("/", ""));
            try (Llm llm = Llm.open(golden.file(folder))) {
                variant(golden, compare, llm, variant);
                if (variant.equals("f32")) { // Hidden states and derivatives are those of the F32 weights.
                    hiddenStates(golden, compare, llm);
                    derivatives(golden, compare, llm);
                }
            }
        }
    }

    /** Which variant a file or folder is: the expectations {@code logits_ids_VARIANT_f64} say what there is. */
    static String variant(GoldenCase golden, String file) {
        for (String name : golden.names("expected")) {
            Matcher m = LOGITS.matcher(name);
            if (m.matches() && (file.equals(m.group(1)) || file.endsWith("_" + m.group(1)))) {
                return m.group(1);
            }
        }
        return file;
    }

    /** Logits and greedy continuations; shared with the GGUF files. */
    static void variant(GoldenCase golden, Comparison compare, Llm llm, String name) {
        Llama model = llm.model();
        Params wide = llm.weights().cast(DType.F64);
        Tensor ids = golden.input("ids");
        Tensor embeds = golden.input("inputs_embeds").cast(DType.F64);
        compare.checkIfExpected("expected", "logits_ids_" + name + "_f64", model.logits(wide, ids));
        compare.checkIfExpected("expected", "logits_embeds_" + name + "_f64", model.logitsFromEmbeds(wide, embeds));
        if (golden.has("expected", "logits_ids_" + name + "_f32")) {
            compare.check("expected", "logits_ids_" + name + "_f32", model.logits(llm.weights(), ids));
        }
        if (golden.has("expected", "greedy16_" + name)) {
            Tensor want = golden.tensor("expected", "greedy16_" + name);
            compare.check("expected", "greedy16_" + name, greedy(llm, golden.input("prompt_ids"), want.dim(1)));
            compare.notCompared("expected", "greedy_min_gap_" + name);
        }
    }

    /** Continuations of a batch of prompts, which go on after an end token as those of the original do. */
    private static Tensor greedy(Llm llm, Tensor prompts, int tokens) {
        Generator generator = new Generator(llm.model(), llm.weights(), Set.of());
        int[] ids = new int[prompts.dim(0) * tokens];
        for (int b = 0; b < prompts.dim(0); b++) {
            Generation g = generator.generate(prompts.select(0, b).toInts(), tokens, Sampler.greedy());
            for (int i = 0; i < tokens; i++) {
                ids[b * tokens + i] = g.ids().get(i);
            }
        }
        return Tensor.of(ids, prompts.dim(0), tokens);
    }

    /** The residual stream before each block and behind the last, of as many sequences as are stored. */
    private static void hiddenStates(GoldenCase golden, Comparison compare, Llm llm) {
        Params wide = llm.weights().cast(DType.F64);
        List<Tensor> states = llm.model().hiddenStates(wide, llm.model().embed(wide, golden.input("ids")));
        for (int i = 0; i < states.size(); i++) {
            String name = "hidden_" + i + "_f64";
            if (golden.has("expected", name)) {
                int stored = golden.tensor("expected", name).dim(0);
                compare.check("expected", name, states.get(i).slice(0, 0, stored));
            }
        }
    }

    /** Cross entropy of given embeddings, its gradient, and the Hessian times a direction, through frozen weights. */
    private static void derivatives(GoldenCase golden, Comparison compare, Llm llm) {
        Params wide = llm.weights().cast(DType.F64);
        Tensor embeds = golden.input("inputs_embeds").cast(DType.F64);
        int ignore = golden.whole("ignore_index");
        Function<Tensor, Tensor> loss =
                x -> Losses.crossEntropy(llm.model().logitsFromEmbeds(wide, x), golden.input("targets"), ignore);
        compare.checkIfExpected("expected", "ce_loss_embeds", loss.apply(embeds));
        compare.checkIfExpected("gradients", "inputs_embeds", Grad.grad(loss, embeds, GradMode.CONSTANT));
        if (golden.has("second_order", "hvp_inputs_embeds")) {
            compare.check("second_order", "hvp_inputs_embeds", Grad.hvp(loss, embeds, golden.input("v_embeds")));
        }
    }
}
