package org.einthoven.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.einthoven.models.io.SafetensorsWriter;
import org.einthoven.tensor.Tensor;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

class MetricsVerbTest {
    private @TempDir Path dir;
    private Path pairs;

    @BeforeEach
    void name() {
        pairs = dir.resolve("pairs.json");
    }

    @Test
    void scoresAreMeansOverPairs() throws IOException {
        Files.writeString(pairs, "[[\"yes\", \"yes\"], [\"yes\", \"no\"]]");
        JsonNode r = Ran.json("metrics", "--pairs", pairs);
        assertEquals(0.5, r.get("bleu1").asDouble(), 1e-12);
        assertEquals(Math.sqrt(0.1) / 2, r.get("bleu2").asDouble(), 1e-12);
        assertEquals(0.5, r.get("rougeL").asDouble(), 1e-12);
        assertEquals(0.25, r.get("meteor").asDouble(), 1e-12);
        assertEquals(2, r.get("pairs").asInt());
        assertTrue(r.get("warnings").get(0).asString().contains("thesaurus"));
    }

    /** A WordNet of one set of synonyms. */
    @Test
    void meteorKnowsSynonymsWhereWordNetIs() throws IOException {
        Files.writeString(pairs, "[[\"kid\", \"child\"]]");
        assertEquals(0, Ran.json("metrics", "--pairs", pairs).get("meteor").asDouble());
        Path net = Files.createDirectory(dir.resolve("dict"));
        for (String part : List.of("noun", "verb", "adj", "adv")) {
            for (String file : List.of("index." + part, "data." + part, part + ".exc")) {
                Files.writeString(net.resolve(file), "");
            }
        }
        Files.writeString(net.resolve("data.noun"), "00000000 18 n 02 child 0 kid 0 000 | a young person\n");
        Files.writeString(net.resolve("index.noun"), "child n 1 0 1 0 00000000\nkid n 1 0 1 0 00000000\n");
        JsonNode r = Ran.json("metrics", "--pairs", pairs, "--wordnet", net);
        assertEquals(0.5, r.get("meteor").asDouble(), 1e-12);
        assertEquals(0, r.get("warnings").size());
        Ran.of("metrics", "--pairs", pairs, "--wordnet", dir).failed(3, "index.noun", "a folder of WordNet holds");
    }

    @Test
    void bertScoreIsOfTheLayerAskedFor() throws IOException {
        Files.writeString(pairs, "[[\"a b\", \"a b\"], [\"a\", \"b\"]]");
        Path bert = tinyBert(dir);
        JsonNode last = Ran.json("metrics", "--pairs", pairs, "--bert", bert);
        assertEquals(1, last.get("bert_layer").asInt());
        JsonNode embeddings = Ran.json("metrics", "--pairs", pairs, "--bert", bert, "--bert-layer", 0);
        // Embeddings are one-hot and so are the marks', so a and b are orthogonal before the norm and -1/5 after it.
        assertEquals((1 - 0.2) / 2, embeddings.get("bertscore").asDouble(), 1e-6);
        assertEquals((1 - 0.2) / 2, embeddings.get("bertscore_recall").asDouble(), 1e-6);
        Path baseline = dir.resolve("baseline.tsv");
        Files.writeString(baseline, "LAYER,P,R,F\n0,0.2,0.2,0.2\n");
        JsonNode rescaled =
                Ran.json("metrics", "--pairs", pairs, "--bert", bert, "--bert-layer", 0, "--bert-baseline", baseline);
        assertEquals(0.25, rescaled.get("bertscore").asDouble(), 1e-6);
        assertTrue(rescaled.get("bert_rescaled").asBoolean());
        JsonNode rare = Ran.json("metrics", "--pairs", pairs, "--bert", bert, "--bert-layer", 0, "--bert-idf");
        // Both references have a, so it weighs ln(3/3) = 0: the second pair has no reference token of weight.
        assertEquals(0.5, rare.get("bertscore").asDouble(), 1e-6);

        Ran.of("metrics", "--pairs", pairs, "--bert", bert, "--bert-layer", 2).failed(2, "--bert-layer 2", "0 to 1");
        Ran.of("metrics", "--pairs", pairs, "--bert", bert, "--bert-baseline", baseline)
                .failed(3, "layer 1");
        Ran.of("metrics", "--pairs", pairs, "--bert-idf").failed(2, "--bert PATH");
        Ran.of("metrics", "--pairs", pairs, "--bert", dir).failed(3, "config.json");
    }

    /** Width 6, one layer, words that are axes, and no other weights than ones of the norms. */
    static Path tinyBert(Path dir) throws IOException {
        Path folder = Files.createDirectory(dir.resolve("bert"));
        Files.writeString(folder.resolve("vocab.txt"), "[PAD]\n[UNK]\n[CLS]\n[SEP]\na\nb\n");
        Files.writeString(
                folder.resolve("config.json"),
                "{\"model_type\":\"bert\",\"vocab_size\":6,\"hidden_size\":6,\"intermediate_size\":2,"
                        + "\"num_hidden_layers\":1,\"num_attention_heads\":2,\"max_position_embeddings\":8}");
        float[] axes = new float[36];
        for (int i = 0; i < 6; i++) {
            axes[7 * i] = 1;
        }
        Map<String, Tensor> weights = new TreeMap<>();
        weights.put("embeddings.word_embeddings.weight", Tensor.of(axes, 6, 6));
        weights.put("embeddings.position_embeddings.weight", Tensor.of(new float[48], 8, 6));
        weights.put("embeddings.token_type_embeddings.weight", Tensor.of(new float[12], 2, 6));
        for (String norm : List.of(
                "embeddings.LayerNorm",
                "encoder.layer.0.attention.output.LayerNorm",
                "encoder.layer.0.output.LayerNorm")) {
            weights.put(norm + ".weight", Tensor.of(new float[] {1, 1, 1, 1, 1, 1}, 6));
            weights.put(norm + ".bias", Tensor.of(new float[6], 6));
        }
        for (String part : List.of("self.query", "self.key", "self.value", "output.dense")) {
            linear(weights, "encoder.layer.0.attention." + part, 6, 6);
        }
        linear(weights, "encoder.layer.0.intermediate.dense", 2, 6);
        linear(weights, "encoder.layer.0.output.dense", 6, 2);
        SafetensorsWriter.write(folder.resolve("model.safetensors"), weights, Map.of());
        return folder;
    }

    private static void linear(Map<String, Tensor> weights, String name, int out, int in) {
        weights.put(name + ".weight", Tensor.of(new float[out * in], out, in));
        weights.put(name + ".bias", Tensor.of(new float[out], out));
    }

    @Test
    void whatIsNoListOfPairsIsNamedByPlace() throws IOException {
        Files.writeString(pairs, "[[\"yes\", \"yes\"], [\"yes\"]]");
        Ran.of("metrics", "--pairs", pairs).failed(3, "pairs.json", "[1] prediction", "string");
        Files.writeString(pairs, "[[\"yes\", \"yes\", \"no\"]]");
        Ran.of("metrics", "--pairs", pairs).failed(3, "[0]");
        Files.writeString(pairs, "{}");
        Ran.of("metrics", "--pairs", pairs).failed(3, "pairs", "a list");
        Files.writeString(pairs, "[]");
        Ran.of("metrics", "--pairs", pairs).failed(3, "empty");
        Files.writeString(pairs, "[[\"a\", \"" + "a ".repeat(40_000) + "\"]]");
        Ran.of("metrics", "--pairs", pairs).failed(3, "[0] prediction", "80000 characters");
        Ran.of("metrics", "--pairs", dir.resolve("none.json")).failed(3, "none.json");
    }
}
