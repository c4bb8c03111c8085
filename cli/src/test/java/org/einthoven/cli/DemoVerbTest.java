package org.einthoven.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

class DemoVerbTest {
    @TempDir
    Path dir;

    @Test
    void bothTablesStandBesideTheirControls() throws Exception {
        JsonNode r = Ran.json("demo", "--episodes", "2", "--out", dir);
        table(r);
        table(r.get("seen"));
        assertTrue(r.get("held_out").size() >= 8);
        assertEquals(2, r.get("episodes").intValue());
        assertTrue(r.get("seconds").doubleValue() > 0);
        assertEquals(
                "Research software. Not a medical device.", r.get("disclaimer").stringValue());
        String report = Files.readString(Path.of(r.get("report").stringValue()));
        assertTrue(report.contains("Findings never trained on"));

        List<String> heldOut =
                r.get("held_out").valueStream().map(JsonNode::stringValue).toList();
        assertEquals(3, r.get("samples").size());
        for (JsonNode sample : r.get("samples")) {
            assertTrue(heldOut.contains(sample.get("finding").stringValue()), sample.toString());
            double p = sample.get("probability_yes").doubleValue();
            assertTrue(p >= 0 && p <= 1, sample.toString());
            assertTrue(List.of("yes", "no").contains(sample.get("truth").stringValue()), sample.toString());
            assertFalse(sample.get("question").stringValue().isBlank());
            assertTrue(sample.has("answer"));
        }
    }

    private static void table(JsonNode t) {
        double ours = t.get("accuracy").doubleValue();
        assertTrue(ours >= 0 && ours <= 1, t.toString());
        assertEquals(2, t.get("ci95").size());
        assertEquals(0.5, t.get("chance").doubleValue());
        assertTrue(t.get("groups").intValue() > 0);
        assertTrue(t.get("patients").intValue() > 0);
        assertTrue(t.get("attributes").intValue() >= 5);
        for (String control : List.of(
                "majority", "question_blind", "ecg_blind", "ecg_blind_at_test", "zero_steps", "prototypes", "ridge")) {
            JsonNode b = t.get("baselines").get(control);
            assertTrue(b != null && b.has("accuracy") && b.has("at_chance"), control);
            assertEquals(2, b.get("ci95").size(), control);
            assertEquals(2, b.get("paired_diff_ci95").size(), control);
        }
        // Tasks are crossed: whoever always says the same is right half the time, in every task.
        assertEquals(0.5, t.get("baselines").get("majority").get("accuracy").doubleValue());
    }

    @Test
    void oneTaskIsNoTable() {
        Ran.of("demo", "--episodes", "1", "--out", dir).failed(2, "--episodes 1");
    }

    @Test
    void aFolderWithoutModelsIsBadInput() {
        Ran.of("demo", "--models", dir.resolve("none"), "--out", dir).failed(3, "none");
    }
}
