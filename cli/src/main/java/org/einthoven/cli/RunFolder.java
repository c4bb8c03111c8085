package org.einthoven.cli;

import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.SortedMap;
import java.util.TreeMap;
import org.einthoven.meta.metrics.Answer;
import org.einthoven.meta.metrics.AnswerFile;
import org.einthoven.meta.metrics.Selective;
import org.einthoven.meta.report.EcgSample;
import org.einthoven.meta.report.RunReport;
import org.einthoven.models.io.StrictJson;
import org.einthoven.tensor.FormatException;
import org.einthoven.tensor.Nullable;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** The folder that {@code train} or {@code inference} left, read back for a report. */
final class RunFolder {
    /** What training records as it goes. */
    static final String RECORD = "run.jsonl";

    /** Points of a curve; more are averaged. */
    private static final int POINTS = 300;

    private final Path folder;
    private final List<String> notes = new ArrayList<>();

    private RunFolder(Path folder) {
        this.folder = folder;
    }

    /** @throws FormatException when it is no folder of a run, or a file in it is damaged */
    static RunReport read(Path folder) {
        return new RunFolder(folder).read();
    }

    private RunReport read() {
        boolean judged = Files.isRegularFile(folder.resolve(Evidence.RESULT));
        boolean trained = Files.isRegularFile(folder.resolve(RECORD));
        if (!judged && !trained) {
            throw new FormatException(
                    folder.toString(),
                    FormatException.WHOLE_FILE,
                    "run",
                    "holds neither " + Evidence.RESULT + " nor " + RECORD
                            + "; name the --out folder of a train or inference run");
        }
        JsonNode result = judged ? result() : null;
        if (result == null) {
            notes.add("this run is not over: there is no " + Evidence.RESULT + " yet");
        }
        List<Answer> answers = answers();
        return new RunReport(
                name(),
                result == null
                        ? "not known before the run is over"
                        : result.path("protocol").asString("unknown"),
                result == null ? List.of() : RunTables.of(result, answers),
                answers.isEmpty()
                        ? Optional.empty()
                        : Optional.of(new RunReport.Confidence(Selective.ofAnswers(answers), temperature(result))),
                result == null ? new LinkedHashMap<>() : scores(result.path(FurtherScores.SCORES)),
                result == null ? new TreeMap<>() : prevalence(result.path(FurtherScores.PREDICTIVE_VALUES)),
                curves(trained, result),
                samples(),
                result == null ? new TreeMap<>() : texts(result.path("leaks")),
                result == null ? new TreeMap<>() : configuration(result),
                notes(result));
    }

    /** Without what no page shows: the tables of the attributes, of which there may be a great many. */
    private JsonNode result() {
        Path file = folder.resolve(Evidence.RESULT);
        return StrictJson.read(file, "result", p -> {
            StrictJson.expect(p, JsonToken.START_OBJECT, file.toString(), 0, "result");
            ObjectNode shown = JsonNodeFactory.instance.objectNode();
            while (p.nextToken() == JsonToken.PROPERTY_NAME) {
                String key = p.currentName();
                p.nextToken();
                if (key.equals(AttributeTable.FIELD)) {
                    p.skipChildren();
                } else {
                    shown.set(key, StrictJson.smallTree(p, file.toString(), key));
                }
            }
            return shown;
        });
    }

    /** Single numbers, and those that have an interval by their value. */
    private static SequencedMap<String, Double> scores(JsonNode object) {
        SequencedMap<String, Double> scores = new LinkedHashMap<>();
        object.properties().forEach(e -> {
            double x = RunTables.number(e.getValue().isObject() ? e.getValue().path("value") : e.getValue());
            if (!Double.isNaN(x)) {
                scores.put(e.getKey(), x);
            }
        });
        return scores;
    }

    private static SortedMap<String, Double> prevalence(JsonNode values) {
        SortedMap<String, Double> prevalence = new TreeMap<>();
        values.forEach(v -> prevalence.put(v.path("attribute").asString(""), RunTables.number(v.path("prevalence"))));
        return prevalence;
    }

    private String name() {
        return folder.toAbsolutePath().normalize().getFileName().toString();
    }

    private static Optional<Double> temperature(@Nullable JsonNode result) {
        JsonNode t = result == null ? null : result.path("confidence").get("temperature");
        return t != null && t.isNumber() ? Optional.of(t.doubleValue()) : Optional.empty();
    }

    private List<String> notes(@Nullable JsonNode result) {
        if (result != null) {
            result.path("warnings").forEach(w -> notes.add(w.asString("")));
        }
        return List.copyOf(notes);
    }

    private List<Answer> answers() {
        Path file = folder.resolve(Evidence.PREDICTIONS);
        return Files.isRegularFile(file) ? AnswerFile.read(file).predictions() : List.of();
    }

    private static SortedMap<String, String> texts(JsonNode object) {
        SortedMap<String, String> texts = new TreeMap<>();
        object.properties().forEach(e -> texts.put(e.getKey(), text(e.getValue())));
        return texts;
    }

    private static String text(JsonNode n) {
        if (!n.isArray()) {
            return n.asString("");
        }
        List<String> parts = new ArrayList<>();
        n.forEach(x -> parts.add(x.asString("")));
        return parts.isEmpty() ? "none" : String.join(", ", parts);
    }

    /** What decides the numbers, and the digest of the mapper that came of it. */
    private SortedMap<String, String> configuration(JsonNode result) {
        SortedMap<String, String> configuration = texts(result.path("config"));
        configuration.put("steps", result.path("steps").asString(""));
        Path mapper = folder.resolve("mapper.safetensors");
        if (Files.isRegularFile(mapper)) {
            configuration.put("mapper.safetensors, SHA-256", Digest.ofFile(mapper));
        }
        return configuration;
    }

    // ---------------------------------------------------------------- curves

    private List<RunReport.Curve> curves(boolean trained, @Nullable JsonNode result) {
        List<RunReport.Curve> curves = new ArrayList<>(trained ? curves() : List.of());
        if (result != null) {
            along(result.path(FurtherScores.BY_INNER_STEP)).ifPresent(curves::add);
        }
        return curves;
    }

    /** How test tasks are answered after each inner step, by the measure of the protocol. */
    private static Optional<RunReport.Curve> along(JsonNode points) {
        Series series = new Series();
        String measure = points.path(0).has("accuracy") ? "accuracy" : "token_accuracy";
        points.forEach(p -> series.add(series.steps.size(), RunTables.number(p.path(measure))));
        return series.steps.size() < 2
                ? Optional.empty()
                : Optional.of(
                        series.curve("test tasks, " + measure.replace('_', ' ') + " by inner step", "inner step"));
    }

    private List<RunReport.Curve> curves() {
        SequencedMap<String, Series> series = new LinkedHashMap<>();
        SortedMap<Long, double[]> byInnerStep = new TreeMap<>();
        try (BufferedReader lines = Files.newBufferedReader(folder.resolve(RECORD), StandardCharsets.UTF_8)) {
            String next = lines.readLine();
            for (int at = 1; next != null; at++) {
                String text = next;
                next = lines.readLine();
                try {
                    line(text, at, series, byInnerStep);
                } catch (FormatException damaged) {
                    if (next != null || endsInNewLine(folder.resolve(RECORD))) {
                        throw damaged;
                    }
                    notes.add("the last line of " + RECORD
                            + " is unfinished and was left out"); // killed, or still running
                }
            }
        } catch (CharacterCodingException e) {
            throw bad(RECORD, "text", "is not in UTF-8; it is no record of a run, or it is damaged");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        List<RunReport.Curve> curves = new ArrayList<>();
        series.forEach((name, s) -> curves.add(s.curve(name, "outer step")));
        if (byInnerStep.size() > 1) {
            Series inner = new Series();
            byInnerStep.forEach((step, sum) -> inner.add(step, sum[0] / sum[1]));
            curves.add(inner.curve("query exact match by inner step, mean over training", "inner step"));
        }
        return curves;
    }

    private static boolean endsInNewLine(Path file) throws IOException {
        try (SeekableByteChannel bytes = Files.newByteChannel(file)) {
            ByteBuffer last = ByteBuffer.allocate(1);
            bytes.position(Math.max(0, bytes.size() - 1)).read(last);
            return last.get(0) == '\n';
        }
    }

    private void line(String text, int at, Map<String, Series> series, Map<Long, double[]> byInnerStep) {
        String field = "line " + at;
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        JsonNode n = StrictJson.read(
                folder.resolve(RECORD).toString(),
                0,
                field,
                new ByteArrayInputStream(bytes),
                p -> StrictJson.smallTree(p, RECORD, field));
        long step = whole(n, "step", field);
        if (n.has("inner_step")) {
            long innerStep = whole(n, "inner_step", field);
            double match = RunTables.number(n.path("exact_match"));
            if (!Double.isNaN(match)) {
                double[] sum = byInnerStep.computeIfAbsent(innerStep, k -> new double[2]);
                sum[0] += match;
                sum[1]++;
            }
        } else if (n.has("evaluation")) {
            put(series, "test look, exact match", step, n.path("evaluation").path("exact_match"));
        } else if (n.has("validation")) {
            put(series, "meta-validation accuracy", step, n.path("validation").path("accuracy"));
        } else {
            put(series, "query loss", step, n.path("loss"));
            put(series, "query exact match", step, n.path("exact_match"));
            put(series, "query token accuracy", step, n.path("token_accuracy"));
        }
    }

    private long whole(JsonNode line, String key, String field) {
        if (!line.path(key).isIntegralNumber() || !line.path(key).canConvertToLong()) {
            throw bad(RECORD, field + "." + key, "must be a whole number");
        }
        return line.path(key).longValue();
    }

    private static void put(Map<String, Series> series, String name, long step, JsonNode value) {
        if (value.isNumber()) {
            series.computeIfAbsent(name, k -> new Series()).add(step, value.doubleValue());
        }
    }

    /** Values over steps. */
    private static final class Series {
        private final List<Long> steps = new ArrayList<>();
        private final List<Double> values = new ArrayList<>();

        void add(long step, double value) {
            steps.add(step);
            values.add(value);
        }

        RunReport.Curve curve(String name, String along) {
            int width = Math.ceilDiv(steps.size(), POINTS);
            if (width == 1) {
                return new RunReport.Curve(name, along, steps, values);
            }
            List<Long> at = new ArrayList<>();
            List<Double> means = new ArrayList<>();
            for (int from = 0; from < steps.size(); from += width) {
                int to = Math.min(steps.size(), from + width);
                at.add(steps.get(to - 1));
                means.add(values.subList(from, to).stream()
                        .mapToDouble(x -> x)
                        .average()
                        .orElseThrow());
            }
            return new RunReport.Curve(name + ", means of " + width, along, at, means);
        }
    }

    // ---------------------------------------------------------------- samples

    private List<EcgSample> samples() {
        Path file = folder.resolve(Evidence.SAMPLES);
        if (!Files.isRegularFile(file)) {
            return List.of();
        }
        List<EcgSample> samples = new ArrayList<>();
        StrictJson.read(file, "samples", p -> {
            StrictJson.expect(p, JsonToken.START_ARRAY, file.toString(), 0, "samples");
            while (p.nextToken() != JsonToken.END_ARRAY) {
                String field = "samples[" + samples.size() + "]";
                samples.add(sample(StrictJson.smallTree(p, file.toString(), field), field));
            }
            return samples;
        });
        return samples;
    }

    private EcgSample sample(JsonNode n, String field) {
        double hz = RunTables.number(n.path("hz"));
        if (!(hz > 0)) {
            throw bad(Evidence.SAMPLES, field + ".hz", "must be a number above 0");
        }
        SequencedMap<String, double[]> millivolts = new LinkedHashMap<>();
        n.path("microvolts").properties().forEach(lead -> {
            double[] mv = new double[lead.getValue().size()];
            for (int i = 0; i < mv.length; i++) {
                mv[i] = RunTables.number(lead.getValue().get(i)) / 1000;
            }
            millivolts.put(lead.getKey(), mv);
        });
        return new EcgSample(
                n.path("ecg").asString(""),
                n.path("question").asString(""),
                n.path("gold").asString(""),
                n.path("predicted").asString(""),
                RunTables.number(n.path("confidence")),
                hz,
                millivolts);
    }

    private FormatException bad(String file, String field, String problem) {
        return new FormatException(folder.resolve(file).toString(), FormatException.WHOLE_FILE, field, problem);
    }
}
