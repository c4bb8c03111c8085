package org.einthoven.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

class AuditVerbTest {
    private @TempDir Path dir;
    private Path file;

    @BeforeEach
    void name() {
        file = dir.resolve("predictions.json");
    }

    private static String entry(String task, int item, String question, String gold, String said, double yes) {
        return """
                {"task": "%s", "item": %d, "question": "%s", "gold": "%s", "predicted": "%s", "ecg": %d,
                 "options": ["yes", "no"], "probabilities": [%s, %s]}
                """.formatted(task, item, question, gold, said, 10 + item, yes, 1 - yes);
    }

    @Test
    void theReportIsThatOfTheAnswersBesideShortcuts() throws IOException {
        Files.writeString(
                file,
                "{\"made_by\": {\"any\": [1]}, \"predictions\": ["
                        + String.join(
                                ",",
                                entry("t", 0, "noise?", "yes", "yes", 0.75),
                                entry("t", 1, "noise?", "no", "yes", 0.5625),
                                entry("u", 2, "block?", "no", "no", 0.25),
                                entry("u", 3, "block?", "no", "no", 0.125))
                        + "], \"support\": [{\"task\": \"t\", \"question\": \"noise?\", \"gold\": [\"Yes\"]}]}");
        JsonNode r = Ran.json("audit", file, "--abstain-below", 0.7);
        assertEquals(0.75, r.get("plain_exact_match").asDouble());
        assertEquals((0.5 + 1) / 2, r.get("exact_match").get("value").asDouble());
        assertEquals(0.75, r.get("set_f1").get("value").asDouble());
        assertEquals(0.5, r.get("chance").asDouble());
        assertEquals(4, r.get("answers").asInt());
        assertEquals(2, r.get("tasks").asInt());
        assertEquals(4, r.get("patients").asInt());
        assertEquals(1, r.get("auroc").asDouble());
        assertEquals(
                Math.log(0.75 * 0.4375 * 0.75 * 0.875) / 4,
                r.get("option_log_likelihood").asDouble(),
                1e-12);
        JsonNode table = r.get("table");
        assertEquals(0.75, table.get("answers").get("accuracy").asDouble());
        // t: half right by its support set; u has none, and no is right there in hindsight.
        assertEquals(0.75, table.get("majority").get("accuracy").asDouble());
        assertEquals(0.25, table.get("first_option").get("accuracy").asDouble());
        for (String row : new String[] {"question_only", "ecg_only", "previous_answer"}) {
            assertTrue(table.get(row).get("accuracy").isNumber(), row);
        }
        // The surest three are right, the last is wrong.
        assertEquals(0.25 / 4, r.get("risk_coverage_area").asDouble(), 1e-12);
        assertEquals(0.75, r.get("abstaining").get("coverage").asDouble());
        assertEquals(0, r.get("abstaining").get("risk").asDouble());
        assertEquals(2 * 1 / 3.0, r.get("by_answer").get("yes").get("f1").asDouble(), 1e-12);
        assertEquals(
                "Research software. Not a medical device.", r.get("disclaimer").asString());
        assertTrue(Ran.of("audit", file).out().contains("risk-coverage area"));
    }

    @Test
    void aBareListOfFreeAnswersWillDo() throws IOException {
        Files.writeString(file, """
                [{"task": 1, "question": "q", "gold": ["a", "b"], "predicted": "B, A"},
                 {"task": 1, "question": "q", "gold": ["a"], "predicted": ""}]""");
        JsonNode r = Ran.json("audit", file);
        assertEquals(0.5, r.get("plain_exact_match").asDouble());
        assertTrue(r.get("chance").isNull());
        assertTrue(r.get("auroc").isNull());
        assertTrue(r.get("brier").isNull());
        assertEquals(0, r.get("confident").asInt());
        assertTrue(r.get("warnings").toString().contains("neither patient nor ECG"));
        assertTrue(r.get("warnings").toString().contains("hindsight"));
    }

    /** Averaged over tasks, as the other scores of texts are: one answer of one task weighs as much as two of another. */
    @Test
    void bertScoreIsAveragedOverTasks() throws IOException {
        Files.writeString(file, """
                [{"task": 1, "question": "q", "gold": "a", "predicted": "a"},
                 {"task": 2, "question": "q", "gold": "a", "predicted": "b"},
                 {"task": 2, "question": "q", "gold": "a", "predicted": "b"}]""");
        JsonNode r = Ran.json("audit", file, "--bert", MetricsVerbTest.tinyBert(dir), "--bert-layer", 0);
        assertEquals((1 - 0.2) / 2, r.get("bertscore").asDouble(), 1e-6);
        assertEquals(0, r.get("bert_layer").asInt());
        assertTrue(r.get("warnings").toString().contains("--wordnet"));
        Ran.of("audit", file, "--bert-idf").failed(2, "--bert PATH");
    }

    @Test
    void errorsNameTheEntryAndTheField() throws IOException {
        String good = entry("t", 0, "noise?", "yes", "yes", 0.75);
        bad("[]", "predictions", "nothing to judge");
        bad("{}", "predictions", "missing");
        bad("7", "predictions", "an object");
        bad("[" + good + ", {\"task\": \"t\"}]", "predictions[1].question", "missing");
        bad("[" + good + "," + good + "]", "predictions[1].item", "there already");
        bad("[" + good.replace("0.25]", "0.5]") + "]", "predictions[0].probabilities", "add up to 1.25");
        bad("[" + good.replace(", 0.25]", "]") + "]", "predictions[0].probabilities", "1 probabilities for 2 options");
        bad("[" + good.replace("\"gold\": \"yes\"", "\"gold\": 1") + "]", "predictions[0].gold", "list of texts");
        bad("[" + good.replace("\"gold\": \"yes\"", "\"gold\": [\"a\", 1]") + "]", "predictions[0].gold[1]", "text");
        bad("[" + good.replace("\"no\"]", "\"Yes \"]") + "]", "predictions[0].options", "Yes", "there already");
        bad("[" + good.replace("0.75", "\"x\"") + "]", "predictions[0].probabilities[0]", "number");
        bad(
                "{\"predictions\": [" + good + "], \"support\": [{\"task\": \"t\", \"question\": \"q\"}]}",
                "support[0].gold");
        Ran.of("audit", dir.resolve("none.json")).failed(3, "none.json");
        Files.writeString(file, "[" + good + "]");
        Ran.of("audit", file, "--abstain-below", 1.5).failed(2, "--abstain-below", "between 0 and 1");
        Ran.of("audit").failed(2, "PREDICTIONS.json");
    }

    private void bad(String json, String... parts) throws IOException {
        Files.writeString(file, json);
        Ran.of("audit", file).failed(3, parts);
    }
}
