package org.einthoven.models.io;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.einthoven.tensor.Shape;
import org.einthoven.tensor.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NameMapTest {
    @TempDir
    Path dir;

    private final NameMap map = NameMap.identity()
            .ignore("model\\.quantizer\\..*")
            .rename("^model\\.", "")
            .rename("original0$", "weight_g");

    private Path file() {
        Path path = dir.resolve("w.safetensors");
        SafetensorsWriter.write(
                path,
                Map.of(
                        "model.conv.original0", Tensor.of(new float[] {1, 2}, 2),
                        "model.quantizer.vars", Tensor.scalar(9),
                        "model.bias", Tensor.scalar(3)),
                Map.of());
        return path;
    }

    @Test
    void rulesApplyInOrder() {
        try (WeightFile file = WeightFiles.open(file())) {
            Map<String, Tensor> loaded = map.load(file, Map.of("conv.weight_g", Shape.of(2), "bias", Shape.SCALAR));
            assertEquals(Set.of("conv.weight_g", "bias"), loaded.keySet());
            assertEquals(3, loaded.get("bias").item());
        }
    }

    @Test
    void allProblemsAreToldAtOnce() throws Exception {
        Path path = file();
        try (WeightFile file = WeightFiles.open(path)) {
            Map<String, Shape> expected = Map.of("conv.weight_g", Shape.of(3), "scale", Shape.of(1));
            Refused.by(
                    path,
                    () -> map.load(file, expected),
                    "1 missing: scale [1]",
                    "1 unexpected: model.bias",
                    "1 misshaped: model.conv.original0 is [2], the model has [3]");
            Refused.by(path, () -> map.rename(".*", "same").load(file, Map.of()), "named twice", "are both same");
        }
    }
}
