package org.einthoven.models.llm;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.SortedSet;
import java.util.TreeSet;
import org.einthoven.models.io.GgufKeys;
import org.einthoven.models.io.NameMap;
import org.einthoven.models.io.StrictJson;
import org.einthoven.models.io.WeightFile;
import org.einthoven.models.llm.Architecture.SlidingWindow;
import org.einthoven.tensor.FormatException;
import tools.jackson.databind.JsonNode;

/**
 * Reads the {@code config.json} of a Hugging Face model, and maps its tensor names to ours. Values that are left out have that
 * library's defaults.
 */
public final class HfConfig {
    /** Where each component of {@link LlmConfig} comes from, for errors. */
    private static final Map<String, String> KEYS = Map.ofEntries(
            Map.entry("vocabulary", "vocab_size"),
            Map.entry("width", "hidden_size"),
            Map.entry("intermediate", "intermediate_size"),
            Map.entry("layers", "num_hidden_layers"),
            Map.entry("heads", "num_attention_heads"),
            Map.entry("keyValueHeads", "num_key_value_heads"),
            Map.entry("headDim", "head_dim"),
            Map.entry("normEps", "rms_norm_eps"),
            Map.entry("theta", "rope_theta"),
            Map.entry("scaling", "rope_scaling"),
            Map.entry("share", "partial_rotary_factor"),
            Map.entry("maxPositions", "max_position_embeddings"),
            Map.entry("bos", "bos_token_id"),
            Map.entry("eos", "eos_token_id"),
            Map.entry("queryScale", "query_pre_attn_scalar"),
            Map.entry("attentionCap", "attn_logit_softcapping"),
            Map.entry("logitCap", "final_logit_softcapping"),
            Map.entry("window", "sliding_window"),
            Map.entry("windowTheta", "rope_local_base_freq"));

    private final JsonFields root;
    /** What describes the text model: all of the file, or a part of it where the model reads images too. */
    private final JsonFields text;

    private final String family;

    /** What {@code generation_config.json} says, where there is one. */
    private final Optional<JsonFields> generation;

    private HfConfig(JsonFields root, Optional<JsonFields> generation) {
        this.root = root;
        this.generation = generation;
        this.family = root.text("model_type", "(none)");
        this.text = family.equals("gemma3") ? root.object("text_config") : root;
    }

    /** @throws FormatException when the file is no JSON object */
    static HfConfig open(Path file) {
        Path generation = file.resolveSibling("generation_config.json");
        return new HfConfig(
                fields(file), Files.isRegularFile(generation) ? Optional.of(fields(generation)) : Optional.empty());
    }

    private static JsonFields fields(Path file) {
        return object(file.toString(), StrictJson.tree(file, "config"));
    }

    /** The {@code config.json} of a folder that weights come from. */
    static HfConfig beside(WeightFile weights, Path folder) {
        Path config = folder.resolve("config.json");
        if (!Files.isRegularFile(config)) {
            throw new FormatException(
                    weights.path().toString(),
                    FormatException.WHOLE_FILE,
                    "config.json",
                    "is not beside this file; it says what the weights are");
        }
        return open(config);
    }

    private static JsonFields object(String file, JsonNode node) {
        JsonFields root = new JsonFields(file, node);
        if (!node.isObject()) {
            throw root.bad("config", "must be a JSON object");
        }
        return root;
    }

    /** @throws FormatException naming the key whose value is missing, senseless or of an architecture that we do not have */
    public static LlmConfig read(Path file) {
        return open(file).config();
    }

    /** As {@link #read(Path)}, of a configuration that stands in another file, which {@code file} names in errors. */
    public static LlmConfig read(String file, JsonNode root) {
        return new HfConfig(object(file, root), Optional.empty()).config();
    }

    LlmConfig config() {
        try {
            return switch (family) {
                case "llama" -> llama();
                case "gemma" -> gemma();
                case "gemma2" -> gemma2();
                case "gemma3", "gemma3_text" -> gemma3();
                case "phi" -> phi();
                default ->
                    throw root.bad(
                            "model_type",
                            "models of the type \"" + family
                                    + "\" are not supported; llama, gemma, gemma2, gemma3, gemma3_text and phi are");
            };
        } catch (LlmConfig.Invalid e) {
            throw bad(e);
        }
    }

    private FormatException bad(LlmConfig.Invalid e) {
        if (e.component().equals("eos")
                && generation.isPresent()
                && generation.get().has("eos_token_id")) {
            return generation.get().bad("eos_token_id", e.problem());
        }
        boolean layerNorm = family.equals("phi") && e.component().equals("normEps");
        return text.bad(layerNorm ? "layer_norm_eps" : KEYS.getOrDefault(e.component(), e.component()), e.problem());
    }

    /** Whether this is of the family whose queries and keys GGUF files hold in another order. */
    boolean isLlama() {
        return family.equals("llama");
    }

    /** The metadata of a GGUF file of this model. */
    GgufKeys describe(String name) {
        String architecture =
                switch (family) {
                    case "gemma3_text" -> "gemma3";
                    case "phi" -> "phi2";
                    default -> family;
                };
        try {
            return GgufDescription.of(architecture, name, config());
        } catch (LlmConfig.Invalid e) {
            throw bad(e);
        }
    }

    /** From the names of a checkpoint to those of {@link LlmConfig#shapes}. */
    NameMap names() {
        // Old checkpoints hold the rotary frequencies too.
        NameMap names = NameMap.identity().ignore("model\\.layers\\.\\d+\\.self_attn\\.rotary_emb\\.inv_freq");
        return switch (family) {
            case "gemma3" ->
                names.ignore("(model\\.)?(vision_tower|multi_modal_projector)\\..*")
                        .rename("^language_model\\.model\\.", "model.")
                        .rename("^model\\.language_model\\.", "model.")
                        .ignore("(language_model\\.)?lm_head\\.weight");
            case "phi" ->
                names.rename("\\.self_attn\\.dense\\.", ".self_attn.o_proj.")
                        .rename("\\.mlp\\.fc1\\.", ".mlp.up_proj.")
                        .rename("\\.mlp\\.fc2\\.", ".mlp.down_proj.")
                        .rename("^model\\.final_layernorm\\.", "model.norm.");
            // Some checkpoints with a tied head repeat it.
            default -> tied(family.startsWith("gemma")) ? names.ignore("lm_head\\.weight") : names;
        };
    }

    // ---------------------------------------------------------------- families

    private LlmConfig llama() {
        activation("hidden_act", "silu", "silu");
        without("attention_bias", "biases");
        without("mlp_bias", "biases");
        int heads = text.integer("num_attention_heads");
        return config(
                text.integer("vocab_size"),
                heads,
                text.integer("num_key_value_heads", heads),
                headDim(heads),
                text.number("rms_norm_eps", 1e-6),
                HfRotary.read(text, 10_000),
                text.integer("max_position_embeddings", 2048),
                tied(false),
                Architecture.LLAMA);
    }

    private LlmConfig gemma() {
        // The older key hidden_act says "gelu" for what is computed by the tanh formula.
        activation("hidden_activation", "gelu_pytorch_tanh", "gelu_pytorch_tanh");
        without("attention_bias", "biases");
        int heads = text.integer("num_attention_heads");
        return config(
                text.integer("vocab_size"),
                heads,
                text.integer("num_key_value_heads", heads),
                text.integer("head_dim", 256),
                text.number("rms_norm_eps", 1e-6),
                HfRotary.read(text, 10_000),
                text.integer("max_position_embeddings", 8192),
                tied(true),
                Architecture.gemma(text.integer("hidden_size")));
    }

    private LlmConfig gemma2() {
        activation("hidden_activation", "gelu_pytorch_tanh", "gelu_pytorch_tanh");
        without("attention_bias", "biases");
        LlmConfig.Rotary rotary = HfRotary.read(text, 10_000);
        return config(
                text.integer("vocab_size"),
                text.integer("num_attention_heads"),
                text.integer("num_key_value_heads", 4),
                text.integer("head_dim", 256),
                text.number("rms_norm_eps", 1e-6),
                rotary,
                text.integer("max_position_embeddings", 8192),
                tied(true),
                Architecture.gemma2(
                        text.integer("hidden_size"),
                        queryScale(),
                        cap("attn_logit_softcapping", OptionalDouble.of(50)),
                        cap("final_logit_softcapping", OptionalDouble.of(30)),
                        Optional.of(window(2, rotary))));
    }

    private LlmConfig gemma3() {
        activation("hidden_activation", "gelu_pytorch_tanh", "gelu_pytorch_tanh");
        without("attention_bias", "biases");
        without("use_bidirectional_attention", "attention to later tokens");
        return config(
                text.integer("vocab_size", 262_208),
                text.integer("num_attention_heads", 8),
                text.integer("num_key_value_heads", 4),
                text.integer("head_dim", 256),
                text.number("rms_norm_eps", 1e-6),
                HfRotary.read(text, 1_000_000),
                text.integer("max_position_embeddings", 131_072),
                tied(true),
                Architecture.gemma3(
                        text.integer("hidden_size"),
                        queryScale(),
                        cap("attn_logit_softcapping", OptionalDouble.empty()),
                        cap("final_logit_softcapping", OptionalDouble.empty()),
                        Optional.of(window(text.integer("sliding_window_pattern", 6), HfRotary.ofWindow(text)))));
    }

    private LlmConfig phi() {
        activation("hidden_act", "gelu_new", "gelu_new");
        without("qk_layernorm", "normalised queries and keys");
        int heads = text.integer("num_attention_heads");
        return config(
                text.integer("vocab_size"),
                heads,
                text.integer("num_key_value_heads", heads),
                headDim(heads),
                text.number("layer_norm_eps", 1e-5),
                HfRotary.read(text, 10_000),
                text.integer("max_position_embeddings", 2048),
                tied(false),
                Architecture.PHI);
    }

    private LlmConfig config(
            int vocabulary,
            int heads,
            int keyValueHeads,
            int headDim,
            double normEps,
            LlmConfig.Rotary rotary,
            int maxPositions,
            boolean tiedHead,
            Architecture architecture) {
        return new LlmConfig(
                vocabulary,
                text.integer("hidden_size"),
                text.integer("intermediate_size"),
                text.integer("num_hidden_layers"),
                heads,
                keyValueHeads,
                headDim,
                normEps,
                rotary,
                maxPositions,
                tiedHead,
                bos(),
                eos(),
                architecture);
    }

    // ---------------------------------------------------------------- attention

    private int headDim(int heads) {
        if (text.has("head_dim")) {
            return text.integer("head_dim");
        }
        int width = text.integer("hidden_size");
        if (heads < 1 || width % heads != 0) {
            throw text.bad(
                    "num_attention_heads",
                    heads + " heads do not divide hidden_size " + width + ", and there is no head_dim");
        }
        return width / heads;
    }

    private double queryScale() {
        double square = text.number("query_pre_attn_scalar", 256);
        if (!(square > 0)) {
            throw text.bad("query_pre_attn_scalar", square + " must be more than 0");
        }
        return 1 / Math.sqrt(square);
    }

    /** A key that is left out stands for the default, and one of null for no cap. */
    private OptionalDouble cap(String key, OptionalDouble otherwise) {
        if (!text.node().has(key)) {
            return otherwise;
        }
        return text.has(key) ? OptionalDouble.of(text.number(key)) : OptionalDouble.empty();
    }

    /** {@code layer_types} as newer files have them, else all blocks but each {@code period}-th. */
    private SlidingWindow window(int period, LlmConfig.Rotary rotary) {
        int tokens = text.integer("sliding_window", 4096);
        int layers = text.integer("num_hidden_layers");
        if (!text.has("layer_types")) {
            if (period < 1) {
                throw text.bad("sliding_window_pattern", period + " must be 1 or more");
            }
            return SlidingWindow.allButEach(period, layers, tokens, rotary);
        }
        JsonNode types = text.node().get("layer_types");
        if (!types.isArray() || types.size() != layers) {
            throw text.bad("layer_types", "must be a list of " + layers + ", one for each hidden layer");
        }
        SortedSet<Integer> sliding = new TreeSet<>();
        for (int l = 0; l < types.size(); l++) {
            switch (types.get(l).asString("")) {
                case "sliding_attention" -> sliding.add(l);
                case "full_attention" -> {}
                default ->
                    throw text.bad(
                            "layer_types",
                            "[" + l + "] is " + types.get(l) + "; sliding_attention and full_attention are supported");
            }
        }
        return new SlidingWindow(tokens, sliding, rotary);
    }

    // ---------------------------------------------------------------- tokens and plain keys

    /** Where a model reads images too, these may stand outside the text model's part. */
    private JsonFields having(String key) {
        return text.has(key) ? text : root;
    }

    private OptionalInt bos() {
        JsonFields f = having("bos_token_id");
        return f.has("bos_token_id") ? OptionalInt.of(f.integer("bos_token_id")) : OptionalInt.empty();
    }

    /** One id, or a list as in Llama 3.1; {@code generation_config.json} knows better than the model's configuration. */
    private SortedSet<Integer> eos() {
        SortedSet<Integer> ids = new TreeSet<>();
        JsonFields f = generation.filter(g -> g.has("eos_token_id")).orElseGet(() -> having("eos_token_id"));
        JsonNode e = f.node().get("eos_token_id");
        if (e != null && e.isArray()) {
            e.forEach(id -> ids.add(f.integer("eos_token_id", id)));
        } else if (f.has("eos_token_id")) {
            ids.add(f.integer("eos_token_id"));
        }
        return ids;
    }

    private boolean tied(boolean otherwise) {
        return having("tie_word_embeddings").flag("tie_word_embeddings", otherwise);
    }

    private void activation(String key, String value, String otherwise) {
        String got = text.text(key, otherwise);
        if (!got.equals(value)) {
            throw text.bad(
                    key,
                    family + " models with the activation \"" + got + "\" are not supported; \"" + value + "\" is");
        }
    }

    private void without(String key, String what) {
        if (text.flag(key, false)) {
            throw text.bad(key, family + " models with " + what + " are not supported");
        }
    }
}
