package org.einthoven.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.einthoven.data.EcgFiles;
import org.einthoven.data.ecg.EcgRecord;
import org.einthoven.data.ecg.Quality;
import org.einthoven.data.qa.EcgQa;
import org.einthoven.data.qa.EcgQaReader;
import org.einthoven.models.io.GgufArray;
import org.einthoven.models.io.TorchCheckpoint;
import org.einthoven.models.io.WeightFile;
import org.einthoven.models.io.WeightFiles;
import org.einthoven.tensor.FormatException;
import org.einthoven.tensor.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** What is in a file; its kind is found by content. */
@Command(name = "inspect", description = "what is in a weight file, an ECG record or an ECG-QA file")
final class InspectVerb extends Verb {
    private static final int BEGINNING = 4096;

    @Parameters(
            paramLabel = "FILE",
            description = "weights (.safetensors, .gguf, .pt, or a folder), ECG record, or ECG-QA file")
    Path file;

    @Override
    Result result() {
        if (EcgFiles.isEcg(file)) {
            return ecg(EcgFiles.open(file), EcgFiles.format(file).orElseThrow());
        }
        if (!Files.exists(file)) {
            throw new FormatException(
                    file.toString(), FormatException.WHOLE_FILE, "file", "no such file or record; check the path");
        }
        if (isQuestions()) {
            return questions(EcgQaReader.read(file));
        }
        try (WeightFile weights = WeightFiles.open(file)) {
            return weights(weights);
        } catch (FormatException e) {
            if (e.field().equals("format")) { // no weights at all
                throw new FormatException(
                        file.toString(),
                        0,
                        "format",
                        "is none of WFDB, Challenge or MATLAB 5 ECG, ECG-QA JSON, safetensors, GGUF, torch .pt");
            }
            throw e;
        }
    }

    // ---------------------------------------------------------------- ECG

    private static Result ecg(EcgRecord record, String format) {
        List<String> warnings = new ArrayList<>(record.warnings());
        warnings.addAll(Quality.of(record).warnings());
        Result r = new Result()
                .put("format", format)
                .put("id", record.id())
                .put("leads", record.leads())
                .put("hz", record.hz())
                .put("samples", record.length())
                .put("seconds", record.seconds())
                .put("first_mv", first(record))
                .put("checksums_ok", record.checksumsOk().orElse(null));
        r.line(
                "%s record %s: %d leads, %s Hz, %d samples, %.3f s",
                format, record.id(), record.leads().size(), number(record.hz()), record.length(), record.seconds());
        for (int i = 0; i < record.leads().size(); i++) {
            r.line("%-6s first sample %9.4f mV", record.leads().get(i), record.samples()[i][0]);
        }
        r.line("checksums: "
                + record.checksumsOk().map(ok -> ok ? "right" : "WRONG").orElse("none stored"));
        return r.warnings(warnings).disclaimer();
    }

    private static float[] first(EcgRecord record) {
        float[] first = new float[record.samples().length];
        for (int i = 0; i < first.length; i++) {
            first[i] = record.samples()[i][0];
        }
        return first;
    }

    private static String number(double x) {
        return x == Math.rint(x) ? String.valueOf((long) x) : String.valueOf(x);
    }

    // ---------------------------------------------------------------- ECG-QA

    private boolean isQuestions() {
        if (Files.isDirectory(file)) {
            return has(file, ".json", ".json.gz") && !has(file, ".safetensors")
                    || Files.isDirectory(file.resolve("train"));
        }
        try (InputStream raw = Files.newInputStream(file)) {
            byte[] head = raw.readNBytes(BEGINNING);
            boolean gzip = head.length > 2 && head[0] == 0x1f && head[1] == (byte) 0x8b;
            return EcgQaReader.looksLike(gzip ? inflated() : head);
        } catch (IOException e) {
            throw new FormatException(
                    file.toString(), FormatException.WHOLE_FILE, "file", "cannot be read: " + e.getMessage(), e);
        }
    }

    private byte[] inflated() throws IOException {
        try (InputStream in = new GZIPInputStream(Files.newInputStream(file))) {
            return in.readNBytes(BEGINNING);
        }
    }

    private static boolean has(Path folder, String... endings) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.anyMatch(f -> Stream.of(endings).anyMatch(f.toString()::endsWith));
        } catch (IOException e) {
            throw new FormatException(
                    folder.toString(), FormatException.WHOLE_FILE, "folder", "cannot be read: " + e.getMessage(), e);
        }
    }

    private static Result questions(EcgQa qa) {
        long ecgs = qa.items().stream()
                .flatMap(item -> item.ecgIds().stream())
                .distinct()
                .count();
        Result r = new Result()
                .put("format", "ecg-qa")
                .put("items", qa.items().size())
                .put("question_types", qa.countsByType())
                .put("ecgs", ecgs);
        r.line("ECG-QA: %d items about %d ECGs", qa.items().size(), ecgs);
        qa.countsByType().forEach((type, count) -> r.line("%7d  %s", count, type));
        return r.warnings(qa.warnings());
    }

    // ---------------------------------------------------------------- weights

    private static Result weights(WeightFile file) {
        List<WeightFile.Entry> entries = file.names().stream().map(file::entry).toList();
        Map<String, Object> metadata = new LinkedHashMap<>();
        file.metadata().forEach((key, value) -> metadata.put(key, plain(value)));
        Result r = new Result()
                .put("format", file.format())
                .put("tensors", entries.stream().map(InspectVerb::entry).toList())
                .put("metadata", metadata);
        r.line("%s: %d tensors", file.format(), entries.size());
        entries.forEach(e -> r.line("%-6s %-20s %s", e.type(), e.shape(), e.name()));
        if (!file.metadata().isEmpty()) {
            r.line("metadata");
            file.metadata().forEach((key, value) -> r.line("%s = %s", key, brief(value)));
        }
        if (file instanceof TorchCheckpoint torch && !torch.foreignClasses().isEmpty()) {
            r.put("foreign_classes", torch.foreignClasses());
            r.line("objects of classes that are not known here, left as they are: "
                    + String.join(", ", torch.foreignClasses()));
        }
        return r;
    }

    private static Map<String, Object> entry(WeightFile.Entry e) {
        Map<String, Object> m = new LinkedHashMap<>();
        m.put("name", e.name());
        m.put("type", e.type());
        m.put("shape", e.shape().toArray());
        return m;
    }

    /** Values as JSON has them; lists in full where they are of text or of usual numbers, else their type and length. */
    private static @Nullable Object plain(@Nullable Object value) {
        return switch (value) {
            case null -> null;
            case Number n -> n;
            case Boolean b -> b;
            case GgufArray a ->
                switch (a.elementType()) {
                    case STRING -> List.of(a.strings());
                    case FLOAT32 -> a.floats();
                    case INT32 -> a.ints();
                    default -> a.toString();
                };
            default -> value.toString();
        };
    }

    private static String brief(Object value) {
        String s = String.valueOf(value);
        return s.length() > 100 ? s.substring(0, 100) + ".. (" + s.length() + " characters)" : s;
    }
}
