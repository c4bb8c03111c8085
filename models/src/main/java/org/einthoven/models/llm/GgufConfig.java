package org.einthoven.models.llm;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.SortedSet;
import java.util.TreeSet;
import org.einthoven.models.io.GgufArray;
import org.einthoven.models.io.GgufFile;
import org.einthoven.models.io.GgufMetadata;
import org.einthoven.models.io.GgufValueType;
import org.einthoven.models.io.NameMap;
import org.einthoven.tensor.TensorException;

/** Reads the metadata of a GGUF file (github.com/ggml-org/ggml, docs/gguf.md) and maps its tensor names to ours. */
final class GgufConfig {
    private static final String ARCHITECTURE = "general.architecture";
    private static final String TOKENS = "tokenizer.ggml.tokens";
    private static final String BOS = "tokenizer.ggml.bos_token_id";
    private static final List<String> EOS =
            List.of("tokenizer.ggml.eos_token_id", "tokenizer.ggml.eot_token_id", "tokenizer.ggml.eom_token_id");
    private static final String FREQUENCY_DIVISORS = "rope_freqs.weight";

    /** Where each component of {@link LlmConfig} comes from, for errors; below the architecture's name unless it has a root. */
    private static final Map<String, String> KEYS = Map.ofEntries(
            Map.entry("vocabulary", "vocab_size"),
            Map.entry("width", "embedding_length"),
            Map.entry("intermediate", "feed_forward_length"),
            Map.entry("layers", "block_count"),
            Map.entry("heads", "attention.head_count"),
            Map.entry("keyValueHeads", "attention.head_count_kv"),
            Map.entry("headDim", "attention.key_length"),
            Map.entry("normEps", "attention.layer_norm_rms_epsilon"),
            Map.entry("theta", "rope.freq_base"),
            Map.entry("scaling", "rope.scaling.type"),
            Map.entry("maxPositions", "context_length"),
            Map.entry("bos", BOS),
            Map.entry("eos", EOS.getFirst()));

    private final GgufFile file;
    private final GgufMetadata keys;
    private final String prefix;

    private GgufConfig(GgufFile file, String architecture) {
        this.file = file;
        this.keys = file.keys();
        this.prefix = architecture + ".";
    }

    /** @throws org.einthoven.tensor.FormatException naming the key whose value is missing, senseless or not supported */
    static LlmConfig read(GgufFile file) {
        String architecture = file.keys().string(ARCHITECTURE);
        if (!architecture.equals("llama")) {
            throw file.keys()
                    .bad(
                            ARCHITECTURE,
                            "models of the architecture \"" + architecture + "\" are not supported; \"llama\" is");
        }
        return new GgufConfig(file, architecture).llama();
    }

    private LlmConfig llama() {
        int width = integer("width");
        int heads = integer("heads");
        try {
            return new LlmConfig(
                    vocabulary(),
                    width,
                    integer("intermediate"),
                    integer("layers"),
                    heads,
                    keys.integer(key("keyValueHeads"), 1, heads),
                    headDim(width, heads),
                    keys.number(key("normEps")),
                    // Converters permute the rows of queries and keys to interleaved pairs; they are used as they lie.
                    new LlmConfig.Rotary(keys.number(key("theta"), 10_000), scaling(), true),
                    integer("maxPositions"),
                    !file.has("output.weight"),
                    token(BOS),
                    eos());
        } catch (LlmConfig.Invalid e) {
            throw keys.bad(key(e.component()), e.problem());
        }
    }

    /** {@code vocab_size} where it is said, and the length of the token list where there is one; they must agree. */
    private int vocabulary() {
        int said = keys.integer(key("vocabulary"), 1, 0);
        if (!keys.has(TOKENS)) {
            return said > 0 ? said : integer("vocabulary");
        }
        GgufArray tokens = keys.array(TOKENS);
        if (tokens.elementType() != GgufValueType.STRING) {
            throw keys.bad(TOKENS, "is a list of " + tokens.elementType() + "; the vocabulary is a list of STRING");
        }
        if (said > 0 && said != tokens.length()) {
            throw keys.bad(
                    key("vocabulary"), said + " differs from the " + tokens.length() + " tokens of the vocabulary");
        }
        return tokens.length();
    }

    private int headDim(int width, int heads) {
        String key = key("headDim");
        if (!keys.has(key) && width % heads != 0) {
            throw keys.bad(
                    key("heads"), heads + " heads do not divide the width " + width + ", and there is no " + key);
        }
        int e = keys.integer(key, 1, width / heads);
        for (String other : List.of("attention.value_length", "rope.dimension_count")) {
            int o = keys.integer(prefix + other, 1, e);
            if (o != e) {
                throw keys.bad(prefix + other, o + " differs from the head width of " + e + "; that is not supported");
            }
        }
        return e;
    }

    private RopeScaling scaling() {
        String type = keys.string(key("scaling"), "none");
        try {
            if (file.has(FREQUENCY_DIVISORS)) {
                List<Double> each = new ArrayList<>();
                for (double d : file.tensor(FREQUENCY_DIVISORS).toDoubles()) {
                    each.add(d);
                }
                return new RopeScaling.Divisors(each);
            }
            return switch (type) {
                case "none" -> new RopeScaling.None();
                case "linear" -> new RopeScaling.Linear(keys.number(prefix + "rope.scaling.factor"));
                default ->
                    throw keys.bad(
                            key("scaling"), "rotary scaling \"" + type + "\" is not supported; none and linear are");
            };
        } catch (TensorException e) {
            throw keys.bad(key("scaling"), e.getMessage());
        }
    }

    private OptionalInt token(String key) {
        return keys.has(key) ? OptionalInt.of(keys.integer(key, 0)) : OptionalInt.empty();
    }

    /** End of text, and end of turn or message where the file has them. */
    private SortedSet<Integer> eos() {
        SortedSet<Integer> ids = new TreeSet<>();
        EOS.forEach(key -> token(key).ifPresent(ids::add));
        return ids;
    }

    private int integer(String component) {
        return keys.integer(key(component), 1);
    }

    private String key(String component) {
        String key = KEYS.get(component);
        return key.startsWith("tokenizer.") ? key : prefix + key;
    }

    /** From GGUF's tensor names to those of Hugging Face. */
    static NameMap names() {
        return NameMap.identity()
                .ignore(FREQUENCY_DIVISORS.replace(".", "\\.")) // no weight, but part of the configuration
                .rename("^token_embd\\.", "model.embed_tokens.")
                .rename("^output_norm\\.", "model.norm.")
                .rename("^output\\.", "lm_head.")
                .rename("^blk\\.(\\d+)\\.", "model.layers.$1.")
                .rename("\\.attn_norm\\.", ".input_layernorm.")
                .rename("\\.attn_q\\.", ".self_attn.q_proj.")
                .rename("\\.attn_k\\.", ".self_attn.k_proj.")
                .rename("\\.attn_v\\.", ".self_attn.v_proj.")
                .rename("\\.attn_output\\.", ".self_attn.o_proj.")
                .rename("\\.ffn_norm\\.", ".post_attention_layernorm.")
                .rename("\\.ffn_gate\\.", ".mlp.gate_proj.")
                .rename("\\.ffn_up\\.", ".mlp.up_proj.")
                .rename("\\.ffn_down\\.", ".mlp.down_proj.");
    }
}
