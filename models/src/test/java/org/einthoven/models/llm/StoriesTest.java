package org.einthoven.models.llm;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.einthoven.autograd.Params;
import org.einthoven.tensor.DType;
import org.einthoven.tensor.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A real model, stories260K, against an independent NumPy reference and against llama.cpp. */
class StoriesTest {
    /** llama.cpp quantises activations too, so closer calls than this may fall differently. */
    private static final double CLEAR = 0.05;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "stories260K-hf",
                "stories260K-hf/model.safetensors",
                "stories260K-gguf/stories260K-f32.gguf",
                "stories260K-gguf/stories260K-f16.gguf"
            })
    void greedyIdsAreTheReference(String model) {
        try (Llm llm = Llm.open(data(model))) {
            for (JsonNode story : json("stories260K-golden.json").get("greedy")) {
                int[] prompt = ints(story.get("prompt_ids"));
                int[] all = ints(story.get("ids"));
                int[] want = Arrays.copyOfRange(all, prompt.length, all.length);
                Generation g = llm.generate(prompt, want.length, Sampler.greedy());
                assertArrayEquals(
                        want, LlmGoldenTest.ids(g), story.get("prompt").stringValue());
            }
        }
    }

    @Test
    void logitsAreTheReference() {
        try (Llm llm = Llm.open(data("stories260K-hf"))) {
            for (JsonNode story : json("stories260K-golden.json").get("greedy")) {
                Tolerance near = new Tolerance(0, 1e-3);
                near.check(
                        "behind the prompt",
                        llm.logits(ints(story.get("prompt_ids"))),
                        doubles(story.get("logits_last_prompt")));
                int[] all = ints(story.get("ids"));
                int[] seen = Arrays.copyOf(all, story.get("n_forward").intValue());
                near.check("behind the story", llm.logits(seen), doubles(story.get("logits_final")));
            }
        }
    }

    @Test
    void meanNegativeLogLikelihoodIsTheReference() {
        try (Llm llm = Llm.open(data("stories260K-hf"))) {
            for (JsonNode text : json("stories260K-golden.json").get("nll")) {
                int[] ids = ints(text.get("ids"));
                Likelihood.Score s = llm.score(Arrays.copyOf(ids, 1), Arrays.copyOfRange(ids, 1, ids.length));
                assertEquals(text.get("mean_nll").doubleValue(), -s.logProbability() / (ids.length - 1), 1e-5);
            }
        }
    }

    @Test
    void textIsTheReferenceByTheTokenizerInTheFile() {
        try (Llm llm = Llm.open(data("stories260K-gguf/stories260K-f32.gguf"))) {
            for (JsonNode story : json("stories260K-golden.json").get("greedy")) {
                String prompt = story.get("prompt").stringValue();
                int[] ids = llm.requireTokenizer().encodePrompt(prompt);
                assertArrayEquals(ints(story.get("prompt_ids")), ids);
                Generation g = llm.generate(prompt, story.get("ids").size() - ids.length, Sampler.greedy());
                String text = prompt + llm.text(g);
                assertEquals(story.get("text").stringValue().strip(), text.strip());
            }
        }
    }

    @Test
    void quantisedEqualsOurF64ModelOnTheDequantisedWeights() {
        try (Llm llm = Llm.open(data("stories260K-gguf/stories260K-q8_0.gguf"))) {
            assertEquals(
                    DType.Q8_0,
                    llm.weights().get("model.layers.0.self_attn.q_proj.weight").dtype());
            Params dequantised = llm.weights().cast(DType.F64);
            for (JsonNode story : json("stories260K-golden.json").get("greedy")) {
                int[] ids = ints(story.get("ids"));
                Tensor batch = Tensor.of(ids, 1, ids.length);
                new Tolerance(1e-4, 1e-3)
                        .check(
                                "Q8_0 logits",
                                llm.model().logits(llm.weights(), batch),
                                llm.model().logits(dequantised, batch));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"f32", "f16", "q8_0"})
    void llamaCppChoosesTheSameWhereTheChoiceIsClear(String type) {
        try (Llm llm = Llm.open(data("stories260K-gguf/stories260K-" + type + ".gguf"))) {
            int clear = 0;
            for (JsonNode story :
                    json("stories260K-llamacpp.json").get("outputs").get(type)) {
                int[] ids = ints(story.get("ids"));
                int prompt =
                        llm.requireTokenizer().encodePrompt(story.get("prompt").stringValue()).length;
                Tensor logits = llm.model()
                        .logits(llm.weights(), Tensor.of(ids.clone(), 1, ids.length))
                        .select(0, 0);
                for (int t = prompt; t < ids.length; t++) {
                    double[] row = logits.select(0, t - 1).toDoubles();
                    int[] order = logits.select(0, t - 1).argSort(0, true).toInts();
                    if (row[order[0]] - row[order[1]] > CLEAR) {
                        clear++;
                        assertEquals(ids[t], order[0], "token " + t + " of \"" + story.get("prompt") + "\"");
                    }
                }
            }
            assertTrue(clear > 400, clear + " clear choices");
        }
    }

    private static Path data(String name) {
        Path path = Path.of(System.getProperty("einthoven.data", "../../shared/data"))
                .resolve("llm")
                .resolve(name);
        assumeTrue(Files.exists(path), "no data at " + path + "; name the folder by -Deinthoven.data");
        return path;
    }

    private static JsonNode json(String name) {
        return JsonMapper.shared().readTree(data(name).toFile());
    }

    private static int[] ints(JsonNode list) {
        return list.valueStream().mapToInt(JsonNode::intValue).toArray();
    }

    private static Tensor doubles(JsonNode list) {
        double[] x = list.valueStream().mapToDouble(JsonNode::doubleValue).toArray();
        return Tensor.of(x, x.length);
    }
}
