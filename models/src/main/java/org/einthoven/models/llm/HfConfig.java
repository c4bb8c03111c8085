package org.einthoven.models.llm;

import java.nio.file.Path;
import java.util.Map;
import java.util.OptionalInt;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.einthoven.models.io.StrictJson;
import org.einthoven.tensor.FormatException;
import org.einthoven.tensor.TensorException;
import tools.jackson.databind.JsonNode;

/** Reads the {@code config.json} of a Hugging Face model. Values that are left out have that library's defaults. */
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
            Map.entry("maxPositions", "max_position_embeddings"),
            Map.entry("bos", "bos_token_id"),
            Map.entry("eos", "eos_token_id"));

    private final String file;
    private final JsonNode root;

    private HfConfig(String file, JsonNode root) {
        this.file = file;
        this.root = root;
    }

    /** @throws FormatException naming the key whose value is missing, senseless or of an architecture that we do not have */
    public static LlmConfig read(Path file) {
        return read(file.toString(), StrictJson.tree(file, "config"));
    }

    /** As {@link #read(Path)}, of a configuration that stands in another file, which {@code file} names in errors. */
    public static LlmConfig read(String file, JsonNode root) {
        HfConfig c = new HfConfig(file, root);
        if (!root.isObject()) {
            throw c.bad("config", "must be a JSON object");
        }
        return c.llama();
    }

    private LlmConfig llama() {
        require("model_type", "llama", "models of the type");
        require("hidden_act", "silu", "LLaMA models with the activation");
        without("attention_bias");
        without("mlp_bias");
        int width = integer(root, "hidden_size");
        int heads = integer(root, "num_attention_heads");
        try {
            return new LlmConfig(
                    integer(root, "vocab_size"),
                    width,
                    integer(root, "intermediate_size"),
                    integer(root, "num_hidden_layers"),
                    heads,
                    present(root, "num_key_value_heads") ? integer(root, "num_key_value_heads") : heads,
                    headDim(width, heads),
                    number(root, "rms_norm_eps", 1e-6),
                    rotary(),
                    present(root, "max_position_embeddings") ? integer(root, "max_position_embeddings") : 2048,
                    flag("tie_word_embeddings"),
                    bos(),
                    eos());
        } catch (LlmConfig.Invalid e) {
            throw bad(KEYS.get(e.component()), e.problem());
        }
    }

    private int headDim(int width, int heads) {
        if (present(root, "head_dim")) {
            return integer(root, "head_dim");
        }
        if (heads < 1 || width % heads != 0) {
            throw bad(
                    "num_attention_heads",
                    heads + " heads do not divide hidden_size " + width + ", and there is no head_dim");
        }
        return width / heads;
    }

    /** {@code rope_theta} and {@code rope_scaling}, or both in {@code rope_parameters} as transformers 5 writes them. */
    private LlmConfig.Rotary rotary() {
        if (present(root, "rope_parameters")) {
            JsonNode r = root.get("rope_parameters");
            return new LlmConfig.Rotary(number(r, "rope_theta", 10_000), scaling("rope_parameters", r), false);
        }
        RopeScaling scaling = present(root, "rope_scaling")
                ? scaling("rope_scaling", root.get("rope_scaling"))
                : new RopeScaling.None();
        return new LlmConfig.Rotary(number(root, "rope_theta", 10_000), scaling, false);
    }

    private RopeScaling scaling(String key, JsonNode r) {
        String type = present(r, "rope_type") ? text(r, "rope_type") : text(r, "type");
        Supplier<RopeScaling> read =
                switch (type) {
                    case "default" -> RopeScaling.None::new;
                    case "linear" -> () -> new RopeScaling.Linear(number(r, "factor"));
                    case "llama3" ->
                        () -> new RopeScaling.Llama3(
                                number(r, "factor"),
                                number(r, "low_freq_factor"),
                                number(r, "high_freq_factor"),
                                number(r, "original_max_position_embeddings"));
                    default ->
                        throw bad(
                                key,
                                "rotary scaling \"" + type + "\" is not supported; default, linear and llama3 are");
                };
        try {
            return read.get();
        } catch (TensorException e) {
            throw bad(key, e.getMessage());
        }
    }

    private OptionalInt bos() {
        return present(root, "bos_token_id") ? OptionalInt.of(integer(root, "bos_token_id")) : OptionalInt.empty();
    }

    /** One id, or a list as in Llama 3.1. */
    private SortedSet<Integer> eos() {
        SortedSet<Integer> ids = new TreeSet<>();
        JsonNode e = root.get("eos_token_id");
        if (e != null && e.isArray()) {
            e.forEach(id -> ids.add(integer("eos_token_id", id)));
        } else if (present(root, "eos_token_id")) {
            ids.add(integer(root, "eos_token_id"));
        }
        return ids;
    }

    private void require(String key, String value, String what) {
        String got = present(root, key) ? text(root, key) : key.equals("hidden_act") ? value : "(none)";
        if (!got.equals(value)) {
            throw bad(key, what + " \"" + got + "\" are not supported; \"" + value + "\" is");
        }
    }

    private void without(String key) {
        if (flag(key)) {
            throw bad(key, "LLaMA models with biases are not supported");
        }
    }

    private static boolean present(JsonNode node, String key) {
        return node.has(key) && !node.get(key).isNull();
    }

    private boolean flag(String key) {
        if (!present(root, key)) {
            return false;
        }
        JsonNode x = root.get(key);
        if (!x.isBoolean()) {
            throw bad(key, "must be true or false, not " + x);
        }
        return x.booleanValue();
    }

    private String text(JsonNode node, String key) {
        JsonNode x = node.get(key);
        if (x == null || !x.isString()) {
            throw bad(key, x == null ? "is missing" : "must be a string, not " + x);
        }
        return x.stringValue();
    }

    private int integer(JsonNode node, String key) {
        JsonNode x = node.get(key);
        if (x == null) {
            throw bad(key, "is missing");
        }
        return integer(key, x);
    }

    private int integer(String key, JsonNode x) {
        if (!x.isIntegralNumber() || !x.canConvertToInt()) {
            throw bad(key, "must be a whole number below 2^31, not " + x);
        }
        return x.intValue();
    }

    private double number(JsonNode node, String key, double otherwise) {
        return present(node, key) ? number(node, key) : otherwise;
    }

    private double number(JsonNode node, String key) {
        JsonNode x = node.get(key);
        if (x == null || !x.isNumber() || !Double.isFinite(x.doubleValue())) {
            throw bad(key, x == null ? "is missing" : "must be a finite number, not " + x);
        }
        return x.doubleValue();
    }

    private FormatException bad(String key, String problem) {
        return new FormatException(file, FormatException.WHOLE_FILE, key, problem);
    }
}
