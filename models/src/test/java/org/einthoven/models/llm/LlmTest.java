package org.einthoven.models.llm;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import org.einthoven.autograd.Params;
import org.einthoven.models.io.SafetensorsWriter;
import org.einthoven.tensor.DType;
import org.einthoven.tensor.FormatException;
import org.einthoven.tensor.Rng;
import org.einthoven.tensor.Tensor;
import org.einthoven.tensor.TensorException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Opening models, good and bad. */
class LlmTest {
    private static final String CONFIG = """
        {"model_type": "llama", "vocab_size": 11, "hidden_size": 8, "intermediate_size": 12, "num_hidden_layers": 2,
         "num_attention_heads": 2, "num_key_value_heads": 1, "head_dim": 4, "rms_norm_eps": 1e-05, "rope_theta": 100.0,
         "max_position_embeddings": 100, "tie_word_embeddings": false, "bos_token_id": 1, "eos_token_id": [2, 3]}
        """;

    private static final Params WEIGHTS = new Llama(LlamaTest.tiny(false)).init(Rng.of(222));

    @TempDir
    private Path folder;

    private Path huggingFace(String config, Map<String, Tensor> weights) throws IOException {
        Files.writeString(folder.resolve("config.json"), config);
        SafetensorsWriter.write(folder.resolve("model.safetensors"), weights, Map.of());
        return folder;
    }

    private static FormatException refused(Path path) {
        return assertThrows(FormatException.class, () -> Llm.open(path).close());
    }

    private static void mentions(FormatException e, String... words) {
        for (String word : words) {
            assertTrue(e.getMessage().contains(word), e.getMessage());
        }
        assertFalse(e.getMessage().contains("\n"), "one line: " + e.getMessage());
    }

    @Test
    void huggingFaceFolder() throws IOException {
        try (Llm llm = Llm.open(huggingFace(CONFIG, WEIGHTS.toMap()))) {
            assertEquals(Set.of(2, 3), llm.config().eos());
            assertEquals(4, llm.config().headDim());
            assertFalse(llm.config().rotary().interleaved());
            Tensor want = new Llama(LlamaTest.tiny(false)).logits(WEIGHTS, Tensor.of(new int[] {1, 5}, 1, 2));
            new Tolerance(0, 1e-6)
                    .check("logits", llm.logits(1, 5), want.select(1, 1).reshape(11));
            assertTrue(llm.tokenizer().isEmpty());
            FormatException e = assertThrows(FormatException.class, () -> llm.generate("text", 1, Sampler.greedy()));
            mentions(e, "tokenizer", "or use ids");
            assertThrows(TensorException.class, () -> llm.logits(11));
            assertThrows(TensorException.class, () -> llm.logits());
        }
    }

    @Test
    void warmingUpRunsAndChangesNothing() throws IOException {
        try (Llm llm = Llm.open(huggingFace(CONFIG, WEIGHTS.toMap()))) {
            float[] cold = llm.logits(1, 5).toFloats();
            assertEquals(1, llm.warmUp(Duration.ZERO).runs());
            assertArrayEquals(cold, llm.logits(1, 5).toFloats());
        }
    }

    @Test
    void missingUnexpectedAndMisshapedWeightsAreToldAtOnce() throws IOException {
        Map<String, Tensor> weights = new LinkedHashMap<>(WEIGHTS.toMap());
        weights.remove("model.layers.1.mlp.up_proj.weight");
        weights.put("model.layers.0.self_attn.q_proj.bias", Rng.of(1).normal(8));
        weights.put("lm_head.weight", Rng.of(1).normal(12, 8));
        mentions(
                refused(huggingFace(CONFIG, weights)),
                "model.safetensors",
                "1 missing",
                "layers.1.mlp.up_proj",
                "1 unexpected",
                "q_proj.bias",
                "1 misshaped",
                "lm_head.weight is [12, 8], the model has [11, 8]");
    }

    @Test
    void aRepeatedTiedHeadAndStoredFrequenciesAreNoError() throws IOException {
        Map<String, Tensor> weights = new LinkedHashMap<>(WEIGHTS.toMap());
        weights.put("model.layers.0.self_attn.rotary_emb.inv_freq", Rng.of(1).normal(2));
        String tied = CONFIG.replace("\"tie_word_embeddings\": false", "\"tie_word_embeddings\": true");
        try (Llm llm = Llm.open(huggingFace(tied, weights))) {
            assertFalse(llm.weights().has("lm_head.weight"));
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"llama\" | \"mamba\" | model_type | mamba",
                "\"hidden_size\": 8 | \"hidden_size\": 8, \"hidden_act\": \"gelu\" | hidden_act | gelu",
                "\"hidden_size\": 8 | \"hidden_size\": 8, \"attention_bias\": true | attention_bias | biases",
                "\"vocab_size\": 11, | '' | vocab_size | missing",
                "\"num_hidden_layers\": 2 | \"num_hidden_layers\": 2147483648 | num_hidden_layers | below 2^31",
                "\"num_hidden_layers\": 2 | \"num_hidden_layers\": 2147483647 | num_hidden_layers | 512",
                "\"num_attention_heads\": 2 | \"num_attention_heads\": 0 | num_attention_heads | outside 1",
                "\"num_attention_heads\": 2 | \"num_attention_heads\": \"2\" | num_attention_heads | whole number",
                "\"num_key_value_heads\": 1 | \"num_key_value_heads\": 3 | num_key_value_heads | outside 1 to 2",
                "\"head_dim\": 4 | \"head_dim\": 3 | head_dim | odd",
                "\"head_dim\": 4 | \"head_dim\": 8 | weights | misshaped",
                "\"rms_norm_eps\": 1e-05 | \"rms_norm_eps\": 1e999 | rms_norm_eps | finite",
                "\"rope_theta\": 100.0 | \"rope_theta\": -1 | rope_theta | base",
                "\"rope_theta\": 100.0 | \"rope_theta\": 100, \"rope_scaling\": {\"type\": \"yarn\"} | rope_scaling |"
                        + " yarn",
                "\"rope_theta\": 100.0 | \"rope_scaling\": {\"rope_type\": \"llama3\", \"factor\": 8} |"
                        + " low_freq_factor | missing",
                "\"eos_token_id\": [2, 3] | \"eos_token_id\": [2, 11] | eos_token_id | outside the vocabulary",
                "\"tie_word_embeddings\": false | \"tie_word_embeddings\": 0 | tie_word_embeddings | true or false"
            })
    void configurationsThatMakeNoSense(String is, String becomes, String key, String why) throws IOException {
        assertTrue(CONFIG.contains(is), is);
        FormatException e = refused(huggingFace(CONFIG.replace(is, becomes), WEIGHTS.toMap()));
        assertEquals(key, e.field());
        mentions(e, why);
    }

    /** {@code generation_config.json} has the last word on what ends a text, so an error is its own. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"[2, 11] | outside the vocabulary", "-1 | outside", "\"</s>\" | whole number"})
    void endTokensOfTheGenerationThatMakeNoSense(String eos, String why) throws IOException {
        Files.writeString(folder.resolve("generation_config.json"), "{\"eos_token_id\": " + eos + "}");
        FormatException e = refused(huggingFace(CONFIG, WEIGHTS.toMap()));
        assertTrue(e.file().endsWith("generation_config.json"), e.file());
        assertEquals("eos_token_id", e.field());
        mentions(e, why);
    }

    /** Quantised weights are read from the file as they are used; the rest of it is gone. */
    @Test
    @EnabledIfSystemProperty(
            named = "einthoven.test.cut",
            matches = "true",
            disabledReason =
                    "HotSpot ends where a vector load that C2 compiled by itself meets a page that is gone (seen once,"
                            + " GroupDecoder.bytes); the other loads are told as one line")
    void aFileThatWasCutShortWhileItWasOpenIsOneClearLine() throws IOException {
        Llama wide = new Llama(new LlmConfig(
                2000,
                64,
                64,
                1,
                1,
                1,
                64,
                1e-5,
                LlamaTest.tiny(false).rotary(),
                50,
                false,
                OptionalInt.empty(),
                new TreeSet<>()));
        huggingFace(
                CONFIG.replace(
                                "\"vocab_size\": 11, \"hidden_size\": 8, \"intermediate_size\": 12",
                                "\"vocab_size\": 2000, \"hidden_size\": 64, \"intermediate_size\": 64")
                        .replace("\"num_hidden_layers\": 2", "\"num_hidden_layers\": 1")
                        .replace("\"num_attention_heads\": 2", "\"num_attention_heads\": 1")
                        .replace("\"head_dim\": 4", "\"head_dim\": 64"),
                wide.init(Rng.of(222)).toMap());
        Path file = folder.resolve("cut.gguf");
        GgufExport.write(folder, file, DType.Q8_0);
        try (Llm llm = Llm.open(file)) {
            Session session = llm.session();
            session.generate(new int[] {1, 1999}, 3, Sampler.greedy());
            try (FileChannel open = FileChannel.open(file, StandardOpenOption.WRITE)) {
                open.truncate(4096);
            }
            List<Executable> all = List.of(
                    () -> llm.embed(1999),
                    () -> llm.logits(1, 1999),
                    () -> llm.generate(new int[] {1, 1999}, 3, Sampler.greedy()),
                    () -> session.generate(new int[] {1, 1999, 1998}, 3, Sampler.greedy()),
                    () -> llm.score(new int[] {1}, 1999, 2));
            for (Executable each : all) {
                TensorException e = assertThrows(TensorException.class, each);
                assertTrue(e.getMessage().contains("became shorter"), e.getMessage());
            }
        }
    }

    @Test
    void rotaryParametersAsNewerFilesHaveThem() throws IOException {
        String config = CONFIG.replace(
                "\"rope_theta\": 100.0",
                "\"rope_parameters\": {\"rope_type\": \"linear\", \"factor\": 4.0, \"rope_theta\": 500.0}");
        try (Llm llm = Llm.open(huggingFace(config, WEIGHTS.toMap()))) {
            assertEquals(500, llm.config().rotary().theta());
            assertEquals(new RopeScaling.Linear(4), llm.config().rotary().scaling());
        }
    }

    @Test
    void theNamesOfPhi() throws IOException {
        String phi = CONFIG.replace("\"llama\"", "\"phi\"").replace("rms_norm_eps", "layer_norm_eps");
        Files.writeString(folder.resolve("config.json"), phi.replace("}", ", \"partial_rotary_factor\": 0.5}"));
        LlmConfig c = HfConfig.read(folder.resolve("config.json"));
        assertEquals(2, c.rotary().turned(c.headDim()));
        Map<String, Tensor> weights = new LinkedHashMap<>();
        new Llama(c)
                .init(Rng.of(222))
                .forEach((name, w) -> weights.put(
                        name.replace("o_proj", "dense")
                                .replace("up_proj", "fc1")
                                .replace("down_proj", "fc2")
                                .replace("model.norm", "model.final_layernorm"),
                        w));
        try (Llm llm = Llm.open(huggingFace(phi, weights))) {
            assertEquals(Architecture.PHI, llm.config().architecture());
            assertTrue(llm.weights().has("lm_head.bias"));
        }
        mentions(refused(huggingFace(phi.replace("1e-05", "-1"), weights)), "layer_norm_eps");
    }

    @Test
    void foldersThatAreNoModel() throws IOException {
        mentions(refused(folder), "config.json", ".gguf");
        mentions(refused(folder.resolve("absent")), "does not exist");
        Files.writeString(folder.resolve("config.json"), CONFIG);
        mentions(refused(folder), "no *.safetensors");
        Files.writeString(folder.resolve("config.json"), "[]");
        SafetensorsWriter.write(folder.resolve("model.safetensors"), WEIGHTS.toMap(), Map.of());
        mentions(refused(folder), "config", "object");
        Files.delete(folder.resolve("config.json"));
        mentions(refused(folder.resolve("model.safetensors")), "config.json", "not beside this file");
    }

    @Test
    void aTokenizerThatIsBrokenHindersTextOnly() throws IOException {
        Files.writeString(folder.resolve("tokenizer.json"), "{\"model\": {\"type\": \"Unheard\"}}");
        try (Llm llm = Llm.open(huggingFace(CONFIG, WEIGHTS.toMap()))) {
            assertEquals(1, llm.generate(new int[] {1}, 3, Sampler.greedy()).prompt());
            mentions(assertThrows(FormatException.class, llm::tokenizer), "tokenizer.json");
        }
    }

    @Test
    void gguf() throws IOException {
        Path file = GgufBytes.of(LlamaTest.tiny(false), WEIGHTS).write(folder.resolve("named-without-its-kind"));
        try (Llm llm = Llm.open(file)) {
            assertEquals(WEIGHTS.paths(), llm.weights().paths());
            assertTrue(llm.config().rotary().interleaved());
            assertEquals(4, llm.config().headDim());
            assertFalse(llm.config().tiedHead());
            assertTrue(llm.tokenizer().isEmpty());
        }
    }

    @ParameterizedTest
    @CsvSource({
        "general.architecture, mamba, mamba",
        "llama.rope.scaling.type, yarn, yarn",
        "llama.block_count, 600, 512",
        "llama.block_count, -2147483648, 2147483648",
        "llama.attention.head_count, 0, outside 1",
        "llama.attention.head_count_kv, 3, 3",
        "llama.attention.key_length, 5, odd",
        "llama.rope.dimension_count, 2, differs",
        "llama.context_length, 0, outside 1",
        "tokenizer.ggml.eos_token_id, 11, outside the vocabulary",
        "llama.embedding_length, , missing"
    })
    void ggufMetadataThatMakesNoSense(String key, String value, String why) throws IOException {
        Object v = value != null && value.matches("-?\\d+") ? Integer.valueOf(value) : value;
        Path file = GgufBytes.of(LlamaTest.tiny(false), WEIGHTS).with(key, v).write(folder.resolve("x.gguf"));
        FormatException e = refused(file);
        assertEquals(key, e.field());
        mentions(e, why);
    }

    @Test
    void ggufVocabulariesThatDoNotFit() throws IOException {
        GgufBytes good = GgufBytes.of(LlamaTest.tiny(false), WEIGHTS);
        Path file = folder.resolve("x.gguf");
        mentions(refused(good.with("llama.rope.freq_base", Float.NaN).write(file)), "llama.rope.freq_base", "NaN");
        good.with("llama.rope.freq_base", 100f);
        mentions(
                refused(good.with("tokenizer.ggml.tokens", new int[11]).write(file)),
                "tokenizer.ggml.tokens",
                "STRING");
        String[] twelve = "a b c d e f g h i j k l".split(" ");
        mentions(refused(good.with("tokenizer.ggml.tokens", twelve).write(file)), "llama.vocab_size", "12 tokens");
        mentions(
                refused(good.with("llama.vocab_size", null).write(file)),
                "token_embd.weight is [11, 8], the model has [12, 8]");
    }

    private static final String GEMMA3 = """
        {"model_type": "gemma3", "eos_token_id": [1, 6], "vision_config": {}, "text_config": {"model_type": "gemma3_text",
         "vocab_size": 11, "hidden_size": 8, "intermediate_size": 12, "num_hidden_layers": 2, "num_attention_heads": 2,
         "num_key_value_heads": 1, "head_dim": 4, "query_pre_attn_scalar": 16, "sliding_window": 3,
         "rope_scaling": {"rope_type": "linear", "factor": 8.0}}}
        """;

    /** Of a model that reads images too only the text model is taken, in either order of its names. */
    @ParameterizedTest
    @ValueSource(strings = {"language_model.model.", "model.language_model."})
    void gemma3WithImages(String prefix) throws IOException {
        Files.writeString(folder.resolve("config.json"), GEMMA3);
        LlmConfig c = HfConfig.read(folder.resolve("config.json"));
        assertEquals(Set.of(1, 6), c.eos());
        assertEquals(0.25, c.architecture().queryScale().getAsDouble());
        assertEquals(Set.of(0, 1), c.architecture().window().get().layers());
        assertEquals(10_000, c.rotary(0).theta());
        assertEquals(new RopeScaling.Linear(8), c.rotary().scaling());
        assertEquals(1_000_000, c.rotary().theta());
        Map<String, Tensor> weights = new LinkedHashMap<>();
        weights.put("vision_tower.x.weight", Rng.of(1).normal(3));
        new Llama(c).init(Rng.of(222)).forEach((name, w) -> weights.put(name.replaceFirst("^model\\.", prefix), w));
        try (Llm llm = Llm.open(huggingFace(GEMMA3, weights))) {
            assertEquals(11, llm.logits(1, 5).size());
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"head_dim\": 4 | \"head_dim\": 4, \"attention_bias\": true | attention_bias | biases",
                "\"head_dim\": 4 | \"head_dim\": 4, \"hidden_activation\": \"relu\" | hidden_activation | relu",
                "\"query_pre_attn_scalar\": 16 | \"query_pre_attn_scalar\": 0 | query_pre_attn_scalar | more than 0",
                "\"sliding_window\": 3 | \"sliding_window\": 0 | sliding_window | window of 0",
                "\"sliding_window\": 3 | \"sliding_window_pattern\": 0 | sliding_window_pattern | 1 or more",
                "\"sliding_window\": 3 | \"layer_types\": [\"full_attention\"] | layer_types | list of 2",
                "\"sliding_window\": 3 | \"layer_types\": [\"full_attention\", 3] | layer_types | [1] is 3",
                "\"sliding_window\": 3 | \"final_logit_softcapping\": -1 | final_logit_softcapping | positive",
                "\"sliding_window\": 3 | \"rope_local_base_freq\": 0 | rope_local_base_freq | base",
                "\"num_hidden_layers\": 2 | \"num_hidden_layers\": 2147483647 | num_hidden_layers | 512",
                "\"text_config\" | \"text\" | text_config | missing"
            })
    void configurationsOfGemmaThatMakeNoSense(String is, String becomes, String key, String why) throws IOException {
        assertTrue(GEMMA3.contains(is), is);
        FormatException e = refused(huggingFace(GEMMA3.replace(is, becomes), WEIGHTS.toMap()));
        assertEquals(key, e.field());
        mentions(e, why);
    }

    @Test
    void publishedConfigurationsOfGemma() {
        assertEquals(Architecture.gemma(2048), published("gemma-2b").architecture());
        LlmConfig two = published("gemma-2-9b");
        assertEquals(50, two.architecture().attentionCap().getAsDouble());
        assertEquals(1.0 / 16, two.architecture().queryScale().getAsDouble());
        assertTrue(two.tiedHead() && two.slides(0) && !two.slides(1) && two.slides(40), two.toString());
        LlmConfig three = published("gemma-3-1b");
        assertEquals(512, three.architecture().window().get().tokens());
        assertEquals(22, three.architecture().window().get().layers().size());
        assertTrue(three.architecture().logitCap().isEmpty() && !three.slides(5), three.toString());
        assertEquals(10_000, three.rotary(0).theta());
    }

    private static LlmConfig published(String name) {
        Path file = Path.of(System.getProperty("einthoven.data", "../../shared/data"), "configs", name + ".json");
        assumeTrue(Files.exists(file), "no data at " + file + "; name the folder by -Deinthoven.data");
        return HfConfig.read(file);
    }

    @ParameterizedTest
    @ValueSource(strings = {"llama-3.1-8b", "llama-3.2-1b", "llama-3.2-3b"})
    void publishedConfigurations(String name) {
        LlmConfig c = published(name);
        assertTrue(c.rotary().scaling() instanceof RopeScaling.Llama3, c.toString());
        assertEquals(128_256, c.vocabulary());
        assertEquals(8, c.keyValueHeads());
        assertEquals(!name.contains("8b"), c.tiedHead());
    }
}
