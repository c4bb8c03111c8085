package org.einthoven.cli;

import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.einthoven.models.io.AtomicFile;
import org.einthoven.tensor.Nullable;
import org.einthoven.tensor.Tensor;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.json.JsonMapper;

/** What a verb has to say: the same facts as text for a person and as one JSON object for a program. */
final class Result {
    /** Writes plain values: binding objects, which none of these are, would take a cold JVM a tenth of a second. */
    private static final JsonFactory JSON = new JsonFactory();

    private final Map<String, Object> fields = new LinkedHashMap<>();
    private final StringBuilder text = new StringBuilder();
    private int exitCode;

    /** One JSON field: a number, text, truth value, array, list or map. JSON has no NaN and no infinity: they become null. */
    Result put(String field, @Nullable Object value) {
        fields.put(field, plain(value));
        return this;
    }

    Result putAll(Map<String, ?> more) {
        more.forEach(this::put);
        return this;
    }

    /** One line of text. */
    Result line(String format, @Nullable Object... args) {
        text.append(args.length == 0 ? format : String.format(Locale.ROOT, format, args))
                .append('\n');
        return this;
    }

    /** The line that every output about an ECG carries. */
    Result disclaimer() {
        put("disclaimer", Verb.DISCLAIMER);
        return line(Verb.DISCLAIMER);
    }

    /** Warnings go into the JSON and, one a line, to stderr. */
    Result warnings(Collection<String> warnings) {
        put("warnings", warnings);
        warnings.forEach(Progress::warn);
        return this;
    }

    Result exitCode(int code) {
        exitCode = code;
        return this;
    }

    int exitCode() {
        return exitCode;
    }

    String json() {
        StringWriter out = new StringWriter();
        try (JsonGenerator json = JSON.createGenerator(ObjectWriteContext.empty(), out)) {
            write(json, fields);
        }
        return out.toString();
    }

    private static void write(JsonGenerator json, Object value) {
        switch (value) {
            case null -> json.writeNull();
            case String s -> json.writeString(s);
            case Boolean b -> json.writeBoolean(b);
            case Integer n -> json.writeNumber(n);
            case Long n -> json.writeNumber(n);
            case Float n -> json.writeNumber(n);
            case Double n -> json.writeNumber(n);
            case List<?> list -> {
                json.writeStartArray();
                list.forEach(v -> write(json, v));
                json.writeEndArray();
            }
            case Map<?, ?> map -> {
                json.writeStartObject();
                map.forEach((name, v) -> {
                    json.writeName(name.toString());
                    write(json, v);
                });
                json.writeEndObject();
            }
            default -> json.writeRawValue(JsonMapper.shared().writeValueAsString(value));
        }
    }

    /** The JSON as a file, whole or not at all. */
    void writeTo(Path file) {
        AtomicFile.write(file, out -> out.write(json().getBytes(StandardCharsets.UTF_8)));
    }

    String text() {
        return text.toString().stripTrailing();
    }

    private static @Nullable Object plain(@Nullable Object value) {
        return switch (value) {
            case null -> null;
            case Double d -> Double.isFinite(d) ? d : null;
            case Float f -> Float.isFinite(f) ? f : null;
            case int[] x -> Arrays.stream(x).boxed().toList();
            case double[] x -> Arrays.stream(x).boxed().map(Result::plain).toList();
            case float[] x -> floats(x);
            case Tensor t -> plain(t.toDoubles());
            case Collection<?> c -> list(c);
            case Map<?, ?> m -> map(m);
            default -> value;
        };
    }

    private static List<Object> floats(float[] x) {
        List<Object> list = new ArrayList<>(x.length);
        for (float v : x) {
            list.add(plain(v));
        }
        return list;
    }

    private static List<Object> list(Collection<?> c) {
        List<Object> list = new ArrayList<>(c.size()); // may hold null, so no List.copyOf
        c.forEach(v -> list.add(plain(v)));
        return list;
    }

    private static Map<String, Object> map(Map<?, ?> m) {
        Map<String, Object> map = new LinkedHashMap<>();
        m.forEach((k, v) -> map.put(k.toString(), plain(v)));
        return map;
    }
}
