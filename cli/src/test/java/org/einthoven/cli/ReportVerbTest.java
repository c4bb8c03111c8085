package org.einthoven.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What a run leaves behind, and what is made of it afterwards. */
class ReportVerbTest {
    @TempDir
    static Path folder;

    private static Path out;
    private static JsonNode result;

    @BeforeAll
    static void train() {
        TrainVerbTest.folder = folder;
        TrainVerbTest.make();
        out = folder.resolve("run");
        result = Ran.json(TrainVerbTest.line(
                        out, "--split", "patient", "--validation", 4, "--abstain-below", 0.5, "--batchsz_test", 6)
                .toArray());
    }

    @Test
    void confidenceIsCalibratedOnTasksOfItsOwn() {
        JsonNode c = result.get("confidence");
        assertTrue(c.get("calibrated").asBoolean());
        assertTrue(c.get("temperature").asDouble() > 0);
        assertEquals(24, c.get("confident").asInt()); // 6 tasks of 2 ways with yes and no
        assertEquals(1, c.get("abstaining").get("coverage").asDouble(), "the likelier of two is never below one half");
        assertTrue(c.get("risk_coverage").size() > 0);
    }

    @Test
    void theAnswersAreThereForAnyoneToJudge() {
        JsonNode audit = Ran.json("audit", out.resolve("predictions.json"));
        JsonNode ours = result.get("table").get("ours");
        assertEquals(ours.get("answers").asInt(), audit.get("answers").asInt());
        assertEquals(
                ours.get("accuracy").asDouble(),
                audit.get("exact_match").get("value").asDouble(),
                1e-12);
        assertEquals(
                result.get("confidence").get("brier").asDouble(),
                audit.get("brier").asDouble(),
                1e-12);
        assertEquals(0.5, audit.get("table").get("majority").get("accuracy").asDouble(), "support sets are balanced");
        assertEquals(
                0.5, audit.get("table").get("question_only").get("accuracy").asDouble());
    }

    /** The result says what audit says of the answers, and how they came about along the inner loop. */
    @Test
    void theScoresOfTheAnswersStandInTheResult() throws Exception {
        JsonNode audit = Ran.json("audit", out.resolve("predictions.json"));
        result.get("scores").properties().forEach(e -> assertEquals(audit.get(e.getKey()), e.getValue(), e.getKey()));
        for (String score :
                List.of("set_f1", "macro_f1", "option_log_likelihood", "bleu1", "bleu4", "rougeL", "meteor")) {
            assertTrue(result.get("scores").has(score), score);
        }
        JsonNode way = result.get("by_inner_step");
        assertEquals(3, way.size());
        JsonNode table = result.get("table");
        assertEquals(accuracy(table.get("ours")), accuracy(way.get(2)), 1e-12);
        assertEquals(accuracy(table.get("zero_steps")), accuracy(way.get(0)), 1e-12);
        assertTrue(way.get(1).get("loss").isNumber()
                && way.get(1).get("exact_match").isNumber());
        Path html = folder.resolve("scores.html");
        Ran.json("report", out, "--out", html);
        String page = Files.readString(html);
        for (String must : List.of(
                "The answers as sets and as texts",
                "<th scope=\"row\">set f1</th>",
                "Test tasks, accuracy by inner step",
                "positive predictive value there")) {
            assertTrue(page.contains(must), must);
        }
    }

    private static double accuracy(JsonNode row) {
        return row.get("accuracy").asDouble();
    }

    /** By Bayes' rule, from what is asked about each attribute in all of the questions, not in the balanced tasks. */
    @Test
    void predictiveValuesAreAtThePrevalenceOfTheDataSet() {
        JsonNode values = result.get("predictive_values");
        assertEquals(result.get("by_attribute").size(), values.size());
        for (JsonNode v : values) {
            JsonNode a = null;
            for (JsonNode each : result.get("by_attribute")) {
                a = each.get("attribute").equals(v.get("attribute")) ? each : a;
            }
            double p = v.get("prevalence").asDouble();
            assertTrue(p > 0 && p < 1, v.toString());
            double hit = p * a.get("sensitivity").asDouble();
            double spared = (1 - p) * a.get("specificity").asDouble();
            close(hit / (hit + (1 - p) - spared), v.get("positive"));
            close(spared / (spared + p - hit), v.get("negative"));
        }
    }

    private static void close(double want, JsonNode got) {
        if (Double.isNaN(want)) {
            assertTrue(got.isNull(), "nothing was answered so");
        } else {
            assertEquals(want, got.asDouble(), 1e-12);
        }
    }

    /** A run of the seed protocol can be audited by the reference's own metric, and reported. */
    @Test
    void theSeedProtocolsAnswersToo() throws Exception {
        Path seed = folder.resolve("seed");
        JsonNode ours = Ran.json(TrainVerbTest.line(seed, "--protocol", "seed", "--min-class-size", 5)
                .toArray());
        JsonNode audit = Ran.json("audit", seed.resolve("predictions.json"));
        JsonNode row = ours.get("table").get("ours");
        assertEquals(row.get("answers").asInt(), audit.get("answers").asInt());
        assertEquals(
                row.get("accuracy").asDouble(),
                audit.get("token_accuracy").get("value").asDouble(),
                1e-12);
        assertEquals(
                ours.get("table_exact_match").get("ours").get("accuracy").asDouble(),
                audit.get("exact_match").get("value").asDouble(),
                1e-12);
        assertTrue(audit.get("table").has("question_only"));
        assertFalse(audit.has("abstaining"));
        Path html = folder.resolve("seed.html");
        Ran.json("report", seed, "--out", html);
        String page = Files.readString(html);
        for (String must :
                List.of("Answer tokens, the reference", "Whole answers", "right answer:", "25 mm/s, 10 mm/mV")) {
            assertTrue(page.contains(must), must);
        }
        String answers = Files.readString(seed.resolve("predictions.json"));
        Path bad = Files.writeString(folder.resolve("bad.json"), answers.replace("predicted_ids", "other"));
        Ran.of("audit", bad).failed(3, "predictions[0].gold_ids", "and predicted_ids stand together");
        Files.writeString(bad, answers.replaceFirst("\"gold_ids\":\\[0", "\"gold_ids\":[0.5"));
        Ran.of("audit", bad).failed(3, "predictions[0].gold_ids[0]", "no id of a token");
    }

    @Test
    void samplesAreDrawnAndHashesAreGiven() throws Exception {
        JsonNode samples = JsonMapper.shared().readTree(Files.readString(out.resolve("samples.json")));
        assertTrue(samples.size() >= 2);
        JsonNode first = samples.get(0);
        assertEquals(12, first.get("microvolts").size());
        assertEquals(
                first.get("hz").asDouble() * 5,
                first.get("microvolts").get("V6").size(),
                10);
        assertEquals(64, result.get("config").get("code").asString().length());
        assertFalse(result.get("config").get("questions").asString().isEmpty());
    }

    @Test
    void severalRunsAreOnePage() throws Exception {
        Path judged = folder.resolve("judged");
        List<Object> line = TrainVerbTest.line(
                judged,
                "--split",
                "patient",
                "--validation",
                4,
                "--checkpoint",
                Path.of(result.get("checkpoint").asString()));
        line.set(0, "inference");
        line.add("--robustness");
        JsonNode inference = Ran.json(line.toArray());
        JsonNode robustness = inference.get("robustness");
        assertEquals(6, robustness.get("leads_dropped").size());
        assertEquals(5, robustness.get("noise_mv").size());
        JsonNode undisturbed = robustness.get("noise_mv").get(0);
        assertEquals(inference.get("table").get("ours").get("accuracy"), undisturbed.get("accuracy"));
        assertEquals(1, undisturbed.get("unchanged").asDouble());
        assertEquals(0, robustness.get("reworded").get("reworded").asDouble(), "there is one wording only");
        assertEquals(1, robustness.get("reworded").get("unchanged").asDouble());
        Path html = folder.resolve("report.html");
        JsonNode r = Ran.json("report", out, judged, "--out", html, "--title", "Two <runs>");
        assertEquals(
                List.of("run", "judged"),
                r.get("runs").valueStream().map(JsonNode::asString).toList());
        String page = Files.readString(html);
        for (String must : List.of(
                "Research software. Not a medical device.",
                "Two &lt;runs&gt;",
                "question blind",
                "Calibrated at temperature",
                "Reliability",
                "Risk by coverage",
                "Query loss",
                "11 leads dropped",
                "noise of 0.4 mV",
                "25 mm/s, 10 mm/mV",
                "shared patients",
                "right answer:",
                result.get("config").get("code").asString(),
                result.get("config").get("ecg_vectors").asString())) {
            assertTrue(page.contains(must), must);
        }
        assertFalse(page.contains("http"), "the page needs no network");
        assertFalse(page.contains("<script"));
    }

    /** Of many attributes the result is long; a page shows none of their tables. */
    @Test
    void aLongResultIsReported() throws Exception {
        Path many = Files.createDirectory(folder.resolve("many"));
        String row = "{\"attribute\":\"x\",\"table\":{\"ours\":{\"accuracy\":0.5}}},";
        String rows = row.repeat(50_000);
        String text = Files.readString(out.resolve("result.json"));
        assertTrue(text.contains("\"by_attribute\":["));
        Files.writeString(many.resolve("result.json"), text.replace("\"by_attribute\":[", "\"by_attribute\":[" + rows));
        Path html = folder.resolve("many.html");
        Ran.json("report", many, "--out", html);
        assertTrue(Files.readString(html).contains("question blind"));
    }

    @Test
    void aRunThatIsNotOverIsShownAndNoRunIsRefused() throws Exception {
        Path half = Files.createDirectory(folder.resolve("half"));
        Files.copy(out.resolve("run.jsonl"), half.resolve("run.jsonl"));
        Path html = folder.resolve("half.html");
        Ran.json("report", half, "--out", html);
        assertTrue(Files.readString(html).contains("this run is not over"));

        Ran.of("report", folder.resolve("nowhere"), "--out", html).failed(3, "nowhere", "result.json");
        Ran.of("report", half, "--out", folder.resolve("no/where.html")).failed(3, "does not exist");
        Ran.of("report").failed(2, "RUN");
        Files.writeString(half.resolve("run.jsonl"), "{\"step\": 1}\n{\"step\"\n");
        Ran.of("report", half, "--out", html).failed(3, "run.jsonl", "line 2");
        for (String step : List.of("1.5", "1e300", "\"one\"")) {
            Files.writeString(half.resolve("run.jsonl"), "{\"step\": " + step + "}\n");
            Ran.of("report", half, "--out", html).failed(3, "run.jsonl", "line 1.step", "whole number");
        }
        Files.write(half.resolve("run.jsonl"), new byte[] {'"', (byte) 0xff, '"', '\n'});
        Ran.of("report", half, "--out", html).failed(3, "run.jsonl", "UTF-8");
        Files.writeString(half.resolve("run.jsonl"), "{\"step\": 1, \"loss\": 2}\n{\"step\": 2, \"lo");
        Ran.json("report", half, "--out", html);
        assertTrue(Files.readString(html).contains("unfinished"), "a run that was killed in the middle of a line");
        Ran.of("report", half, "--out", half.resolve("run.jsonl")).failed(3, "run.jsonl", "--out");
        assertTrue(Files.readString(half.resolve("run.jsonl")).startsWith("{\"step\""));
        Path mapper = out.resolve("mapper.safetensors");
        byte[] weights = Files.readAllBytes(mapper);
        Ran.of("report", out, "--out", mapper).failed(3, "mapper.safetensors", "is no HTML page");
        assertArrayEquals(weights, Files.readAllBytes(mapper));
        Files.writeString(half.resolve("run.jsonl"), "");
        Files.writeString(half.resolve("result.json"), "[]");
        Ran.of("report", half, "--out", html).failed(3, "result.json", "object");
    }
}
