package org.einthoven.data.qa;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.zip.GZIPOutputStream;
import org.einthoven.data.RealData;
import org.einthoven.data.Refused;
import org.einthoven.tensor.FormatException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EcgQaReaderTest {
    private static final String ITEM = """
            {"template_id": 26, "question_id": 1709, "sample_id": 7, "question_type": "single-verify",
             "attribute_type": "noise", "question": "Does lead aVL show any static noise?", "answer": ["no"],
             "ecg_id": [202], "attribute": ["static noise"], "_split": {"more": [1, 2]}}""";

    @TempDir
    Path directory;

    private EcgQa read(String json) throws IOException {
        return EcgQaReader.read(Files.writeString(directory.resolve("qa.json"), json));
    }

    @Test
    void oneItem() throws IOException {
        EcgQa qa = read("[" + ITEM + "]");
        assertEquals(
                new QaItem(
                        26,
                        1709,
                        7,
                        QuestionType.SINGLE_VERIFY,
                        "noise",
                        "Does lead aVL show any static noise?",
                        List.of("no"),
                        List.of(202),
                        List.of("static noise")),
                qa.items().get(0));
        assertTrue(qa.items().get(0).isAnswered("no"));
        assertEquals(
                List.of(),
                read("[" + ITEM.replace("[\"static noise\"]", "null") + "]")
                        .items()
                        .get(0)
                        .attributes());
    }

    @Test
    void publishedFiles() {
        EcgQa local = EcgQaReader.read(RealData.at("ecgqa", "ptbxl", "with_local_ecgs.json"));
        assertEquals(Map.of("single-verify", 300, "comparison_irrelevant-query", 105), local.countsByType());
        EcgQa other = EcgQaReader.read(RealData.at("ecgqa", "ptbxl", "other_question_types.json"));
        assertEquals(126, other.items().size());
        EcgQa shard = EcgQaReader.read(RealData.at("ecgqa", "ptbxl", "paraphrased", "train", "120000.json.gz"));
        assertEquals(10_000, shard.items().size());
        EcgQa all = EcgQaReader.read(RealData.at("ecgqa", "ptbxl", "paraphrased"));
        assertEquals(10_000 + 7_539 + 4_663, all.items().size());
        assertEquals(shard.items().get(0), all.items().get(0));
        assertEquals(2, all.items().get(21_000).ecgIds().size());
        assertEquals(
                300,
                local.about(id -> true).items().stream()
                        .filter(i -> i.questionType() == QuestionType.SINGLE_VERIFY)
                        .count());
        assertEquals(0, local.about(id -> false).items().size());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"template_id\": 26 | \"template_id\": \"26\" | [0].template_id: must be an integer",
                "\"template_id\": 26 | \"template_id\": 26.5 | [0].template_id: must be an integer",
                "\"template_id\": 26 | \"template_id\": 99999999999 | [0].template_id: must be an integer",
                "\"template_id\": 26, | '' | [0].template_id: is missing",
                "single-verify | single-verifies | 'single-verifies' is no question type",
                "[\"no\"] | \"no\" | [0].answer: must be a list",
                "[\"no\"] | [] | [0].answer: is empty",
                "[\"no\"] | [7] | [0].answer: must be a string",
                "[202] | [202, 203] | [0].ecg_id: 2 ids; single-verify needs 1",
                "[202] | [] | [0].ecg_id: 0 ids",
                "\"sample_id\": 7 | \"sample_id\": 7, \"sample_id\": 8 | sample_id",
                "\"sample_id\": 7 | \"sample_id\": NaN | JSON",
                "\"more\": [1, 2] | \"more\": [[[[[[[[[[1]]]]]]]]]] | JSON"
            })
    void badFields(String good, String bad, String problem) {
        Refused.with(() -> read("[" + ITEM.replace(good, bad) + "]"), "qa.json", problem);
    }

    @Test
    void badFiles() throws IOException {
        Refused.with(() -> EcgQaReader.read(directory.resolve("gone")), "no such file or directory");
        Refused.with(() -> EcgQaReader.read(directory), "no .json or .json.gz file");
        Refused.with(() -> read(""), "must hold a JSON list");
        Refused.with(() -> read(ITEM), "must hold a JSON list");
        Refused.with(() -> read("[]"), "there are none");
        Refused.with(() -> read("[" + ITEM), "JSON");
        Refused.with(() -> read("[" + ITEM + "] 7"), "something follows");
        Refused.with(() -> read("[" + ITEM + ", 7]"), "[1]: must be a JSON object");
        Refused.with(() -> read("[".repeat(100_000)), "[0]: must be a JSON object");
        Refused.with(() -> read("[{\"question\": \"" + "y".repeat(100_000) + "\"}]"), "JSON");
    }

    @Test
    void aDecompressionBomb() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (OutputStream gzip = new GZIPOutputStream(bytes)) {
            byte[] spaces = " ".repeat(1 << 20).getBytes();
            for (int i = 0; i < 100; i++) {
                gzip.write(spaces);
            }
        }
        Path bomb = Files.write(directory.resolve("bomb.json.gz"), bytes.toByteArray());
        assertTimeoutPreemptively(
                Duration.ofSeconds(10),
                () -> Refused.with(() -> EcgQaReader.read(bomb), "inflates to more than 100 times"));
        Path truncated = Files.write(directory.resolve("cut.json.gz"), Arrays.copyOf(bytes.toByteArray(), 1000));
        Refused.with(() -> EcgQaReader.read(truncated), "cut.json.gz", "cannot be read");
    }

    @Test
    void damagedFiles() throws IOException {
        byte[] good = ("[" + ITEM + "," + ITEM + "]").getBytes();
        long seed = Long.getLong("einthoven.seed", 222);
        SplittableRandom random = new SplittableRandom(seed);
        Path file = directory.resolve("damaged.json");
        for (int trial = 0; trial < 300; trial++) {
            byte[] bad = good.clone();
            for (int k = random.nextInt(3); k >= 0; k--) {
                bad[random.nextInt(bad.length)] = (byte) random.nextInt(256);
            }
            try {
                EcgQaReader.read(Files.write(file, bad));
            } catch (FormatException expected) {
                // one clear line
            } catch (RuntimeException e) {
                throw new AssertionError("trial " + trial + " of -Deinthoven.seed=" + seed, e);
            }
        }
    }
}
