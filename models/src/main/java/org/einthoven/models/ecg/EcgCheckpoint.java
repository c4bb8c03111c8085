package org.einthoven.models.ecg;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.einthoven.autograd.Params;
import org.einthoven.models.io.NameMap;
import org.einthoven.models.io.SafetensorsWriter;
import org.einthoven.models.io.StrictJson;
import org.einthoven.models.io.WeightFile;
import org.einthoven.models.io.WeightFiles;
import org.einthoven.tensor.DType;
import org.einthoven.tensor.FormatException;
import org.einthoven.tensor.Tensor;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * An encoder in a file: a checkpoint of fairseq-signals (torch, from pre-training or of a classifier) or safetensors with the
 * same names.
 *
 * @param params F32, under the encoder's own names, whatever the file's
 * @param leftOut names of the model's tensors that the encoder has no use for: heads, on which its output does not depend
 *     (they matter only to go on pre-training or classifying), and counters
 */
public record EcgCheckpoint(EcgEncoder encoder, Params params, List<String> leftOut) {
    /** Names of checkpoints to names of the encoder: torch 2 writes a weight norm in another way. */
    public static final NameMap NAMES = weightNorm(NameMap.identity());

    /** What pre-training and classification put behind the encoder; its output does not depend on them. */
    private static final String HEADS = "mask_emb|(quantizer|project_q|final_proj|proj)\\..*";

    /** Counters of training steps, which are no weights. */
    private static final Set<String> COUNTERS = Set.of("I64", "I32", "I16", "I8", "U8", "BOOL");

    /** The key of our own configuration in the metadata of safetensors. */
    private static final String CONFIG = "ecg_encoder";

    /** Where fairseq keeps the model's configuration; a later place overrides an earlier one. */
    private static final List<String> PLACES = List.of("args.", "cfg.model.", "cfg.model.args.model.");

    public EcgCheckpoint {
        leftOut = List.copyOf(leftOut);
    }

    /**
     * Reads a file. Its configuration says the sizes; where it has none they are those of {@link EcgEncoderConfig#base}.
     *
     * @throws FormatException when it is broken, its configuration makes no sense, or tensors are missing, unexpected or
     *     misshaped: all of these at once
     */
    public static EcgCheckpoint load(Path path) {
        try (WeightFile file = WeightFiles.open(path)) {
            EcgEncoderConfig config = config(file);
            NameMap names = names(file);
            Map<String, Tensor> params = new LinkedHashMap<>();
            names.load(file, config.shapes()).forEach((name, t) -> params.put(name, t.cast(DType.F32)));
            List<String> leftOut = file.names().stream()
                    .filter(n -> n.startsWith(root(file)) && names.apply(n).isEmpty())
                    .toList();
            return new EcgCheckpoint(new EcgEncoder(config), Params.of(params), leftOut);
        }
    }

    /** The parameters ready for inference; see {@link EcgEncoder#frozen}. */
    public Params frozen() {
        return EcgEncoder.frozen(params);
    }

    /** Writes safetensors with the configuration in its metadata, which {@link #load} reads back bit for bit. */
    public void save(Path path) {
        String config = JsonMapper.shared().writeValueAsString(encoder.config().toMap());
        SafetensorsWriter.write(path, params.toMap(), Map.of(CONFIG, config));
    }

    private static NameMap names(WeightFile file) {
        String root = root(file);
        NameMap names = NameMap.identity();
        if (!root.isEmpty()) {
            names = names.ignore("(?!model\\.).*").rename("^model\\.", ""); // beside the model: the optimiser's state
        }
        if (file.names().stream().anyMatch(n -> n.startsWith(root + "encoder.feature_extractor."))) {
            names = names.rename("^encoder\\.", ""); // a classifier's encoder
        }
        List<String> counters = new ArrayList<>();
        for (String name : file.names()) {
            if (COUNTERS.contains(file.entry(name).type())) {
                counters.add(Pattern.quote(names.apply(name).orElse(name)));
            }
        }
        names = names.ignore(HEADS);
        return weightNorm(counters.isEmpty() ? names : names.ignore(String.join("|", counters)));
    }

    private static NameMap weightNorm(NameMap names) {
        return names.rename("parametrizations\\.weight\\.original0$", "weight_g")
                .rename("parametrizations\\.weight\\.original1$", "weight_v");
    }

    /** Torch checkpoints of fairseq have the model's tensors below {@code model}. */
    private static String root(WeightFile file) {
        return file.names().stream().anyMatch(n -> n.startsWith("model.")) ? "model." : "";
    }

    private static EcgEncoderConfig config(WeightFile file) {
        String path = file.path().toString();
        Map<String, Object> keys = new LinkedHashMap<>();
        if (file.metadata().get(CONFIG) instanceof String json) {
            byte[] text = json.getBytes(StandardCharsets.UTF_8);
            JsonNode tree = StrictJson.read(
                    path, 0, CONFIG, new ByteArrayInputStream(text), p -> StrictJson.smallTree(p, path, CONFIG));
            if (!tree.isObject()) {
                throw new FormatException(path, FormatException.WHOLE_FILE, CONFIG, "must be a JSON object");
            }
            tree.properties().forEach(e -> keys.put(e.getKey(), plain(e.getValue())));
        }
        for (String place : PLACES) {
            file.metadata().forEach((key, value) -> {
                if (key.startsWith(place)) {
                    keys.put(key.substring(place.length()), value);
                }
            });
        }
        return EcgEncoderConfig.of(path, keys);
    }

    private static Object plain(JsonNode value) {
        return value.isNumber()
                ? value.numberValue()
                : value.isBoolean() ? value.booleanValue() : value.isString() ? value.stringValue() : value.toString();
    }
}
