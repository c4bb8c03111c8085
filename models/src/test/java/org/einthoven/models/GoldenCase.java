package org.einthoven.models;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.einthoven.models.io.SafetensorsFile;
import org.einthoven.tensor.DType;
import org.einthoven.tensor.Tensor;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** One folder of reference numbers. */
public final class GoldenCase {
    private final Path folder;
    private final JsonNode index;
    private final Map<String, Tensor> tensors = new LinkedHashMap<>();

    private GoldenCase(Path folder) {
        this.folder = folder;
        this.index = JsonMapper.shared().readTree(folder.resolve("index.json").toFile());
        try (SafetensorsFile f = SafetensorsFile.open(folder.resolve("data.safetensors"))) {
            for (String name : f.names()) {
                Tensor t = f.tensor(name);
                tensors.put(name, t.dtype().isStorageOnly() ? t.cast(DType.F32) : t);
            }
        }
    }

    /** The case {@code GROUP/NAME}; the calling test is skipped when the numbers are not there. */
    public static GoldenCase of(String name) {
        Path folder = root().resolve(name);
        assumeTrue(
                Files.isDirectory(folder),
                "no reference numbers in " + folder + "; name their folder by -Deinthoven.goldens");
        return new GoldenCase(folder);
    }

    private static Path root() {
        return Path.of(System.getProperty("einthoven.goldens", "../../shared/goldens"));
    }

    public Path file(String name) {
        return folder.resolve(name).normalize();
    }

    public JsonNode attrs() {
        return index.get("attrs");
    }

    /** The attributes as a plain tree. */
    @SuppressWarnings("unchecked")
    public static Map<String, Object> tree(JsonNode node) {
        return JsonMapper.shared().convertValue(node, Map.class);
    }

    public Tensor input(String name) {
        return get("inputs", name);
    }

    public Tensor expected(String name) {
        return get("expected", name);
    }

    public boolean expects(String name) {
        return tensors.containsKey("expected." + name);
    }

    public Tensor get(String section, String name) {
        Tensor t = tensors.get(section + "." + name);
        return t != null ? t : fail(folder + " has no " + section + "." + name);
    }

    /** All tensors of a section by name. */
    public Map<String, Tensor> section(String section) {
        Map<String, Tensor> m = new LinkedHashMap<>();
        tensors.forEach((k, t) -> {
            if (k.startsWith(section + ".")) {
                m.put(k.substring(section.length() + 1), t);
            }
        });
        return m;
    }

    /** {@code |got - want| <= atol + rtol |want|}, with the tolerance of the case. */
    public void check(String what, Tensor got, Tensor want) {
        assertEquals(want.shape(), got.shape(), what);
        double rtol = index.get("tolerance").get("rtol").asDouble();
        double atol = index.get("tolerance").get("atol").asDouble();
        double[] g = got.toDoubles();
        double[] w = want.toDoubles();
        for (int i = 0; i < g.length; i++) {
            if (!(Math.abs(g[i] - w[i]) <= atol + rtol * Math.abs(w[i]))) {
                fail(folder.getFileName() + ": " + what + " " + want.shape() + " at " + i + ": got " + g[i] + ", want "
                        + w[i]);
            }
        }
    }

    public void check(String what, Tensor got) {
        check(what, got, expected(what));
    }
}
