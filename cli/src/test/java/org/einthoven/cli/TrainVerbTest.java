package org.einthoven.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.einthoven.models.ecg.EcgCheckpoint;
import org.einthoven.models.fusion.MapperCheckpoint;
import org.einthoven.tensor.DType;
import org.einthoven.tensor.Tensor;
import org.einthoven.tensor.Workers;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class TrainVerbTest {
    private static final int ECGS = 60;

    @TempDir
    static Path folder;

    private static Path llm;
    private static Path encoder;
    private static Path ecgs;
    private static Path questions;

    @BeforeAll
    static void make() {
        llm = TinyFiles.llm(folder.resolve("llm"));
        encoder = TinyFiles.encoder(folder.resolve("encoder.safetensors"));
        ecgs = TinyFiles.ecgs(folder.resolve("ecgs"), ECGS);
        questions = TinyFiles.questions(folder.resolve("qa.json"), ECGS);
    }

    /** A small run; further words override. */
    static List<Object> line(Path out, Object... more) {
        List<Object> line = new ArrayList<>(List.of(
                "train",
                "--paraphrased_path",
                questions,
                "--ecg_path",
                ecgs,
                "--encoder",
                encoder,
                "--model_name",
                llm,
                "--out",
                out,
                "--n_way",
                2,
                "--k_spt",
                1,
                "--k_qry",
                1,
                "--update_step",
                2,
                "--update_step_test",
                2,
                "--batchsz_train",
                4,
                "--batchsz_test",
                3));
        for (int i = 0; i < more.length; i++) {
            int at = more[i] instanceof String option && option.startsWith("--") ? line.indexOf(option) : -1;
            if (at > 0) {
                line.set(at + 1, more[++i]);
            } else {
                line.add(more[i]);
            }
        }
        return line;
    }

    private static JsonNode trained(Path out, Object... more) {
        return Ran.json(line(out, more).toArray());
    }

    private static final Object[] SEED = {"--protocol", "seed", "--min-class-size", 5};

    // ---------------------------------------------------------------- what comes out

    @Test
    void strictTellsEverything() throws IOException {
        Path out = folder.resolve("strict");
        JsonNode r = trained(out);
        assertEquals("strict", r.get("protocol").asString());
        assertEquals(4, r.get("steps").asInt());
        for (String row : List.of(
                "ours",
                "majority",
                "question_blind",
                "ecg_blind",
                "ecg_blind_at_test",
                "shuffled_labels",
                "zero_steps",
                "untrained",
                "prototypes",
                "ridge",
                "abnormal",
                "fine_tuned",
                "in_context")) {
            assertTrue(r.get("table").get(row).get("accuracy").isNumber(), row);
            assertEquals(2, r.get("table").get(row).get("ci95").size());
        }
        assertEquals(0.5, r.get("table").get("majority").get("accuracy").asDouble());
        assertEquals(0, r.get("leaks").get("shared_patients").asInt());
        assertTrue(r.get("warnings").isArray());
        assertTrue(Files.isRegularFile(Path.of(r.get("checkpoint").asString())));
        assertEquals(out.toString(), r.get("out").asString());
        assertEquals(
                "Research software. Not a medical device.", r.get("disclaimer").asString());
        assertEquals(r, JsonMapper.shared().readTree(Files.readString(out.resolve("result.json"))));
        record(out.resolve("run.jsonl"), 4, 2);
        BufferedImage curves = ImageIO.read(Path.of(r.get("curves").asString()).toFile());
        assertEquals(2 * 560, curves.getWidth());
        assertEquals(2 * 380, curves.getHeight());
        for (Color drawn : List.of(new Color(0x9AA5B1), new Color(0x1F6FB2))) {
            assertTrue(
                    Arrays.stream(curves.getRGB(0, 0, 1120, 760, null, 0, 1120))
                            .anyMatch(pixel -> pixel == drawn.getRGB()),
                    "no curve in " + drawn);
        }
        try (Stream<Path> all = Files.walk(out)) {
            assertTrue(all.noneMatch(f -> f.toString().endsWith(".tmp")));
        }
    }

    /** One line for each inner step and one for the step, with loss and both measures. */
    private static void record(Path file, int steps, int inner) throws IOException {
        List<JsonNode> lines = Files.readAllLines(file).stream()
                .map(JsonMapper.shared()::readTree)
                .toList();
        assertEquals(steps * (inner + 2), lines.size());
        for (JsonNode line : lines) {
            assertTrue(
                    line.get("loss").isNumber()
                            && line.get("token_accuracy").isNumber()
                            && line.get("exact_match").isNumber(),
                    line.toString());
        }
        assertEquals(inner, lines.get(inner).get("inner_step").asInt());
    }

    @Test
    void seedTellsWhatItDoesOtherwise() {
        JsonNode r = trained(
                folder.resolve("seed"),
                "--protocol",
                "seed",
                "--min-class-size",
                5,
                "--mapper_type",
                "MLP",
                "--frozen_gpt",
                0,
                "--meta",
                "second");
        assertEquals("seed", r.get("protocol").asString());
        for (String row : List.of("ours", "majority", "zero_steps", "ecg_blind_at_test", "shuffled_labels")) {
            assertTrue(r.get("table").get(row).get("accuracy").isNumber(), row);
        }
        assertEquals(3, r.get("by_inner_step").size());
        String warnings = r.get("warnings").toString();
        for (String part :
                List.of("--mapper_type MLP is read", "--frozen_gpt 0 is read", "first-order", "with replacement")) {
            assertTrue(warnings.contains(part), part + " is not in " + warnings);
        }
        assertTrue(r.get("leaks").get("shared_ecgs").asInt() > 0, "the released split leaks, and says so");
    }

    @ParameterizedTest
    @ValueSource(strings = {"second", "first", "anil", "reptile", "metasgd", "mamlpp", "imaml"})
    void everyOuterLoopLearns(String meta) throws IOException {
        Path out = folder.resolve("meta-" + meta);
        JsonNode r = trained(out, concat(SEED, "--meta", meta));
        assertEquals(4, r.get("steps").asInt());
        Path mapper = Path.of(r.get("mapper").asString());
        assertEquals(13, Ran.json("inspect", mapper).get("tensors").size());
        JsonNode asked = Ran.json(
                "ask",
                "--ecg",
                ecgs.resolve("00001_hr"),
                "--question",
                "flutter?",
                "--options",
                "yes,no",
                "--llm",
                llm,
                "--encoder",
                encoder,
                "--mapper",
                mapper);
        assertEquals("[1,4,32]", asked.get("prefix_shape").toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"MLP", "ATT", "LIN"})
    void everyMapperIsARealChoiceInStrict(String type) {
        JsonNode r = trained(folder.resolve("mapper-" + type), "--mapper_type", type, "--split", "patient");
        assertEquals(
                switch (type) {
                    case "MLP" -> 4;
                    case "ATT" -> 13;
                    default -> 2;
                },
                Ran.json("inspect", r.get("mapper").asString()).get("tensors").size());
    }

    /** Adapters of rank 2 beside q and v of every block learn with the mapper, go on from a checkpoint, are judged and asked with it. */
    @Test
    void adaptersOfTheLanguageModelLearn() {
        Object[] lora = {"--frozen_gpt", 0, "--lora_rank", 2, "--split", "patient", "--meta", "metasgd"};
        Path out = folder.resolve("lora");
        JsonNode r = trained(out, lora);
        JsonNode tensors = Ran.json("inspect", r.get("adapters").asString()).get("tensors");
        assertTrue(tensors.toString().contains("self_attn.q_proj.lora_A.weight"), tensors.toString());
        Path mapper = Path.of(r.get("mapper").asString());
        assertEquals(13 + 8, Ran.json("inspect", mapper).get("tensors").size(), "the mapper's and the adapters'");
        List<Object> line = line(
                folder.resolve("lora-judged"),
                concat(lora, "--checkpoint", r.get("checkpoint").asString()));
        line.set(0, "inference");
        assertEquals(
                r.get("table").get("ours"),
                Ran.json(line.toArray()).get("table").get("ours"));
        line.set(line.indexOf("--checkpoint") + 1, mapper); // learnt rates of Meta-SGD are in the checkpoint alone
        assertEquals(unadapted(r), unadapted(Ran.json(line.toArray())));
        line.set(line.indexOf("--lora_rank") + 1, 3);
        Ran.of(line.toArray()).failed(3, "lora_A", "--frozen_gpt");
        line.set(line.indexOf("--frozen_gpt") + 1, 1);
        Ran.of(line.toArray()).failed(3, "lora_A.weight is [2, 32], not absent", "--frozen_gpt");

        JsonNode adapted = asked(encoder, mapper);
        MapperCheckpoint both = MapperCheckpoint.load(mapper, 32);
        Path alone = folder.resolve("without-adapters.safetensors");
        new MapperCheckpoint(both.mapper(), both.params()).save(alone);
        assertNotEquals(adapted.get("option_logprobs"), asked(encoder, alone).get("option_logprobs"), "they are used");
        Path other = folder.resolve("other-adapters.safetensors");
        new MapperCheckpoint(both.mapper(), both.params(), both.adapters().map(t -> Tensor.zeros(DType.F32, 3, 3)))
                .save(other);
        Ran.of(
                        "ask",
                        "--ecg",
                        ecgs.resolve("00001_hr"),
                        "--question",
                        "flutter?",
                        "--llm",
                        llm,
                        "--encoder",
                        encoder,
                        "--mapper",
                        other)
                .failed(
                        3,
                        "adapters of another language model",
                        "q_proj.lora_A.weight is [3, 3] beside [32, 32]",
                        "--llm it was trained with");
    }

    private static List<Double> unadapted(JsonNode result) {
        return result.get("by_attribute")
                .valueStream()
                .map(a -> a.get("table").get("zero_steps").get("accuracy").asDouble())
                .toList();
    }

    /** With the encoder unfrozen: it moves, goes on from a checkpoint bit for bit, is judged by train and inference, and asked. */
    @Test
    void theEncoderLearns() throws IOException {
        Object[] unfrozen = {
            "--frozen_features",
            0,
            "--split",
            "patient",
            "--mapper_type",
            "LIN",
            "--meta",
            "metasgd",
            "--update_step",
            1,
            "--validation",
            2,
            "--validate-every",
            2,
            "--batchsz_test",
            2
        };
        Path out = folder.resolve("unfrozen");
        JsonNode r = trained(out, unfrozen);
        EcgCheckpoint before = EcgCheckpoint.load(encoder);
        EcgCheckpoint after = EcgCheckpoint.load(Path.of(r.get("encoder").asString()));
        assertEquals(before.encoder(), after.encoder());
        before.params()
                .forEach((path, w) -> assertFalse(
                        Arrays.equals(w.toDoubles(), after.params().get(path).toDoubles()), path + " did not move"));
        assertTrue(r.get("warnings").toString().contains("give ask both"));

        Path parts = folder.resolve("unfrozen-parts");
        trained(parts, concat(unfrozen, "--batchsz_train", 3));
        JsonNode twice = trained(parts, concat(unfrozen, "--resume"));
        for (String file : List.of("best.safetensors", "encoder.safetensors", "control-ecg_blind/best.safetensors")) {
            assertArrayEquals(Files.readAllBytes(out.resolve(file)), Files.readAllBytes(parts.resolve(file)), file);
        }
        assertEquals(r.get("table"), twice.get("table"));

        List<Object> line = line(folder.resolve("unfrozen-judged"), concat(unfrozen, "--checkpoint", out));
        line.set(0, "inference");
        assertEquals(r.get("table"), Ran.json(line.toArray()).get("table"));
        line.set(line.indexOf("--frozen_features") + 1, 1);
        Ran.of(line.toArray()).failed(3, "--frozen_features");
        List<String> rows = new ArrayList<>(r.get("table").propertyNames());
        assertEquals(List.of("ours", "majority", "question_blind", "ecg_blind"), rows.subList(0, 4));
        asked(r.get("encoder").asString(), r.get("mapper").asString());
    }

    /** What a run has learnt answers about an ECG. */
    private JsonNode asked(Object encoder, Object mapper) {
        return Ran.json(
                "ask",
                "--ecg",
                ecgs.resolve("00001_hr"),
                "--question",
                "is there flutter?",
                "--llm",
                llm,
                "--encoder",
                encoder,
                "--mapper",
                mapper);
    }

    @Test
    void anOuterLoopWithoutAGradientForTheEncoderIsRefused() {
        Ran.of(line(folder.resolve("reptile-unfrozen"), "--frozen_features", 0, "--meta", "reptile")
                        .toArray())
                .failed(2, "--frozen_features 0 with --meta reptile");
    }

    @Test
    void thePerceiverReadsEveryTimeStep() {
        Object[] small = {"--update_step", 1, "--update_step_test", 1, "--batchsz_train", 1, "--batchsz_test", 1};
        JsonNode r = trained(
                folder.resolve("perceiver"),
                concat(small, "--mapper_type", "PER", "--split", "patient", "--meta", "first"));
        JsonNode tensors = Ran.json("inspect", r.get("mapper").asString()).get("tensors");
        assertEquals(41, tensors.size());
        JsonNode asked = asked(encoder, r.get("mapper").asString());
        assertEquals("[1,4,32]", asked.get("prefix_shape").toString());
    }

    private static Object[] concat(Object[] a, Object... b) {
        return Stream.concat(Stream.of(a), Stream.of(b)).toArray();
    }

    // ---------------------------------------------------------------- stopping and going on

    @Test
    void goingOnEndsInTheSameBytes() throws IOException {
        Path whole = folder.resolve("whole");
        Path parts = folder.resolve("parts");
        JsonNode once = trained(whole, concat(SEED, "--batchsz_train", 5));
        trained(parts, concat(SEED, "--batchsz_train", 2));
        Ran.of(line(parts, concat(SEED, "--batchsz_train", 5)).toArray()).failed(3, "parts", "--resume");
        JsonNode twice = trained(parts, concat(SEED, "--batchsz_train", 5, "--resume"));
        assertArrayEquals(
                Files.readAllBytes(Path.of(once.get("checkpoint").asString())),
                Files.readAllBytes(Path.of(twice.get("checkpoint").asString())));
        assertEquals(once.get("table"), twice.get("table"));
        assertEquals(Files.readString(whole.resolve("run.jsonl")), Files.readString(parts.resolve("run.jsonl")));
    }

    @Test
    void onlyUnderTheSameOptions() {
        Path out = folder.resolve("other-options");
        trained(out, SEED);
        Ran.of(line(out, concat(SEED, "--update_lr", 0.3, "--resume")).toArray())
                .failed(3, "update_lr", "0.05", "0.3");
    }

    @Test
    void threadsDoNotShow() throws IOException {
        int before = Workers.threads();
        try {
            JsonNode one = trained(folder.resolve("one"), concat(SEED, "--threads", 1));
            JsonNode two = trained(folder.resolve("two"), concat(SEED, "--threads", 2));
            assertEquals(one.get("table"), two.get("table"));
            assertArrayEquals(
                    Files.readAllBytes(Path.of(one.get("checkpoint").asString())),
                    Files.readAllBytes(Path.of(two.get("checkpoint").asString())));
        } finally {
            Workers.threads(before);
        }
    }

    /** Controls that were trained are found beside the checkpoint; the others need none. */
    @Test
    void inferenceRepeatsTheTableOfStrictTasksWithItsControls() throws IOException {
        Path out = folder.resolve("strict-to-judge");
        JsonNode trained = trained(out);
        Path checkpoint = Path.of(trained.get("checkpoint").asString());
        List<Object> line = line(folder.resolve("strict-judged"), "--checkpoint", checkpoint);
        line.set(0, "inference");
        assertEquals(trained.get("table"), Ran.json(line.toArray()).get("table"));

        Path alone = Files.createDirectory(folder.resolve("alone")).resolve("a.safetensors");
        Files.copy(checkpoint, alone);
        line.set(line.indexOf(checkpoint), alone);
        JsonNode without = Ran.json(line.toArray());
        assertFalse(without.get("table").has("fine_tuned"));
        assertTrue(without.get("table").has("in_context"));
        assertTrue(without.get("warnings").toString().contains("fine_tuned: "), "and says so");
    }

    /** The best by meta-validation is judged, by train and by inference in the run's folder; each control chooses its own. */
    @Test
    void theBestByValidationIsJudged() throws IOException {
        Object[] validated = {
            "--split", "patient", "--mapper_type", "LIN", "--validation", 3, "--validate-every", 2, "--batchsz_train", 7
        };
        Path out = folder.resolve("validated");
        JsonNode trained = trained(out, validated);
        List<JsonNode> rounds = Files.readAllLines(out.resolve("run.jsonl")).stream()
                .map(JsonMapper.shared()::readTree)
                .filter(line -> line.has("validation"))
                .toList();
        assertEquals(
                List.of(2, 4, 6),
                rounds.stream().map(line -> line.get("step").asInt()).toList());
        double most = rounds.stream().mapToDouble(TrainVerbTest::accuracy).max().orElseThrow();
        JsonNode first = rounds.stream()
                .filter(line -> accuracy(line) == most)
                .findFirst()
                .orElseThrow();
        JsonNode weights = trained.get("weights");
        assertEquals("best", weights.get("which").asString());
        assertEquals(first.get("step"), weights.get("step"));
        assertEquals(most, weights.get("validation_accuracy").asDouble());
        assertEquals(7, trained.get("steps").asInt());
        assertEquals(
                out.resolve("best.safetensors").toString(),
                trained.get("checkpoint").asString());
        assertTrue(Files.exists(out.resolve("control-ecg_blind").resolve("best.safetensors")));

        List<Object> line = line(folder.resolve("validated-judged"), concat(validated, "--checkpoint", out));
        line.set(0, "inference");
        JsonNode judged = Ran.json(line.toArray());
        assertEquals(trained.get("table"), judged.get("table"));
        assertEquals(weights, judged.get("weights"));
        int every = line.indexOf("--validate-every");
        line.set(every + 1, 400);
        assertFalse(
                Ran.json(line.toArray()).get("warnings").toString().contains("before the first validation"),
                "which is of training");
        line.set(line.indexOf(out), out.resolve("checkpoint-00000007.safetensors"));
        JsonNode last = Ran.json(line.toArray()).get("weights");
        assertEquals("named", last.get("which").asString());
        assertEquals(7, last.get("step").asInt());
        assertTrue(last.get("validation_accuracy").isNull(), "nothing was measured after step 7");
        Ran.of(line(out, concat(validated, "--validate-every", 3, "--resume")).toArray())
                .failed(3, "validate_every: 2 there, 3 here");

        Files.delete(out.resolve("best.safetensors"));
        Ran.of(line(out, concat(validated, "--resume")).toArray()).failed(3, "best.safetensors", "put it back");
        line.set(line.indexOf("--checkpoint") + 1, out);
        JsonNode lost = Ran.json(line.toArray());
        assertEquals("last", lost.get("weights").get("which").asString());
        assertTrue(
                lost.get("warnings").toString().contains("is gone, which held the best weights"),
                lost.get("warnings").toString());
    }

    private static double accuracy(JsonNode line) {
        return line.get("validation").get("accuracy").asDouble();
    }

    @Test
    void withoutValidationTheLastIsJudged() {
        JsonNode weights = trained(folder.resolve("last"), SEED).get("weights");
        assertEquals("last", weights.get("which").asString());
        assertEquals(4, weights.get("step").asInt());
        JsonNode late =
                trained(folder.resolve("late"), "--split", "patient", "--mapper_type", "LIN", "--validation", 3);
        assertEquals("last", late.get("weights").get("which").asString());
        assertTrue(late.get("warnings").toString().contains("before the first validation"));
    }

    @Test
    void inferenceRepeatsTheTable() {
        Path out = folder.resolve("to-judge");
        JsonNode trained = trained(out, SEED);
        List<Object> line = line(
                folder.resolve("judged"),
                concat(SEED, "--checkpoint", trained.get("checkpoint").asString()));
        line.set(0, "inference");
        JsonNode judged = Ran.json(line.toArray());
        assertEquals(trained.get("table"), judged.get("table"));
        assertEquals(4, judged.get("steps").asInt());
        assertFalse(judged.get("warnings").toString().contains("may have been trained on"));
        line.addAll(List.of("--seed", 7));
        assertTrue(Ran.json(line.toArray()).get("warnings").toString().contains("trained with seed 222"));
    }

    /** Whoever names another group asks about what training has seen. */
    @Test
    void inferenceTellsThatAnotherGroupWasLeftOut() {
        Path out = folder.resolve("rhythm-left-out");
        Object[] small = {
            "--n_way", 1, "--update_step", 1, "--update_step_test", 1, "--batchsz_train", 1, "--batchsz_test", 1
        };
        trained(out, concat(small, "--leave-out", "rhythm"));
        List<Object> line = line(folder.resolve("flutter-left-out"), concat(small, "--checkpoint", out));
        line.set(0, "inference");
        line.addAll(List.of("--leave-out", "flutter"));
        assertTrue(Ran.json(line.toArray())
                .get("warnings")
                .toString()
                .contains("trained with leave_out rhythm, evaluated with flutter"));
    }

    @Test
    void inferenceLeavesTheFilesOfATrainedRunAlone() throws IOException {
        Path out = folder.resolve("both");
        JsonNode trained = trained(out, SEED);
        String result = Files.readString(out.resolve("result.json"));
        List<Object> line =
                line(out, concat(SEED, "--checkpoint", trained.get("checkpoint").asString()));
        line.set(0, "inference");
        JsonNode judged = Ran.json(line.toArray());
        assertEquals(result, Files.readString(out.resolve("result.json")));
        assertEquals(out.resolve("inference").toString(), judged.get("out").asString());
        assertTrue(Files.exists(out.resolve("inference").resolve("result.json")));
    }

    // ---------------------------------------------------------------- bad input

    @Test
    void moreWaysThanClasses() {
        Path out = folder.resolve("ways");
        Ran.of(line(out, "--n_way", 9).toArray()).failed(3, "qa.json", "9 attributes", "--n_way");
        Ran.of(line(out, concat(SEED, "--n_way", 40)).toArray()).failed(3, "qa.json", "40-way", "--n_way");
        Ran.of(line(out, "--protocol", "seed").toArray()).failed(3, "--min-class-size");
        assertFalse(Files.exists(out), "nothing is written before the tasks stand");
    }

    @Test
    void filesThatAreNotWhatTheyShould() throws IOException {
        Path cut = folder.resolve("cut.json");
        Files.writeString(cut, Files.readString(questions).substring(0, 300));
        refused(0, cut, "cut.json");
        refused(0, folder.resolve("none.json"), "none.json");
        refused(1, folder.resolve("noecgs"), "noecgs");
        Path others = TinyFiles.ecg(folder.resolve("others"), 999).getParent();
        refused(1, others, "others", "none of the ECGs");
        refused(2, llm, "model.safetensors");
        refused(3, encoder, "config.json");
        Path short1 = TinyFiles.ecgs(folder.resolve("short"), ECGS);
        TinyFiles.ecg(short1, 5, org.einthoven.data.ecg.Lead.labels(), 1);
        refused(1, short1, "00005_hr", "1 sample");
    }

    @Test
    void aFileWhereTheRunShouldBe() throws IOException {
        Path inTheWay = Files.writeString(folder.resolve("in-the-way"), "kept");
        List<Object> line = line(inTheWay, SEED);
        Ran r = Ran.of(line.toArray());
        r.failed(3, "cannot use", "in-the-way: is in the way");
        assertFalse(r.err().contains("Exception"), r.err());
        assertEquals("kept", Files.readString(inTheWay));
    }

    /** Replaces one of the four input paths. */
    private static void refused(int which, Path by, String... parts) {
        List<Object> line = line(folder.resolve("bad"), SEED);
        line.set(2 + 2 * which, by);
        Ran.of(line.toArray()).failed(3, parts);
    }

    @Test
    void aDamagedCheckpoint() throws IOException {
        Path out = folder.resolve("damaged");
        Path file = Path.of(trained(out, SEED).get("checkpoint").asString());
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length / 2] ^= 4;
        Files.write(file, bytes);
        Ran.of(line(out, concat(SEED, "--resume")).toArray()).failed(3, "checksum");
        List<Object> line = line(folder.resolve("damaged2"), concat(SEED, "--checkpoint", file));
        line.set(0, "inference");
        Ran.of(line.toArray()).failed(3, "checkpoint-00000004.safetensors");
    }
}
