package org.einthoven.models.llm;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.einthoven.models.io.GgufFile;
import org.einthoven.models.io.GgufKeys;
import org.einthoven.models.io.GgufWriter;
import org.einthoven.models.io.TensorStream;
import org.einthoven.models.io.WeightFile;
import org.einthoven.models.io.WeightFiles;
import org.einthoven.models.quant.BlockEncoder;
import org.einthoven.models.text.ChatTemplate;
import org.einthoven.models.text.GgufTokenizer;
import org.einthoven.models.text.Tokenizer;
import org.einthoven.models.text.Tokenizers;
import org.einthoven.tensor.DType;
import org.einthoven.tensor.FormatException;
import org.einthoven.tensor.Shape;
import org.einthoven.tensor.Storage;
import org.einthoven.tensor.Tensor;

/**
 * Writes a language model, of a Hugging Face folder or a GGUF file, as GGUF with its matrices in one storage type. As the
 * converters of llama.cpp do, it puts the rows of LLaMA's queries and keys in the order of interleaved pairs, adds the 1 to
 * the norms of Gemma, and keeps vectors in F32. A matrix whose rows are no multiple of the type's block takes a type with
 * smaller blocks: of Q4_K Q5_0, of Q5_K Q5_1, of Q6_K Q8_0, and of these F16.
 */
public final class GgufExport {
    /** Versions of the block formats; 2 since Q4 and Q8 have F16 scales. */
    private static final int QUANTISATION_VERSION = 2;

    /** @param bytes of the file */
    public record Written(int tensors, long bytes, List<String> warnings) {}

    private final DType type;
    private final List<TensorStream> tensors = new ArrayList<>();
    /** One of each kind. */
    private final Map<String, String> warnings = new LinkedHashMap<>();

    private GgufExport(DType type) {
        this.type = type;
    }

    /**
     * @param type of the matrices: F32, or one that {@link BlockEncoder} writes
     * @throws FormatException when {@code in} is no language model
     * @throws org.einthoven.tensor.TensorException when a weight is not finite, or GGUF cannot say what the model is
     */
    public static Written write(Path in, Path out, DType type) {
        if (type != DType.F32) {
            BlockEncoder.of(type); // before any work: is it one that is written?
        }
        GgufExport export = new GgufExport(type);
        try (WeightFile file = WeightFiles.open(in)) {
            GgufKeys keys = file instanceof GgufFile gguf ? export.gguf(gguf) : export.huggingFace(file, in);
            keys.u32("general.file_type", fileType(type)).u32("general.quantization_version", QUANTISATION_VERSION);
            GgufWriter.write(out, keys, export.tensors);
            return new Written(export.tensors.size(), size(out), List.copyOf(export.warnings.values()));
        }
    }

    private static long size(Path file) {
        return file.toFile().length();
    }

    /** The number by which {@code general.file_type} calls a file of mostly this type (llama.cpp, include/llama.h). */
    private static int fileType(DType type) {
        return switch (type) {
            case F16 -> 1;
            case Q4_0 -> 2;
            case Q4_1 -> 3;
            case Q8_0 -> 7;
            case Q5_0 -> 8;
            case Q5_1 -> 9;
            case Q4_K -> 14;
            case Q5_K -> 16;
            case Q6_K -> 18;
            case BF16 -> 32;
            default -> 0;
        };
    }

    // ---------------------------------------------------------------- from GGUF

    private GgufKeys gguf(GgufFile file) {
        for (String name : file.names()) {
            Tensor t = file.tensor(name);
            boolean matrix = t.rank() > 1;
            tensors.add(matrix ? matrix(name, t) : TensorStream.of(name, t));
            if (matrix && t.dtype().blockSize() > 1 && !t.dtype().equals(type)) {
                warn(
                        "again",
                        "weights that are quantised already, such as " + name + " in " + t.dtype()
                                + ", are quantised again; begin with F32, F16 or BF16 for the best result");
            }
        }
        return new GgufKeys().copy(file.keys());
    }

    // ---------------------------------------------------------------- from Hugging Face

    private GgufKeys huggingFace(WeightFile file, Path in) {
        Path folder = WeightFiles.folderOf(in);
        HfConfig hf = HfConfig.beside(file, folder);
        LlmConfig config = hf.config();
        Path named = folder.toAbsolutePath().normalize().getFileName();
        GgufKeys keys = hf.describe(named == null ? "model" : named.toString());
        tokenizer(folder, config, keys);
        hf.names().sources(file, config.shapes()).forEach((ours, source) -> {
            String name = GgufNames.ofGguf(ours, config);
            boolean turned = hf.isLlama() && ours.matches(".*\\.self_attn\\.[qk]_proj\\.weight");
            if (file.entry(source).shape().rank() == 1) {
                tensors.add(vector(name, file.tensor(source), config));
            } else if (turned) {
                tensors.add(interleaved(name, file, source, config));
            } else {
                tensors.add(later(name, file, source));
            }
        });
        float[] divisors = GgufDescription.frequencyDivisors(config);
        if (divisors.length > 0) {
            tensors.add(TensorStream.of(GgufNames.FREQUENCY_DIVISORS, Tensor.of(divisors, divisors.length)));
        }
        return keys;
    }

    private void tokenizer(Path folder, LlmConfig config, GgufKeys keys) {
        Optional<Tokenizer> tokenizer = Tokenizers.fileIn(folder).map(Tokenizers::open);
        GgufTokenizer.describe(tokenizer, config.vocabulary(), keys).ifPresent(why -> warn("tokenizer", why));
        GgufTokenizer.ends(tokenizer, config.bos(), config.eos(), keys);
        ChatTemplate.textIn(folder).ifPresent(t -> keys.string(GgufTokenizer.CHAT_TEMPLATE, t));
    }

    private TensorStream vector(String name, Tensor t, LlmConfig config) {
        boolean fromOne = config.architecture().norm() == Architecture.Norm.RMS_FROM_ONE;
        Tensor x = t.cast(DType.F32);
        return TensorStream.of(name, fromOne ? x.add(1) : x);
    }

    /** Rows (h, j, i) of [H, 2, E/2] become (h, i, j): the pairs that turn together lie side by side. */
    private TensorStream interleaved(String name, WeightFile file, String source, LlmConfig config) {
        Shape shape = file.entry(source).shape();
        int width = config.headDim();
        int columns = shape.dim(1);
        DType to = typeFor(name, columns);
        return new TensorStream(name, to, shape, out -> {
            float[] all = floats(file.tensor(source), 0, shape.dim(0));
            TensorStream.rows(name, to, shape, (from, until) -> {
                        float[] x = new float[(until - from) * columns];
                        for (int r = from; r < until; r++) {
                            int row = r / width * width + r % 2 * width / 2 + r % width / 2;
                            System.arraycopy(all, row * columns, x, (r - from) * columns, columns);
                        }
                        return x;
                    })
                    .content()
                    .writeTo(out);
        });
    }

    // ---------------------------------------------------------------- matrices

    /** A matrix that is read when its turn to be written comes, so that only one is in memory. */
    private TensorStream later(String name, WeightFile file, String source) {
        Shape shape = file.entry(source).shape();
        DType to = typeFor(name, shape.dim(-1));
        return new TensorStream(name, to, shape, out -> matrix(name, file.tensor(source))
                .content()
                .writeTo(out));
    }

    /** As it is where it has the type already. */
    private TensorStream matrix(String name, Tensor t) {
        DType to = typeFor(name, t.dim(-1));
        return to == t.dtype()
                ? TensorStream.of(name, t)
                : TensorStream.rows(name, to, t.shape(), (from, until) -> floats(t, from, until));
    }

    /** Rows of a matrix, or of several matrices one behind the other, such as those of experts [E, R, C]. */
    private static float[] floats(Tensor t, int from, int to) {
        int columns = t.dim(-1);
        if (!(t.storage() instanceof Storage.Blocks blocks)) {
            return t.reshape(-1, columns).slice(0, from, to).cast(DType.F32).toFloats();
        }
        long rowBytes = t.dtype().bytes(columns);
        var part = blocks.segment().asSlice(from * rowBytes, (to - from) * rowBytes);
        return Tensor.blocks(t.dtype(), part, to - from, columns)
                .cast(DType.F32)
                .toFloats();
    }

    private DType typeFor(String name, int columns) {
        DType t = type;
        while (columns % t.blockSize() != 0) {
            t = switch (t) {
                case Q4_K -> DType.Q5_0;
                case Q5_K -> DType.Q5_1;
                case Q6_K -> DType.Q8_0;
                default -> DType.F16;
            };
        }
        if (t != type) {
            warn(
                    "rows of " + columns,
                    "rows of " + columns + " are no multiple of the " + type + " block of " + type.blockSize()
                            + ": such matrices, as " + name + ", are " + t);
        }
        return t;
    }

    private void warn(String kind, String warning) {
        warnings.putIfAbsent(kind, warning);
    }
}
