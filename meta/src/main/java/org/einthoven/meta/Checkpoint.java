package org.einthoven.meta;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import org.einthoven.autograd.Params;
import org.einthoven.autograd.optim.OptimiserState;
import org.einthoven.models.io.AtomicFile;
import org.einthoven.models.io.SafetensorsFile;
import org.einthoven.models.io.SafetensorsWriter;
import org.einthoven.tensor.FormatException;
import org.einthoven.tensor.Tensor;

/**
 * A training state in a file: an ordinary safetensors file with the tensors {@code theta.*} and {@code optimiser.SLOT.*},
 * the rest of the state in its metadata, and as its last tensor, {@code crc32c}, the checksum of all bytes before. Equal
 * states give equal bytes: nothing in it depends on time or place.
 *
 * @param codeVersion of the code that wrote it
 */
public record Checkpoint(RunConfig config, String codeVersion, TrainingState state) {
    private static final String FORMAT = "einthoven-checkpoint";
    private static final String VERSION = "1";
    private static final String THETA = "theta.";
    private static final String OPTIMISER = "optimiser.";
    private static final String CHECKSUM = "crc32c";

    /** The file appears whole or not at all. */
    void write(Path file) {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        state.theta().forEach((path, t) -> tensors.put(THETA + path, t));
        state.optimiser()
                .slots()
                .forEach((slot, p) -> p.forEach((path, t) -> tensors.put(OPTIMISER + slot + "." + path, t)));
        tensors.put(CHECKSUM, Tensor.of(new int[1], 1));
        AtomicFile.write(file, out -> {
            TrailingChecksum sum = new TrailingChecksum(out);
            SafetensorsWriter.writeTo(sum, tensors, metadata());
            sum.finish();
        });
    }

    private Map<String, String> metadata() {
        Map<String, String> m = new TreeMap<>();
        m.put("format", FORMAT);
        m.put("version", VERSION);
        m.put("code_version", codeVersion);
        m.put("config", config.json());
        m.put("config_sha256", config.hash());
        m.put("step", Long.toString(state.step()));
        m.put("optimiser_step", Long.toString(state.optimiser().step()));
        m.put("best_metric", Double.toString(state.bestMetric()));
        m.put("best_step", Long.toString(state.bestStep()));
        return m;
    }

    /**
     * Reads a checkpoint, whatever configuration wrote it.
     *
     * @throws FormatException when it is damaged, no checkpoint, or of another version
     */
    public static Checkpoint read(Path file) {
        checksum(file);
        try (SafetensorsFile f = SafetensorsFile.open(file)) {
            Map<String, Object> m = f.metadata();
            expect(file, m, "format", FORMAT);
            expect(file, m, "version", VERSION);
            Map<String, Tensor> theta = new LinkedHashMap<>();
            Map<String, Map<String, Tensor>> slots = new TreeMap<>();
            for (String name : f.names()) {
                if (name.startsWith(THETA)) {
                    theta.put(name.substring(THETA.length()), f.tensor(name));
                } else if (name.startsWith(OPTIMISER)) {
                    String[] slotAndPath = name.substring(OPTIMISER.length()).split("\\.", 2);
                    slots.computeIfAbsent(slotAndPath[0], s -> new LinkedHashMap<>())
                            .put(slotAndPath[1], f.tensor(name));
                }
            }
            Map<String, Params> slotParams = new TreeMap<>();
            slots.forEach((slot, p) -> slotParams.put(slot, Params.of(p)));
            TrainingState state = new TrainingState(
                    Long.parseLong(text(file, m, "step")),
                    Params.of(theta),
                    new OptimiserState(Long.parseLong(text(file, m, "optimiser_step")), slotParams),
                    Double.parseDouble(text(file, m, "best_metric")),
                    Long.parseLong(text(file, m, "best_step")));
            return new Checkpoint(RunConfig.parse(text(file, m, "config")), text(file, m, "code_version"), state);
        } catch (NumberFormatException e) {
            throw new FormatException(
                    file.toString(), FormatException.WHOLE_FILE, "metadata", String.valueOf(e.getMessage()), e);
        }
    }

    private static void checksum(Path file) {
        try {
            if (!TrailingChecksum.holds(file)) {
                throw new FormatException(
                        file.toString(),
                        Math.max(0, Files.size(file) - 4),
                        CHECKSUM,
                        "the checksum does not fit the content: the file is damaged or truncated, or no checkpoint");
            }
        } catch (IOException e) {
            throw new FormatException(file.toString(), FormatException.WHOLE_FILE, "file", "cannot be read: " + e, e);
        }
    }

    private static void expect(Path file, Map<String, Object> metadata, String key, String want) {
        String is = text(file, metadata, key);
        if (!is.equals(want)) {
            throw new FormatException(
                    file.toString(),
                    FormatException.WHOLE_FILE,
                    "metadata." + key,
                    "\"" + is + "\", but this code reads \"" + want
                            + "\"; continue with the code that wrote it, or start anew");
        }
    }

    private static String text(Path file, Map<String, Object> metadata, String key) {
        if (!(metadata.get(key) instanceof String s)) {
            throw new FormatException(
                    file.toString(),
                    FormatException.WHOLE_FILE,
                    "metadata." + key,
                    "is missing; is this a checkpoint of a training run?");
        }
        return s;
    }
}
