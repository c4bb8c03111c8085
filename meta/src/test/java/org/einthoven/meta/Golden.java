package org.einthoven.meta;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.einthoven.autograd.Params;
import org.einthoven.models.io.SafetensorsFile;
import org.einthoven.tensor.DType;
import org.einthoven.tensor.Tensor;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** One folder of reference numbers, found through {@code catalog.json}'s kind of index. */
record Golden(Path folder, JsonNode index, Map<String, Tensor> data) {
    static Path root() {
        Path root = Path.of(System.getProperty("einthoven.goldens", "../shared/goldens"));
        Assumptions.assumeTrue(
                Files.isDirectory(root), "no reference numbers at " + root + "; see -Deinthoven.goldens");
        return root;
    }

    /** All cases of a group. */
    static List<Golden> group(String group) throws Exception {
        List<Golden> cases = new ArrayList<>();
        try (var folders = Files.list(root().resolve(group))) {
            for (Path f : folders.filter(Files::isDirectory).sorted().toList()) {
                cases.add(open(f));
            }
        }
        return cases;
    }

    static Golden open(Path folder) throws Exception {
        JsonNode index = JsonMapper.shared().readTree(Files.readString(folder.resolve("index.json")));
        Map<String, Tensor> data = new LinkedHashMap<>();
        try (SafetensorsFile f = SafetensorsFile.open(folder.resolve("data.safetensors"))) {
            for (String name : f.names()) {
                data.put(name, f.tensor(name));
            }
        }
        return new Golden(folder, index, data);
    }

    String op() {
        return index.get("op").asString();
    }

    JsonNode attr(String name) {
        return index.get("attrs").path(name);
    }

    Tensor tensor(String section, String name) {
        return data.get(index.get(section).get(name).get("tensor").asString());
    }

    boolean has(String section, String name) {
        return index.path(section).has(name);
    }

    int tasks() {
        int n = 0;
        while (has("inputs", "task" + n + ".spt.x")) {
            n++;
        }
        return n;
    }

    /** The parameters under their names that begin with a prefix, which is taken off, as F64. */
    Params parameters(String prefix) {
        Map<String, Tensor> m = new LinkedHashMap<>();
        index.get("parameters").propertyNames().forEach(name -> {
            if (name.startsWith(prefix)) {
                m.put(
                        name.substring(prefix.length()),
                        tensor("parameters", name).cast(DType.F64));
            }
        });
        return Params.of(m);
    }

    List<String> order() {
        List<String> names = new ArrayList<>();
        attr("order").forEach(n -> names.add(n.asString()));
        return names;
    }

    void check(String section, String name, Tensor got) {
        double rtol = index.get("tolerance").get("rtol").asDouble();
        double atol = index.get("tolerance").get("atol").asDouble();
        double[] want = tensor(section, name).toDoubles();
        double[] is = got.toDoubles();
        Assertions.assertEquals(want.length, is.length, section + " " + name);
        for (int i = 0; i < want.length; i++) {
            if (!(Math.abs(is[i] - want[i]) <= atol + rtol * Math.abs(want[i]))) {
                Assertions.fail(folder.getFileName() + " " + section + "." + name + "[" + i + "]: got " + is[i]
                        + ", want " + want[i]);
            }
        }
    }

    void check(String section, String name, double... got) {
        check(section, name, Tensor.of(got, got.length));
    }

    @Override
    public String toString() {
        return folder.getFileName().toString();
    }
}
