package org.einthoven.models.fusion;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.einthoven.autograd.Params;
import org.einthoven.models.fusion.AttentionMapper.ScoreScale;
import org.einthoven.models.io.NameMap;
import org.einthoven.models.io.SafetensorsWriter;
import org.einthoven.models.io.TorchWriter;
import org.einthoven.models.io.WeightFile;
import org.einthoven.models.io.WeightFiles;
import org.einthoven.tensor.DType;
import org.einthoven.tensor.FormatException;
import org.einthoven.tensor.Shape;
import org.einthoven.tensor.ShapeException;
import org.einthoven.tensor.Tensor;

/**
 * A mapper in a file: the reference's {@code {'mapper_net': {'vars.0': ..., 'vars.12': ...}}} as a torch file, or safetensors
 * of the same names, whose metadata also say what kind of mapper it is.
 *
 * @param params the mapper's
 * @param adapters of the language model, by PEFT's names, where the mapper learnt together with some: then neither is of use
 *     without the other, so they stand in one file, these under {@code llm.}
 */
public record MapperCheckpoint(Mapper mapper, Params params, Params adapters) {
    private static final String ROOT = "mapper_net";
    private static final String ADAPTERS = FrozenLlm.LEARNING + ".";
    private static final int REFERENCE_HEADS = 8;
    private static final String TYPE = "mapper_type";
    private static final String PREFIX = "prefix_length";

    /** Of a mapper that learnt alone. */
    public MapperCheckpoint(Mapper mapper, Params params) {
        this(mapper, params, Params.EMPTY);
    }

    /** The mapper's parameters, and adapters under {@code llm.}, as a model reads them. */
    public Params theta() {
        return adapters.paths().isEmpty() ? params : params.and(adapters.under(FrozenLlm.LEARNING));
    }

    /**
     * Reads a file for a language model. What a torch file does not say is as in the reference: an attention mapper of 8 heads
     * whose scores are scaled by the full width.
     *
     * @param llmWidth width D of the language model whose embeddings the mapper makes
     * @throws FormatException when it is broken, no mapper, or one for another language model
     */
    public static MapperCheckpoint load(Path path, int llmWidth) {
        try (WeightFile file = WeightFiles.open(path)) {
            return read(file, mapper(file, llmWidth));
        }
    }

    /**
     * Reads a file for the language model that it was made for, whose width the file says.
     *
     * @throws FormatException when it is broken or no mapper, or of a kind whose file does not say the width
     */
    public static MapperCheckpoint load(Path path) {
        try (WeightFile file = WeightFiles.open(path)) {
            return read(file, mapper(file, llmWidth(file)));
        }
    }

    /** Whether a file holds a mapper. */
    public static boolean isIn(WeightFile file) {
        return file.metadata().containsKey(TYPE) || file.has(root(file) + "vars.0");
    }

    /**
     * Reads a file for a mapper that is known.
     *
     * @throws FormatException naming all tensors that are missing, unexpected or misshaped
     */
    public static MapperCheckpoint load(Path path, Mapper mapper) {
        try (WeightFile file = WeightFiles.open(path)) {
            return read(file, mapper);
        }
    }

    /**
     * Writes a torch file when the name ends in {@code .pt}, else safetensors.
     *
     * @throws IllegalArgumentException for a torch file of what the reference has not, which it cannot say
     */
    public void save(Path path) {
        if (path.toString().endsWith(".pt")) {
            if (mapper instanceof AttentionMapper a
                    && (a.heads() != REFERENCE_HEADS || a.scale() != ScoreScale.FULL_WIDTH)) {
                throw new IllegalArgumentException(path + ": a torch file cannot say that a mapper has " + a.heads()
                        + " heads and scales by " + a.scale() + "; name it .safetensors");
            }
            if (mapper instanceof PerceiverMapper) {
                throw new IllegalArgumentException(path
                        + ": the reference has no perceiver, so its torch file cannot say it; name it .safetensors");
            }
            if (!adapters.paths().isEmpty()) {
                throw new IllegalArgumentException(
                        path + ": the reference's file holds no adapters of the language model; name it .safetensors");
            }
            TorchWriter.write(path, Map.of(ROOT, params.toMap()));
        } else {
            SafetensorsWriter.write(path, theta().toMap(), metadata());
        }
    }

    private static MapperCheckpoint read(WeightFile file, Mapper mapper) {
        Map<String, Tensor> params = new LinkedHashMap<>();
        names(file).load(file, mapper.shapes()).forEach((name, t) -> params.put(name, inFull(t)));
        Map<String, Tensor> adapters = new LinkedHashMap<>();
        for (String name : file.names()) {
            if (name.startsWith(ADAPTERS)) {
                adapters.put(name.substring(ADAPTERS.length()), inFull(file.tensor(name)));
            }
        }
        return new MapperCheckpoint(mapper, Params.of(params), Params.of(adapters));
    }

    private static Tensor inFull(Tensor t) {
        return t.dtype() == DType.F64 ? t : t.cast(DType.F32);
    }

    private static String root(WeightFile file) {
        return file.names().stream().anyMatch(n -> n.startsWith(ROOT + ".")) ? ROOT + "." : "";
    }

    private static NameMap names(WeightFile file) {
        return root(file).isEmpty()
                ? NameMap.identity().ignore(FrozenLlm.LEARNING + "\\..*")
                : NameMap.identity().ignore("(?!" + ROOT + "\\.).*").rename("^" + ROOT + "\\.", "");
    }

    // ---------------------------------------------------------------- what kind of mapper

    private Map<String, String> metadata() {
        Map<String, String> m = new LinkedHashMap<>();
        m.put(PREFIX, String.valueOf(mapper.prefixLength()));
        switch (mapper) {
            case AttentionMapper a -> {
                m.put(TYPE, "ATT");
                m.put("num_heads", String.valueOf(a.heads()));
                m.put("score_scale", a.scale().name());
            }
            case MlpMapper mlp -> m.put(TYPE, "MLP");
            case LinearMapper linear -> m.put(TYPE, "LIN");
            case PerceiverMapper p -> {
                m.put(TYPE, "PER");
                m.put("num_heads", String.valueOf(p.heads()));
                m.put("num_layers", String.valueOf(p.layers()));
            }
        }
        return m;
    }

    private static Mapper mapper(WeightFile file, int llmWidth) {
        String root = root(file);
        try {
            return switch (text(file, TYPE, byCount(file))) {
                case "ATT" -> {
                    Shape prefix = matrix(file, root + "vars.0");
                    Shape query = matrix(file, root + "vars.1");
                    if (query.dim(0) != llmWidth) {
                        throw otherModel(file, query.dim(0), llmWidth);
                    }
                    yield new AttentionMapper(
                            prefix.dim(1),
                            llmWidth,
                            prefix.dim(0),
                            whole(file, "num_heads", REFERENCE_HEADS),
                            scale(file));
                }
                case "MLP" -> {
                    Shape first = matrix(file, root + "vars.0");
                    Shape second = matrix(file, root + "vars.2");
                    yield new MlpMapper(first.dim(1), llmWidth, rows(file, second, llmWidth), first.dim(0));
                }
                case "LIN" -> {
                    Shape only = matrix(file, root + "vars.0");
                    yield new LinearMapper(only.dim(1), llmWidth, rows(file, only, llmWidth));
                }
                case "PER" -> perceiver(file, llmWidth);
                case String other -> throw bad(file, TYPE, "\"" + other + "\" is none of ATT, MLP, LIN, PER");
            };
        } catch (ShapeException e) {
            throw new FormatException(
                    file.path().toString(), FormatException.WHOLE_FILE, "mapper", String.valueOf(e.getMessage()), e);
        }
    }

    private static int llmWidth(WeightFile file) {
        String root = root(file);
        return switch (text(file, TYPE, byCount(file))) {
            case "MLP" -> matrix(file, root + "vars.2").dim(0) / prefixLength(file);
            case "LIN" -> matrix(file, root + "vars.0").dim(0) / prefixLength(file);
            case "PER" -> matrix(file, "output.weight").dim(0);
            default -> matrix(file, root + "vars.1").dim(0);
        };
    }

    private static int prefixLength(WeightFile file) {
        if (!file.metadata().containsKey(PREFIX)) {
            throw bad(
                    file,
                    PREFIX,
                    "is not told, so neither is the width of the language model; only our own files tell it");
        }
        return whole(file, PREFIX, 1);
    }

    private static PerceiverMapper perceiver(WeightFile file, int llmWidth) {
        Shape queries = matrix(file, "queries");
        Shape out = matrix(file, "output.weight");
        if (out.dim(0) != llmWidth) {
            throw otherModel(file, out.dim(0), llmWidth);
        }
        return new PerceiverMapper(
                matrix(file, "input.weight").dim(1),
                llmWidth,
                queries.dim(0),
                queries.dim(1),
                whole(file, "num_heads", REFERENCE_HEADS),
                whole(file, "num_layers", 2));
    }

    /** The kinds of mapper differ in how many tensors they have. */
    private static String byCount(WeightFile file) {
        long vars = file.names().stream()
                .filter(n -> n.startsWith(root(file) + "vars."))
                .count();
        return vars == 2 ? "LIN" : vars == 4 ? "MLP" : "ATT";
    }

    private static int rows(WeightFile file, Shape weight, int llmWidth) {
        int prefixLength = whole(file, PREFIX, Math.max(1, weight.dim(0) / llmWidth));
        if ((long) prefixLength * llmWidth != weight.dim(0)) {
            throw otherModel(file, weight.dim(0) / prefixLength, llmWidth);
        }
        return prefixLength;
    }

    private static FormatException otherModel(WeightFile file, int width, int llmWidth) {
        return bad(
                file,
                "width",
                "this mapper makes embeddings of width " + width + ", but the language model has width " + llmWidth
                        + "; it was trained for another model");
    }

    private static Shape matrix(WeightFile file, String name) {
        if (!file.has(name) || file.entry(name).shape().rank() != 2) {
            throw bad(
                    file,
                    name,
                    (file.has(name) ? "is " + file.entry(name).shape() + ", not a matrix" : "is missing")
                            + "; a mapper has vars.0, vars.1, ..., in a torch file below " + ROOT);
        }
        return file.entry(name).shape();
    }

    private static ScoreScale scale(WeightFile file) {
        String name = text(file, "score_scale", ScoreScale.FULL_WIDTH.name());
        try {
            return ScoreScale.valueOf(name);
        } catch (IllegalArgumentException e) {
            throw bad(file, "score_scale", "\"" + name + "\" is none of " + List.of(ScoreScale.values()));
        }
    }

    private static int whole(WeightFile file, String key, int absent) {
        String text = text(file, key, String.valueOf(absent));
        try {
            int value = Integer.parseInt(text);
            if (value > 0) {
                return value;
            }
        } catch (NumberFormatException e) {
            // said below
        }
        throw bad(file, key, "\"" + text + "\" is no whole number above 0");
    }

    private static String text(WeightFile file, String key, String absent) {
        Object value = file.metadata().get(key);
        return value == null ? absent : value.toString();
    }

    private static FormatException bad(WeightFile file, String field, String problem) {
        return new FormatException(file.path().toString(), FormatException.WHOLE_FILE, field, problem);
    }
}
