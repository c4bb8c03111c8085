package org.einthoven.golden;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.einthoven.autograd.Params;
import org.einthoven.models.io.SafetensorsFile;
import org.einthoven.models.io.StrictJson;
import org.einthoven.tensor.DType;
import org.einthoven.tensor.FormatException;
import org.einthoven.tensor.Nullable;
import org.einthoven.tensor.Tensor;
import tools.jackson.databind.JsonNode;

/**
 * One folder of reference numbers: {@code index.json} says what is computed from which tensors of {@code data.safetensors}.
 * Everything that a computation needs is asked for here, by section and name; what is missing or of the wrong kind is a
 * {@link FormatException} that names the field.
 */
final class GoldenCase implements AutoCloseable {
    private final Path folder;
    private final JsonNode index;
    private final Map<String, Tensor> loaded = new LinkedHashMap<>();
    private @Nullable SafetensorsFile data; // none before a tensor is asked for

    private GoldenCase(Path folder, JsonNode index) {
        this.folder = folder;
        this.index = index;
    }

    static GoldenCase open(Path folder) {
        JsonNode index = StrictJson.tree(folder.resolve("index.json"), "index");
        if (!index.isObject()) {
            throw new FormatException(folder.resolve("index.json").toString(), 0, "index", "must be an object");
        }
        return new GoldenCase(folder, index);
    }

    /** What is computed. */
    String op() {
        return text(index.path("op"), "op");
    }

    /** A file of this case, or beside it. */
    Path file(String name) {
        return folder.resolve(name).normalize();
    }

    /** Whether a file that the case may have is there. */
    boolean hasFile(String name) {
        return Files.exists(file(name));
    }

    // ---------------------------------------------------------------- attributes

    JsonNode attrs() {
        return index.path("attrs");
    }

    boolean hasAttr(String name) {
        return !attrs().path(name).isMissingNode() && !attrs().path(name).isNull();
    }

    double real(String attr) {
        JsonNode n = attrs().path(attr);
        if (!n.isNumber()) {
            throw bad("attrs." + attr, "must be a number, is " + shown(n));
        }
        return n.asDouble();
    }

    double real(String attr, double absent) {
        return hasAttr(attr) ? real(attr) : absent;
    }

    int whole(String attr) {
        double x = real(attr);
        if (x != (int) x) {
            throw bad("attrs." + attr, "must be a whole number, is " + x);
        }
        return (int) x;
    }

    int whole(String attr, int absent) {
        return hasAttr(attr) ? whole(attr) : absent;
    }

    boolean truth(String attr, boolean absent) {
        if (!hasAttr(attr)) {
            return absent;
        }
        if (!attrs().path(attr).isBoolean()) {
            throw bad("attrs." + attr, "must be true or false, is " + shown(attrs().path(attr)));
        }
        return attrs().path(attr).asBoolean();
    }

    String text(String attr) {
        return text(attrs().path(attr), "attrs." + attr);
    }

    List<String> texts(String attr) {
        List<String> all = new ArrayList<>();
        attrs().path(attr).forEach(n -> all.add(text(n, "attrs." + attr)));
        return all;
    }

    double[] reals(String attr) {
        return numbers(attrs().path(attr), "attrs." + attr);
    }

    private String text(JsonNode n, String field) {
        if (!n.isString()) {
            throw bad(field, "must be text, is " + shown(n));
        }
        return n.asString();
    }

    private double[] numbers(JsonNode list, String field) {
        double[] x = new double[list.size()];
        for (int i = 0; i < x.length; i++) {
            if (!list.get(i).isNumber()) {
                throw bad(field, "must be a list of numbers");
            }
            x[i] = list.get(i).asDouble();
        }
        return x;
    }

    // ---------------------------------------------------------------- sections

    /** Names in a section, in its order; empty where there is no such section. */
    List<String> names(String section) {
        return List.copyOf(index.path(section).propertyNames());
    }

    boolean has(String section, String name) {
        return index.path(section).has(name);
    }

    Tensor input(String name) {
        return tensor("inputs", name);
    }

    /** An entry as a tensor; a plain number is an F64 scalar, a list of numbers F64 [n]. */
    Tensor tensor(String section, String name) {
        JsonNode entry = index.path(section).path(name);
        if (entry.has("value")) {
            return value(entry.get("value"), section + "." + name);
        }
        if (!entry.path("tensor").isString()) {
            throw bad(section + "." + name, entry.isMissingNode() ? "is missing" : "has neither a tensor nor a value");
        }
        return loaded.computeIfAbsent(entry.get("tensor").asString(), key -> data().tensor(key));
    }

    private Tensor value(JsonNode value, String field) {
        if (value.isArray()) {
            double[] x = numbers(value, field);
            return Tensor.of(x, x.length);
        }
        if (value.isBoolean()) {
            return Tensor.of(new boolean[] {value.asBoolean()});
        }
        if (!value.isNumber()) {
            throw bad(field, "must be a number or a list of numbers, is " + shown(value));
        }
        return Tensor.scalar(value.asDouble(), DType.F64);
    }

    /** The parameters whose names begin with {@code prefix}, which is taken off. */
    Params parameters(String prefix) {
        Map<String, Tensor> p = new LinkedHashMap<>();
        for (String name : names("parameters")) {
            if (name.startsWith(prefix)) {
                p.put(name.substring(prefix.length()), tensor("parameters", name));
            }
        }
        return Params.of(p);
    }

    Tolerance tolerance() {
        return tolerance(index.path("tolerance"), "tolerance");
    }

    /** For arithmetic in F64: the tighter tolerance where the case states one. */
    Tolerance f64Tolerance() {
        JsonNode tighter = index.path("tolerance").path("f64_arithmetic");
        return tighter.isMissingNode() ? tolerance() : tolerance(tighter, "tolerance.f64_arithmetic");
    }

    private Tolerance tolerance(JsonNode t, String field) {
        if (!t.path("rtol").isNumber() || !t.path("atol").isNumber()) {
            throw bad(field, "must have numbers rtol and atol, is " + shown(t));
        }
        return new Tolerance(t.get("rtol").asDouble(), t.get("atol").asDouble());
    }

    FormatException bad(String field, String problem) {
        return new FormatException(file("index.json").toString(), FormatException.WHOLE_FILE, field, problem);
    }

    private static String shown(JsonNode n) {
        return n.isMissingNode() ? "missing" : n.toString();
    }

    private SafetensorsFile data() {
        if (data == null) {
            data = SafetensorsFile.open(file(index.path("file").asString("data.safetensors")));
        }
        return data;
    }

    @Override
    public void close() {
        if (data != null) {
            data.close();
        }
    }
}
