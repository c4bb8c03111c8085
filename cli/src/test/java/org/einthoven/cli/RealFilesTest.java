package org.einthoven.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Real weights and real records, where they are at hand. */
class RealFilesTest {
    private static final Path DATA = Path.of(System.getProperty("einthoven.data", "../../shared/data"));

    @BeforeAll
    static void atHand() {
        Assumptions.assumeTrue(Files.isDirectory(DATA), () -> "no real data in " + DATA);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "stories260K-gguf/stories260K-f32.gguf",
                "stories260K-gguf/stories260K-f16.gguf",
                "stories260K-hf"
            })
    void greedyTextIsThatOfTheReference(String model) throws IOException {
        JsonNode golden = JsonMapper.shared().readTree(Files.readString(DATA.resolve("llm/stories260K-golden.json")));
        for (JsonNode g : StreamSupport.stream(golden.get("greedy").spliterator(), false)
                .limit(2)
                .toList()) {
            int prompt = g.get("prompt_ids").size();
            int most = Math.min(40, g.get("ids").size() - prompt);
            JsonNode r = Ran.json(
                    "generate",
                    "--llm",
                    DATA.resolve("llm").resolve(model),
                    "--ids",
                    list(g.get("prompt_ids"), 0, prompt),
                    "--max-tokens",
                    most);
            assertEquals(list(g.get("ids"), prompt, prompt + most), list(r.get("ids"), 0, most));
        }
    }

    private static String list(JsonNode ids, int from, int to) {
        return java.util.stream.IntStream.range(from, to)
                .mapToObj(i -> ids.get(i).asString())
                .collect(Collectors.joining(","));
    }

    @Test
    void aRecordOfPtbXlInTwoContainers() {
        JsonNode wfdb = Ran.json("inspect", DATA.resolve("ptbxl/records500/00000/00001_hr"));
        JsonNode challenge = Ran.json("inspect", DATA.resolve("cinc/ptbxl/HR00001.mat"));
        assertEquals(-0.115, wfdb.get("first_mv").get(0).asDouble(), 1e-6);
        assertTrue(wfdb.get("checksums_ok").asBoolean());
        assertEquals("challenge-mat", challenge.get("format").asString());
        assertEquals(wfdb.get("first_mv"), challenge.get("first_mv"));
    }

    @Test
    void askAnswersFromRealWeightsAndARealRecord() {
        JsonNode r = Ran.json(
                "ask",
                "--ecg",
                DATA.resolve("ptbxl/records500/00000/00001_hr"),
                "--question",
                "Does this ECG show atrial fibrillation?",
                "--llm",
                DATA.resolve("llm/stories260K-gguf/stories260K-f32.gguf"));
        assertTrue(r.get("answer").asString().matches("yes|no"));
        assertEquals("[1,4,64]", r.get("prefix_shape").toString());
        assertTrue(r.get("warnings").toString().contains("mapper is untrained"));
    }
}
