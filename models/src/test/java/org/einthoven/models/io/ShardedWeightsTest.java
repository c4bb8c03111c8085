package org.einthoven.models.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.einthoven.tensor.Tensor;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ShardedWeightsTest {
    @TempDir
    Path dir;

    private Path index;

    @BeforeEach
    void twoShards() {
        SafetensorsWriter.write(dir.resolve("1.safetensors"), Map.of("a", Tensor.scalar(1)), Map.of("format", "pt"));
        SafetensorsWriter.write(dir.resolve("2.safetensors"), Map.of("b", Tensor.scalar(2)), Map.of());
        index = dir.resolve("model.safetensors.index.json");
    }

    private void index(String weightMap) throws Exception {
        Files.writeString(index, "{\"metadata\":{\"total_size\":8},\"weight_map\":" + weightMap + "}");
    }

    @Test
    void shardsAreOneFile() throws Exception {
        index("{\"b\":\"2.safetensors\",\"a\":\"1.safetensors\"}");
        for (Path path : List.of(dir, index)) {
            try (WeightFile file = WeightFiles.open(path)) {
                assertEquals(List.of("b", "a"), file.names());
                assertEquals(1, file.tensor("a").item());
                assertEquals(2, file.tensor("b").item());
                assertEquals("pt", file.metadata().get("format"));
            }
        }
    }

    @Test
    void s9ShardsOutsideTheFolder() throws Exception {
        for (String shard :
                List.of("../x.safetensors", "/etc/passwd", "..", "", "sub/1.safetensors", "a\\\\b", "c:x")) {
            index("{\"a\":\"" + shard + "\"}");
            Refused.by(index, () -> WeightFiles.open(dir), "weight_map.a", "plain name");
        }
    }

    @Test
    void s9IndexAndShardsDisagree() throws Exception {
        index("{\"a\":\"3.safetensors\"}");
        Refused.by(index, () -> WeightFiles.open(dir), "3.safetensors is missing");
        index("{\"a\":\"1.safetensors\",\"c\":\"2.safetensors\"}");
        Refused.by(
                index,
                () -> WeightFiles.open(dir),
                "c is not in 2.safetensors",
                "b of 2.safetensors is not in the index");
        index("{\"a\":\"2.safetensors\",\"b\":\"2.safetensors\"}");
        Refused.by(index, () -> WeightFiles.open(dir), "a is not in 2.safetensors");
        index("{}");
        Refused.by(index, () -> WeightFiles.open(dir), "weight_map", "missing or empty");
        index("{\"a\":\"1.safetensors\",\"a\":\"2.safetensors\"}");
        Refused.by(index, () -> WeightFiles.open(dir), "uplicate");
    }

    @Test
    void severalFilesAndNoIndex() throws Exception {
        Refused.by(dir, () -> WeightFiles.open(dir), "1.safetensors", "2.safetensors", "name one of them");
        SafetensorsWriter.write(dir.resolve("model.safetensors"), Map.of("m", Tensor.scalar(3)), Map.of());
        try (WeightFile file = WeightFiles.open(dir)) {
            assertTrue(file.has("m"));
        }
        Path empty = Files.createDirectory(dir.resolve("empty"));
        Refused.by(empty, () -> WeightFiles.open(empty), "no *.safetensors");
    }

    @Test
    void torchShards() throws Exception {
        TorchWriter.write(dir.resolve("1.bin"), Map.of("model", Map.of("norm.weight", Tensor.scalar(4))));
        TorchWriter.write(dir.resolve("2.bin"), Map.of("lm_head", Map.of("weight", Tensor.scalar(5))));
        Path torchIndex = dir.resolve("pytorch_model.bin.index.json");
        Files.writeString(
                torchIndex, "{\"weight_map\":{\"model.norm.weight\":\"1.bin\",\"lm_head.weight\":\"2.bin\"}}");
        Refused.by(dir, () -> WeightFiles.open(dir), "several weight files");
        Files.delete(dir.resolve("1.safetensors"));
        Files.delete(dir.resolve("2.safetensors"));
        try (WeightFile file = WeightFiles.open(dir)) {
            assertEquals("torch", file.format());
            assertEquals(List.of("model.norm.weight", "lm_head.weight"), file.names());
            assertEquals(5, file.tensor("lm_head.weight").item());
        }
        Files.delete(torchIndex);
        Files.move(dir.resolve("2.bin"), dir.resolve("pytorch_model.bin"));
        try (WeightFile file = WeightFiles.open(dir)) {
            assertEquals(List.of("lm_head.weight"), file.names());
        }
    }

    @Test
    void anIndexIsNoShard() throws Exception {
        index("{\"a\":\"model.safetensors.index.json\"}");
        Refused.by(index, () -> WeightFiles.open(index), "");
    }

    @Test
    void aShardedModelOfTheHouse() {
        try (WeightFile file = WeightFiles.open(Shared.golden("C_llm/llama_untied_sharded/f32"))) {
            file.names()
                    .forEach(name -> assertEquals(
                            file.entry(name).shape(), file.tensor(name).shape()));
        }
    }
}
