import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.StringJoiner;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.random.RandomGenerator;
import org.einthoven.models.io.SafetensorsWriter;
import org.einthoven.models.io.TensorStream;
import org.einthoven.models.llm.GgufExport;
import org.einthoven.models.llm.LlmConfig;
import org.einthoven.models.llm.RopeScaling;
import org.einthoven.tensor.DType;
import org.einthoven.tensor.Rng;
import org.einthoven.tensor.Shape;
import org.einthoven.tensor.Workers;

/**
 * A model of the shape of Llama 3.2 1B with weights drawn from a seed, to measure speed and memory with: a Hugging Face folder in
 * BF16, and GGUF files made of it. Its tokenizer is one of Llama 3's kind, with merges of the letters a to z alone: it makes the
 * files as long to open as real ones and lets engines that insist on a vocabulary read them. After a build (./einthoven --help
 * makes one), from the top of the checkout:
 *
 * <pre>
 * java -p cli/target/app --add-modules org.einthoven.models,jdk.incubator.vector \
 *     examples/synthetic-llama/SyntheticLlama.java FOLDER [--size NAME=N]... [--untied] [--seed N] [TYPE]...
 * </pre>
 *
 * writes FOLDER/config.json, FOLDER/model.safetensors and FOLDER/tokenizer.json where the weights are not there, and
 * FOLDER/TYPE.gguf for each TYPE (Q8_0, Q4_0, BF16, ...). Sizes are width 2048, feed-forward 8192, layers 16, heads 32, kv-heads 8,
 * vocabulary 128256, context 131072; --untied gives the head a matrix of its own. The shape of Llama 3.1 8B is --untied --size
 * width=4096 --size feed-forward=14336 --size layers=32. One with --size layers=2 --size width=256 --size feed-forward=512 --size
 * heads=4 --size kv-heads=2 --size vocabulary=1000 is made in a second.
 */
final class SyntheticLlama {
    /** Tokens of Llama 3 that stand for no text, behind all others. */
    private static final int SPECIAL = 256;

    /** Words of Llama 3: byte-pair merging never crosses their borders. */
    private static final String WORDS =
            "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*"
                    + "|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";

    private final LlmConfig config;
    private final Rng rng;

    private SyntheticLlama(LlmConfig config, long seed) {
        this.config = config;
        this.rng = Rng.of(seed).split("synthetic llama");
    }

    public static void main(String[] args) throws IOException {
        Path folder = Path.of(args[0]);
        Map<String, Integer> sizes = new TreeMap<>(Map.of(
                "width", 2048, "feed-forward", 8192, "layers", 16, "heads", 32, "kv-heads", 8, "vocabulary", 128_256,
                "context", 131_072));
        List<DType> types = new ArrayList<>();
        long seed = 222;
        boolean tied = true;
        for (int i = 1; i < args.length; i++) {
            switch (args[i]) {
                case "--size" -> {
                    String[] pair = args[++i].split("=");
                    if (sizes.replace(pair[0], Integer.valueOf(pair[1])) == null) {
                        throw new IllegalArgumentException(pair[0] + " is none of the sizes " + sizes.keySet());
                    }
                }
                case "--untied" -> tied = false;
                case "--seed" -> seed = Long.parseLong(args[++i]);
                default -> types.add(DType.valueOf(args[i]));
            }
        }
        if (sizes.get("vocabulary") < 256 + SPECIAL) {
            throw new IllegalArgumentException("the vocabulary has 256 bytes and " + SPECIAL + " special tokens at least");
        }
        SyntheticLlama model = new SyntheticLlama(config(sizes, tied), seed);
        if (!Files.exists(folder.resolve("model.safetensors"))) {
            Files.createDirectories(folder);
            model.write(folder);
        }
        for (DType type : types) {
            Path file = folder.resolve(type + ".gguf");
            System.out.println(file + ": " + GgufExport.write(folder, file, type).bytes() + " bytes");
        }
    }

    private static LlmConfig config(Map<String, Integer> sizes, boolean tied) {
        return new LlmConfig(
                sizes.get("vocabulary"),
                sizes.get("width"),
                sizes.get("feed-forward"),
                sizes.get("layers"),
                sizes.get("heads"),
                sizes.get("kv-heads"),
                sizes.get("width") / sizes.get("heads"),
                1e-5,
                new LlmConfig.Rotary(500_000, new RopeScaling.Llama3(32, 1, 4, 8192), false),
                sizes.get("context"),
                tied,
                OptionalInt.of(sizes.get("vocabulary") - SPECIAL),
                new TreeSet<>(List.of(sizes.get("vocabulary") - SPECIAL + 1)));
    }

    private void write(Path folder) throws IOException {
        Files.writeString(folder.resolve("tokenizer.json"), tokenizer());
        List<TensorStream> weights = new ArrayList<>();
        config.shapes().forEach((name, shape) -> weights.add(
                TensorStream.rows(name, DType.BF16, shape, (from, to) -> rows(name, shape, from, to))));
        SafetensorsWriter.write(folder.resolve("model.safetensors"), weights, Map.of("format", "pt"));
        Files.writeString(folder.resolve("config.json"), json());
        System.out.println(folder + ": " + Files.size(folder.resolve("model.safetensors")) + " bytes");
    }

    /**
     * Norms are 1, embeddings evenly spread with deviation 0.02, and matrices with the deviation that keeps the size of what
     * they multiply. A row depends on the seed, the name and its number alone.
     */
    private float[] rows(String name, Shape shape, int from, int to) {
        int width = shape.dim(-1);
        float[] x = new float[(to - from) * width];
        if (shape.rank() == 1) {
            Arrays.fill(x, 1);
            return x;
        }
        double deviation = name.contains("embed") ? 0.02 : 1 / Math.sqrt(width);
        float span = (float) (deviation * Math.sqrt(12)); // of an even spread
        Rng ofName = rng.split(name);
        Workers.forEach(to - from, r -> {
            RandomGenerator random = ofName.split(from + r).stream();
            for (int i = 0; i < width; i++) {
                x[r * width + i] = (random.nextFloat() - 0.5f) * span;
            }
        });
        return x;
    }

    /** 256 letters for the bytes, then what merging them gives, [vocabulary - 256] in all, and the special tokens. */
    private String tokenizer() {
        int ordinary = config.vocabulary() - SPECIAL;
        List<String> pieces = new ArrayList<>();
        int invisible = 256;
        for (int b = 0; b < 256; b++) {
            boolean visible = b > 32 && b < 127 || b > 160 && b != 173;
            pieces.add(Character.toString(visible ? b : invisible++)); // GPT-2's letters
        }
        List<String> merges = new ArrayList<>();
        List<String> words = letters();
        while (pieces.size() < ordinary) {
            List<String> longer = new ArrayList<>();
            for (String word : words) {
                for (String letter : letters()) {
                    longer.add(word + letter);
                    if (pieces.size() < ordinary) {
                        pieces.add(word + letter);
                        merges.add("[\"" + word + "\", \"" + letter + "\"]");
                    }
                }
            }
            words = longer;
        }
        StringJoiner vocabulary = new StringJoiner(",\n      ");
        for (int i = 0; i < pieces.size(); i++) {
            vocabulary.add("\"" + pieces.get(i).replace("\\", "\\\\").replace("\"", "\\\"") + "\": " + i);
        }
        StringJoiner special = new StringJoiner(",\n    ");
        for (int i = 0; i < SPECIAL; i++) {
            special.add("{\"id\": %d, \"content\": \"%s\", \"special\": true}".formatted(ordinary + i, specialName(i)));
        }
        return """
                {
                  "version": "1.0",
                  "added_tokens": [
                    %s
                  ],
                  "normalizer": null,
                  "pre_tokenizer": {"type": "Sequence", "pretokenizers": [
                    {"type": "Split", "pattern": {"Regex": "%s"}, "behavior": "Isolated", "invert": false},
                    {"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": false}
                  ]},
                  "decoder": {"type": "ByteLevel", "add_prefix_space": true, "trim_offsets": true, "use_regex": true},
                  "model": {"type": "BPE", "ignore_merges": true, "byte_fallback": false,
                    "vocab": {
                      %s
                    },
                    "merges": [
                      %s
                    ]
                  }
                }
                """
                .formatted(special, WORDS.replace("\\", "\\\\"), vocabulary, String.join(",\n      ", merges));
    }

    private static List<String> letters() {
        return "abcdefghijklmnopqrstuvwxyz".chars().mapToObj(Character::toString).toList();
    }

    /** By its number; those in use have names. */
    private static String specialName(int i) {
        return switch (i) {
            case 0 -> "<|begin_of_text|>";
            case 1 -> "<|end_of_text|>";
            case 6 -> "<|start_header_id|>";
            case 7 -> "<|end_header_id|>";
            case 9 -> "<|eot_id|>";
            default -> "<|reserved_special_token_" + i + "|>";
        };
    }

    private String json() {
        RopeScaling.Llama3 rope = (RopeScaling.Llama3) config.rotary().scaling();
        return String.format(
                Locale.ROOT,
                """
                {
                  "model_type": "llama",
                  "architectures": ["LlamaForCausalLM"],
                  "hidden_act": "silu",
                  "vocab_size": %d,
                  "hidden_size": %d,
                  "intermediate_size": %d,
                  "num_hidden_layers": %d,
                  "num_attention_heads": %d,
                  "num_key_value_heads": %d,
                  "head_dim": %d,
                  "rms_norm_eps": %s,
                  "rope_theta": %s,
                  "rope_scaling": {
                    "rope_type": "llama3", "factor": %s, "low_freq_factor": %s, "high_freq_factor": %s,
                    "original_max_position_embeddings": %d
                  },
                  "max_position_embeddings": %d,
                  "tie_word_embeddings": %s,
                  "bos_token_id": %d,
                  "eos_token_id": %d,
                  "torch_dtype": "bfloat16"
                }
                """,
                config.vocabulary(),
                config.width(),
                config.intermediate(),
                config.layers(),
                config.heads(),
                config.keyValueHeads(),
                config.headDim(),
                config.normEps(),
                config.rotary().theta(),
                rope.factor(),
                rope.lowFrequency(),
                rope.highFrequency(),
                (int) rope.original(),
                config.maxPositions(),
                config.tiedHead(),
                config.bos().getAsInt(),
                config.eos().iterator().next());
    }
}
