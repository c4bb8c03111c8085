package org.einthoven.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.einthoven.tensor.Rng;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** From PTB-XL's tables alone to tasks of every question type, end to end. */
class LabelRunsTest {
    private static final int ECGS = 160;

    @TempDir
    static Path folder;

    private static Path llm;
    private static Path encoder;

    @BeforeAll
    static void make() {
        llm = TinyFiles.llm(folder.resolve("llm"));
        encoder = TinyFiles.encoder(folder.resolve("encoder.safetensors"));
        TinyFiles.ecgs(folder.resolve("records"), ECGS);
        StringBuilder table = new StringBuilder("ecg_id,patient_id,scp_codes,heart_axis,infarction_stadium1,"
                + "infarction_stadium2,baseline_drift,static_noise,burst_noise,electrodes_problems,extra_beats,"
                + "strat_fold,filename_lr,filename_hr\n");
        RandomGenerator coin = Rng.of(5).stream();
        for (int ecg = 1; ecg <= ECGS; ecg++) {
            String axis = ecg % 3 == 0 ? "LAD" : "MID";
            table.append(ecg)
                    .append(',')
                    .append(500 + ecg)
                    .append(",\"{'SR': 0.0}\",")
                    .append(axis)
                    .append(",,");
            for (int noise = 0; noise < 4; noise++) {
                table.append(',').append(coin.nextBoolean() ? "V1" : "");
            }
            table.append(",,")
                    .append(1 + ecg % 10)
                    .append(",lr,records/")
                    .append(ecg)
                    .append('\n');
        }
        TinyFiles.text(folder.resolve("ptbxl_database.csv"), table.toString());
        TinyFiles.text(
                folder.resolve("scp_statements.csv"),
                ",description,diagnostic,form,rhythm,diagnostic_class\nSR,sinus rhythm,,,1.0,\n");
    }

    private static JsonNode trained(String type, Object... more) {
        return Ran.json(line("run-" + type + more.length, type, more));
    }

    private static Object[] line(String run, String type, Object... more) {
        Object[] line = {
            "train",
            "--questions",
            "ptbxl-labels",
            "--question_type",
            type,
            "--ecg_path",
            folder.resolve("records"),
            "--encoder",
            encoder,
            "--model_name",
            llm,
            "--out",
            folder.resolve(run),
            "--n_way",
            2,
            "--k_spt",
            1,
            "--k_qry",
            1,
            "--update_step",
            1,
            "--update_step_test",
            1,
            "--batchsz_train",
            3,
            "--batchsz_test",
            3
        };
        List<Object> words = new ArrayList<>(List.of(line));
        words.addAll(List.of(more));
        if (!words.contains("--split")) {
            words.addAll(List.of("--split", words.contains("seed") ? "key" : "patient"));
        }
        return words.toArray();
    }

    @Test
    void verifyChooseAndQueryInStrict() {
        JsonNode verify = trained("single-verify", "--leads", "II,V1");
        assertEquals(0.5, verify.get("chance").asDouble());
        JsonNode choose = trained("single-choose");
        assertEquals(0.25, choose.get("table").get("majority").get("accuracy").asDouble());
        assertTrue(choose.get("table").has("question_blind"));
        assertFalse(choose.get("table").has("abnormal"));
        JsonNode query = trained("single-query");
        assertEquals(0.5, query.get("chance").asDouble());
        assertEquals(0.5, query.get("table").get("majority").get("accuracy").asDouble());
        assertFalse(query.get("table").has("question_blind"));
        for (JsonNode r : List.of(verify, choose, query)) {
            assertEquals(0, r.get("leaks").get("shared_patients").asInt());
            assertTrue(r.get("table").get("ridge").get("accuracy").isNumber());
        }
    }

    /** Of 160 patients a tenth each is in folds 9 and 10. */
    @Test
    void theFoldsThatPtbXlIsPublishedWith() {
        JsonNode leaks = trained("single-verify", "--split", "strat_fold", "--validation", 2)
                .get("leaks");
        assertEquals(0, leaks.get("shared_patients").asInt());
        assertEquals(128, leaks.get("train_patients").asInt());
        assertEquals(16, leaks.get("test_patients").asInt());
    }

    /** A patient moved from one fold to another would be trained on in the first half of a run and tested in the second. */
    @Test
    void theFoldsAreTheSameTillTheEnd() throws IOException {
        Ran.json(line("folds", "single-verify", "--split", "strat_fold", "--controls", "none"));
        Path table = folder.resolve("ptbxl_database.csv");
        String published = Files.readString(table);
        try {
            Files.writeString(table, published.replaceFirst(",7,lr,records/6\n", ",10,lr,records/6\n"));
            Ran.of(line("folds", "single-verify", "--split", "strat_fold", "--controls", "none", "--resume"))
                    .failed(3, "another configuration", "published_sides");
            Object[] line = line("folds-asked", "single-verify", "--split", "strat_fold", "--controls", "none");
            line[0] = "inference";
            List<Object> asked = new ArrayList<>(List.of(line));
            asked.addAll(List.of("--checkpoint", folder.resolve("folds")));
            String warnings = Ran.json(asked.toArray()).get("warnings").toString();
            assertTrue(warnings.contains("published_sides"), warnings);
        } finally {
            Files.writeString(table, published);
        }
    }

    /** What all runs that leave a group out share. */
    private static List<Object> leavingOut() {
        List<Object> line = new ArrayList<>(List.of("--questions", "ptbxl-labels", "--encoder", encoder));
        line.addAll(List.of("--ecg_path", folder.resolve("records"), "--model_name", llm, "--n_way", 1));
        line.addAll(List.of("--k_spt", 2, "--k_qry", 1, "--update_step", 1, "--update_step_test", 1));
        line.addAll(List.of("--batchsz_train", 2, "--batchsz_test", 6));
        return line;
    }

    @Test
    void eachGroupIsLeftOutInItsTurn() throws IOException {
        StringBuilder grid = new StringBuilder("out: " + folder.resolve("left-out") + "\ntrain:\n");
        List<Object> options = leavingOut();
        for (int i = 0; i < options.size(); i += 2) {
            grid.append("  ").append(options.get(i).toString().substring(2)).append(": ");
            grid.append(options.get(i + 1)).append('\n');
        }
        grid.append("grid:\n  leave-out: [noise, axis, rhythm]\n");
        Path file = Files.writeString(folder.resolve("left-out.yaml"), grid);
        JsonNode r = Ran.json("study", file); // a group that is too rare is an outcome, no failure
        JsonNode point = r.get("left_out").get(0);
        assertEquals(2, point.get("groups").asInt());
        assertTrue(
                point.get("too_few").get("rhythm").asString().contains("sinus rhythm: 160 yes (160 patients), 0 no"));
        assertTrue(r.get("cells").get(2).has("too_few"));
        double mean = 0;
        for (String group : List.of("noise", "axis")) {
            JsonNode run = JsonMapper.shared()
                    .readTree(folder.resolve("left-out/leave-out=" + group + ",seed=222/result.json")
                            .toFile());
            assertEquals(group, run.get("config").get("leave_out").asString());
            assertEquals(0, run.get("leaks").get("shared_attributes").asInt());
            assertEquals(0, run.get("leaks").get("shared_patients").asInt());
            JsonNode ours = run.get("table").get("ours");
            assertTrue(ours.get("interval").asString().contains("over patients, of this attribute group alone"));
            assertTrue(ours.get("visible").asDouble() > 0);
            mean += ours.get("accuracy").asDouble() / 2;
            assertFalse(run.has("seen"), "what is seen in one run is left out in another");
        }
        assertEquals(mean, point.get("table").get("ours").get("accuracy").asDouble(), 1e-12);
        for (JsonNode attribute : point.get("by_attribute")) {
            boolean axis = attribute.get("attribute").asString().contains("axis");
            assertEquals(axis ? "axis" : "noise", attribute.get("group").asString());
            int fewest = Math.min(
                    attribute.get("yes_patients").asInt(),
                    attribute.get("no_patients").asInt());
            assertTrue(fewest > 0);
            JsonNode ours = attribute.get("table").get("ours");
            assertEquals(fewest >= 5, ours.get("ci95").isArray(), "an interval over a few patients says nothing");
            assertEquals(fewest >= 5, ours.get("visible").isNumber());
            assertEquals(
                    0.5, attribute.get("table").get("majority").get("accuracy").asDouble());
        }
    }

    @Test
    void whatCannotBeLeftOutIsSaidInOneLine() {
        List<Object> line = new ArrayList<>(List.of("train", "--out", folder.resolve("never")));
        line.addAll(leavingOut());
        line.add("--leave-out");
        leavingOut(line, "nois").failed(3, "--leave-out nois: is no group of attributes", "there are axis, ", "noise");
        leavingOut(line, "rhythm")
                .failed(3, "too few items: 1-way 2-shot (1 queries) tasks about rhythm cannot be cut");
        leavingOut(line, "").failed(2, "--leave-out names no group");
        leavingOut(line, "noise", "--split", "patient").failed(2, "a group is left out by --split group");
        leavingOut(line, "noise", "--protocol", "seed").failed(2, "--protocol strict to leave a group out");
        assertFalse(Files.exists(folder.resolve("never")));
    }

    private static Ran leavingOut(List<Object> line, Object... group) {
        List<Object> words = new ArrayList<>(line);
        words.addAll(List.of(group));
        return Ran.of(words.toArray());
    }

    @Test
    void allTypesTogetherInBothProtocols() throws IOException {
        JsonNode strict = trained("all");
        assertTrue(strict.get("chance").isNull(), "tasks differ in the number of their options");
        assertTrue(strict.get("table").get("ours").get("accuracy").isNumber());
        assertFalse(strict.get("table").has("question_blind"), "it means nothing in queries");
        JsonNode types = strict.get("by_type");
        assertEquals(List.of("single-verify", "single-choose", "single-query"), List.copyOf(types.propertyNames()));
        assertEquals(0.5, types.get("single-verify").get("chance").asDouble());
        assertEquals(0.25, types.get("single-choose").get("chance").asDouble());
        assertEquals(0.5, types.get("single-query").get("chance").asDouble());
        for (JsonNode type : types) {
            JsonNode majority = type.get("table").get("majority");
            assertEquals(type.get("chance"), majority.get("accuracy"), "support sets are balanced");
            assertTrue(majority.get("paired_diff_ci95").isArray());
        }
        assertTrue(types.get("single-verify").get("table").has("abnormal"));
        assertTrue(types.get("single-choose").get("table").has("question_blind"));
        assertFalse(types.get("single-choose").get("table").has("abnormal"));
        assertFalse(types.get("single-query").get("table").has("question_blind"));
        assertEquals(answers(strict.get("table")), answers(types));

        JsonNode seed = trained("all", "--protocol", "seed", "--min-class-size", 5);
        assertTrue(seed.get("table").get("majority").get("accuracy").isNumber());
        assertEquals(answers(seed.get("table")), answers(seed.get("by_type")));
        assertEquals(answers(seed.get("table_exact_match")), answers(seed.get("by_type"), "table_exact_match"));

        Path html = folder.resolve("all.html");
        Ran.json("report", strict.get("out").asString(), seed.get("out").asString(), "--out", html);
        String page = Files.readString(html);
        for (String type : types.propertyNames()) {
            assertTrue(page.contains("Test tasks, " + type), type);
        }
    }

    private static int answers(JsonNode tables) {
        return answers(tables, "table");
    }

    /** Of a table, or of one of each type. */
    private static int answers(JsonNode tables, String table) {
        return tables.has("ours")
                ? tables.get("ours").get("answers").asInt()
                : tables.valueStream()
                        .mapToInt(type -> answers(type.get(table)))
                        .sum();
    }

    @Test
    void theQuestionsAsAFile() {
        Path out = folder.resolve("questions.json");
        JsonNode r = Ran.json("data", "questions", "--ptbxl", folder.resolve("records"), "--out", out);
        assertEquals(ECGS, r.get("ecgs").asInt());
        JsonNode file = Ran.json("inspect", out);
        assertEquals(r.get("items"), file.get("items"));
        assertEquals(r.get("question_types"), file.get("question_types"));
        Ran.of("data", "questions", "--ptbxl", folder.resolve("llm"), "--out", folder.resolve("none/x.json"))
                .failed(3, "does not exist");
    }

    @Test
    void aCopyThatIsNotWhole() {
        Ran r = Ran.of("data", "check", folder, "--json");
        assertEquals(3, r.code(), r.err());
        assertTrue(r.out().contains("\"page\":\"https://physionet.org/content/ptb-xl/1.0.3/\""), r.out());
        assertTrue(r.out().contains("\"whole\":false"), r.out());
        assertTrue(r.out().contains("of 160 records at 500 Hz"), r.out());
        Ran.of("data", "check", folder.resolve("llm")).failed(3, "is no copy of a data set that is known here");
    }

    @Test
    void oneLeadIsEnoughWhereOnlyOneIsRead() {
        Path single = TinyFiles.ecg(folder.resolve("single"), 1, List.of("II"), 2500);
        Ran.of("encode", "--ecg", single, "--encoder", encoder).failed(3, "lacks I III");
        assertEquals(
                1,
                Ran.json("encode", "--ecg", single, "--encoder", encoder, "--leads", "II")
                        .get("shape")
                        .get(0)
                        .asInt());
    }

    /** Answers that differ in case alone are two to the tasks and one to whoever reads them: the run has its tables and says so. */
    @Test
    void answersThatDifferInCaseAloneAreNotScoredAsTexts() throws IOException {
        List<String> answers = List.of("AFib", "afib", "LBBB");
        List<Map<String, Object>> items = new ArrayList<>();
        for (int i = 0; i < 48; i++) {
            items.add(Map.of(
                    "template_id",
                    30,
                    "question_id",
                    9,
                    "sample_id",
                    i,
                    "question_type",
                    "single-query",
                    "attribute_type",
                    "scp_code",
                    "question",
                    "What rhythm?",
                    "answer",
                    List.of(answers.get(i % 3)),
                    "ecg_id",
                    List.of(i + 1)));
        }
        Path asked = folder.resolve("cases.json");
        TinyFiles.text(
                asked,
                JsonMapper.shared().writeValueAsString(items).replace("\"ecg_id\"", "\"attribute\":null,\"ecg_id\""));
        List<Object> line = new ArrayList<>(List.of("train", "--paraphrased_path", asked, "--encoder", encoder));
        line.addAll(List.of("--ecg_path", folder.resolve("records"), "--model_name", llm, "--n_way", 3));
        line.addAll(List.of("--k_spt", 1, "--k_qry", 1, "--update_step", 1, "--update_step_test", 1));
        line.addAll(List.of("--batchsz_train", 1, "--batchsz_test", 2, "--question_type", "single-query"));
        line.addAll(List.of("--split", "patient", "--meta", "first", "--out", folder.resolve("run-cases")));
        JsonNode r = Ran.json(line.toArray());
        assertTrue(r.get("table").get("ours").get("accuracy").isNumber());
        assertFalse(r.has("scores"));
        assertTrue(r.get("warnings").toString().contains("not scored as sets and texts"), r.get("warnings")::toString);
        assertTrue(r.get("warnings").toString().contains("perhaps in another case"));
    }

    private static JsonNode samples(Path run) throws IOException {
        return JsonMapper.shared().readTree(Files.readString(run.resolve("samples.json")));
    }

    @Test
    void comparisonsOfTwoEcgs() throws IOException {
        List<Map<String, Object>> items = new ArrayList<>();
        RandomGenerator coin = Rng.of(6).stream();
        for (int ecg = 1; ecg < ECGS; ecg += 2) {
            for (String what : List.of("noise", "flutter", "infarction")) {
                items.add(Map.of(
                        "template_id",
                        44,
                        "question_id",
                        items.size() % 3,
                        "sample_id",
                        items.size(),
                        "question_type",
                        "comparison_consecutive-verify",
                        "attribute_type",
                        "scp_code",
                        "question",
                        what + " new?",
                        "answer",
                        List.of(coin.nextBoolean() ? "yes" : "no"),
                        "ecg_id",
                        List.of(ecg, ecg + 1)));
            }
        }
        Path file = folder.resolve("comparisons.json");
        TinyFiles.text(file, JsonMapper.shared().writeValueAsString(items));
        List<Object> line = new ArrayList<>(List.of(
                "train", "--paraphrased_path", file, "--question_type", "comparison_consecutive-verify", "--ecg_path"));
        line.addAll(
                List.of(folder.resolve("records"), "--encoder", encoder, "--model_name", llm, "--split", "patient"));
        line.addAll(List.of("--out", folder.resolve("run-two"), "--n_way", 2, "--k_spt", 1, "--k_qry", 1));
        line.addAll(List.of("--update_step", 1, "--update_step_test", 1, "--batchsz_train", 3, "--batchsz_test", 3));
        line.add("--robustness");
        JsonNode r = Ran.json(line.toArray());
        assertEquals(0.5, r.get("chance").asDouble());
        assertFalse(r.get("table").has("abnormal"), "of two ECGs neither is meant");
        assertTrue(r.get("table").get("ridge").get("accuracy").isNumber());
        assertEquals(5, r.get("robustness").get("noise_mv").size(), "noise on both");
        JsonNode samples = samples(folder.resolve("run-two"));
        for (int i = 0; i < samples.size(); i += 2) { // both are drawn
            assertTrue(samples.get(i).get("ecg").asString().endsWith(" (the first of two)"));
            assertTrue(samples.get(i + 1).get("ecg").asString().endsWith(" (the second of two)"));
            assertEquals(samples.get(i).get("question"), samples.get(i + 1).get("question"));
            assertNotEquals(samples.get(i).get("microvolts"), samples.get(i + 1).get("microvolts"));
        }
        line.addAll(List.of("--protocol", "seed"));
        Ran.of(line.toArray()).failed(2, "the seed protocol asks about single ECGs");

        Path first = folder.resolve("records").resolve("00001_hr");
        Path second = folder.resolve("records").resolve("00002_hr");
        JsonNode two = compared(first, second, r.get("mapper").asString());
        assertEquals("[1,8,32]", two.get("prefix_shape").toString(), "a prefix of four for each");
        assertEquals(2, two.get("records").size());
        JsonNode turned = compared(second, first, r.get("mapper").asString());
        assertNotEquals(two.get("option_logprobs"), turned.get("option_logprobs"), "their order counts");
    }

    private static JsonNode compared(Path first, Path second, String mapper) {
        return Ran.json(
                "ask",
                "--ecg",
                first,
                "--ecg",
                second,
                "--question",
                "noise new?",
                "--options",
                "yes,no",
                "--llm",
                llm,
                "--encoder",
                encoder,
                "--mapper",
                mapper);
    }
}
