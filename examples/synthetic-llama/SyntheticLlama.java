import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
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
 * BF16, and GGUF files made of it. It has no tokenizer; {@code generate --ids} wants none. After a build (./einthoven --help
 * makes one), from the top of the checkout:
 *
 * <pre>
 * java -p cli/target/app --add-modules org.einthoven.models,jdk.incubator.vector \
 *     examples/synthetic-llama/SyntheticLlama.java FOLDER [--size NAME=N]... [--seed N] [TYPE]...
 * </pre>
 *
 * writes FOLDER/config.json and FOLDER/model.safetensors where they are not there, and FOLDER/TYPE.gguf for each TYPE (Q8_0,
 * Q4_0, BF16, ...). Sizes are width 2048, feed-forward 8192, layers 16, heads 32, kv-heads 8, vocabulary 128256, context 131072.
 * One with --size layers=2 --size width=256 --size feed-forward=512 --size heads=4 --size kv-heads=2 --size vocabulary=1000 is
 * made in a second.
 */
final class SyntheticLlama {
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
        for (int i = 1; i < args.length; i++) {
            switch (args[i]) {
                case "--size" -> {
                    String[] pair = args[++i].split("=");
                    if (sizes.replace(pair[0], Integer.valueOf(pair[1])) == null) {
                        throw new IllegalArgumentException(pair[0] + " is none of the sizes " + sizes.keySet());
                    }
                }
                case "--seed" -> seed = Long.parseLong(args[++i]);
                default -> types.add(DType.valueOf(args[i]));
            }
        }
        SyntheticLlama model = new SyntheticLlama(config(sizes), seed);
        if (!Files.exists(folder.resolve("model.safetensors"))) {
            Files.createDirectories(folder);
            model.write(folder);
        }
        for (DType type : types) {
            Path file = folder.resolve(type + ".gguf");
            System.out.println(file + ": " + GgufExport.write(folder, file, type).bytes() + " bytes");
        }
    }

    private static LlmConfig config(Map<String, Integer> sizes) {
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
                true,
                OptionalInt.of(0),
                new TreeSet<>(List.of(1)));
    }

    private void write(Path folder) throws IOException {
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
                  "tie_word_embeddings": true,
                  "bos_token_id": 0,
                  "eos_token_id": 1,
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
                config.maxPositions());
    }
}
