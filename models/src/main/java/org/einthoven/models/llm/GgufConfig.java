package org.einthoven.models.llm;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.SortedSet;
import java.util.TreeSet;
import org.einthoven.models.io.GgufArray;
import org.einthoven.models.io.GgufFile;
import org.einthoven.models.io.GgufMetadata;
import org.einthoven.models.io.GgufValueType;
import org.einthoven.models.llm.Architecture.Norm;
import org.einthoven.models.llm.Architecture.SlidingWindow;
import org.einthoven.tensor.TensorException;

/** Reads the metadata of a GGUF file (github.com/ggml-org/ggml, docs/gguf.md). */
final class GgufConfig {
    private static final String ARCHITECTURE = "general.architecture";
    private static final List<String> ARCHITECTURES = List.of("llama", "gemma", "gemma2", "gemma3", "phi2");
    private static final String TOKENS = "tokenizer.ggml.tokens";
    private static final String BOS = "tokenizer.ggml.bos_token_id";
    private static final List<String> EOS =
            List.of("tokenizer.ggml.eos_token_id", "tokenizer.ggml.eot_token_id", "tokenizer.ggml.eom_token_id");
    static final String WINDOW_PATTERN = "attention.sliding_window_pattern";

    private static final int LAYERS_OF_GEMMA2_27B = 46;
    private static final int LAYERS_OF_GEMMA3_27B = 62;

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
            Map.entry("share", "rope.dimension_count"),
            Map.entry("maxPositions", "context_length"),
            Map.entry("bos", BOS),
            Map.entry("eos", EOS.getFirst()),
            Map.entry("attentionCap", "attn_logit_softcapping"),
            Map.entry("logitCap", "final_logit_softcapping"),
            Map.entry("window", "attention.sliding_window"),
            Map.entry("windowTheta", "rope.freq_base_swa"));

    private final GgufFile file;
    private final GgufMetadata keys;
    private final String architecture;
    private final String prefix;

    private GgufConfig(GgufFile file) {
        this.file = file;
        this.keys = file.keys();
        this.architecture = keys.string(ARCHITECTURE);
        this.prefix = architecture + ".";
    }

    /** @throws org.einthoven.tensor.FormatException naming the key whose value is missing, senseless or not supported */
    static LlmConfig read(GgufFile file) {
        GgufConfig c = new GgufConfig(file);
        if (!ARCHITECTURES.contains(c.architecture)) {
            throw c.keys.bad(
                    ARCHITECTURE,
                    "models of the architecture \"" + c.architecture + "\" are not supported; "
                            + String.join(", ", ARCHITECTURES) + " are");
        }
        try {
            return c.config();
        } catch (LlmConfig.Invalid e) {
            throw c.keys.bad(c.key(e.component()), e.problem());
        }
    }

    private LlmConfig config() {
        int width = integer("width");
        int layers = integer("layers");
        int heads = integer("heads");
        int headDim = headDim(width, heads);
        // Converters permute the rows of LLaMA's queries and keys to interleaved pairs; they are used as they lie.
        LlmConfig.Rotary rotary = new LlmConfig.Rotary(
                keys.number(key("theta"), 10_000), scaling(), architecture.equals("llama"), turned(headDim));
        Architecture family =
                switch (architecture) {
                    case "gemma" -> Architecture.gemma(width);
                    case "gemma2" -> gemma2(width, layers, heads, headDim, rotary);
                    case "gemma3" -> gemma3(width, layers, heads, headDim);
                    case "phi2" -> Architecture.PHI;
                    default -> Architecture.LLAMA;
                };
        return new LlmConfig(
                vocabulary(),
                width,
                integer("intermediate"),
                layers,
                heads,
                keys.integer(key("keyValueHeads"), 1, heads),
                headDim,
                keys.number(key("normEps")),
                rotary,
                integer("maxPositions"),
                !file.has("output.weight"),
                token(BOS),
                eos(),
                family.norm() == Norm.RMS_FROM_ONE
                        ? family.with(Norm.RMS)
                        : family); // They add Gemma's 1 to the norms.
    }

    // What the files of Gemma leave out llama.cpp knows by the name: which blocks see all tokens, and that the largest
    // Gemma 2 and 3 divide scores by the root of D/H instead of E.

    private Architecture gemma2(int width, int layers, int heads, int headDim, LlmConfig.Rotary rotary) {
        return Architecture.gemma2(
                width,
                queryScale(architecture, width, layers, heads, headDim),
                OptionalDouble.of(keys.number(key("attentionCap"), 50)),
                OptionalDouble.of(keys.number(key("logitCap"), 30)),
                window(2, layers, 4096, rotary));
    }

    private Architecture gemma3(int width, int layers, int heads, int headDim) {
        return Architecture.gemma3(
                width,
                queryScale(architecture, width, layers, heads, headDim),
                cap("attentionCap"),
                cap("logitCap"),
                window(6, layers, 0, localRotary()));
    }

    /** What scores are multiplied by in a Gemma 2 or 3 of this size. */
    static double queryScale(String architecture, int width, int layers, int heads, int headDim) {
        int largest = architecture.equals("gemma2") ? LAYERS_OF_GEMMA2_27B : LAYERS_OF_GEMMA3_27B;
        return 1 / Math.sqrt(layers == largest ? (double) width / heads : headDim);
    }

    private OptionalDouble cap(String component) {
        return keys.has(key(component)) ? OptionalDouble.of(keys.number(key(component))) : OptionalDouble.empty();
    }

    /** None where neither the file nor the family has a window. */
    private Optional<SlidingWindow> window(int period, int layers, int tokens, LlmConfig.Rotary rotary) {
        int said = keys.integer(key("window"), 0, tokens);
        if (said == 0) {
            return Optional.empty();
        }
        String pattern = prefix + WINDOW_PATTERN;
        if (keys.has(pattern) && keys.asMap().get(pattern) instanceof GgufArray each) {
            return Optional.of(new SlidingWindow(said, sliding(pattern, each, layers), rotary));
        }
        int every = keys.integer(pattern, 1, period);
        return Optional.of(SlidingWindow.allButEach(every, layers, said, rotary));
    }

    /** A list says of each block whether it slides. */
    private SortedSet<Integer> sliding(String pattern, GgufArray each, int layers) {
        boolean[] slides = each.booleans();
        if (slides.length != layers) {
            throw keys.bad(pattern, "has " + slides.length + " elements for " + layers + " blocks");
        }
        SortedSet<Integer> sliding = new TreeSet<>();
        for (int l = 0; l < layers; l++) {
            if (slides[l]) {
                sliding.add(l);
            }
        }
        return sliding;
    }

    private LlmConfig.Rotary localRotary() {
        return new LlmConfig.Rotary(keys.number(key("windowTheta"), 10_000), new RopeScaling.None(), false);
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
        for (String other : turnsPart()
                ? List.of("attention.value_length")
                : List.of("attention.value_length", "rope.dimension_count")) {
            int o = keys.integer(prefix + other, 1, e);
            if (o != e) {
                throw keys.bad(prefix + other, o + " differs from the head width of " + e + "; that is not supported");
            }
        }
        return e;
    }

    /** Phi turns a part of each head. */
    private boolean turnsPart() {
        return architecture.equals("phi2");
    }

    /** The share of a head's columns that turn. */
    private double turned(int headDim) {
        String key = prefix + "rope.dimension_count";
        return turnsPart() ? (double) keys.integer(key, 1, headDim) / headDim : 1;
    }

    private RopeScaling scaling() {
        String type = keys.string(key("scaling"), "none");
        try {
            if (file.has(GgufNames.FREQUENCY_DIVISORS)) {
                List<Double> each = new ArrayList<>();
                for (double d : file.tensor(GgufNames.FREQUENCY_DIVISORS).toDoubles()) {
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
        boolean layerNorm = component.equals("normEps") && architecture.equals("phi2");
        String key = layerNorm ? "attention.layer_norm_epsilon" : KEYS.getOrDefault(component, component);
        return key.startsWith("tokenizer.") ? key : prefix + key;
    }
}
