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
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** What strict runs do with {@code --warm-up} and {@code --concepts}. */
class StrictOptionsTest {
    private static final int ECGS = 40;

    @TempDir
    static Path folder;

    private static List<Object> line;

    @BeforeAll
    static void make() {
        line = List.of(
                "train",
                "--paraphrased_path",
                TinyFiles.questions(folder.resolve("qa.json"), ECGS),
                "--ecg_path",
                TinyFiles.ecgs(folder.resolve("ecgs"), ECGS),
                "--encoder",
                TinyFiles.encoder(folder.resolve("encoder.safetensors")),
                "--model_name",
                TinyFiles.llm(folder.resolve("llm")),
                "--k_spt=1",
                "--k_qry=1",
                "--update_step=2",
                "--update_step_test=2",
                "--batchsz_train=3",
                "--batchsz_test=3");
    }

    private static Object[] words(Object... more) {
        List<Object> words = new ArrayList<>(line);
        words.addAll(List.of(more));
        return words.toArray();
    }

    @Test
    void theFirstStepsAreThoseOfSupervisedLearning() throws IOException {
        Path out = folder.resolve("warm");
        Ran.json(words("--out", out, "--n_way=2", "--warm-up=2"));
        List<String> ours = Files.readAllLines(out.resolve("run.jsonl"));
        List<String> supervised =
                Files.readAllLines(out.resolve("control-fine_tuned").resolve("run.jsonl"));
        assertEquals(6, supervised.size(), "a line for the inner step 0 and one for the step, three times");
        assertEquals(supervised.subList(0, 4), ours.subList(0, 4));
        assertEquals(4 + 4, ours.size(), "the third has an inner loop of two steps");
        assertNotEquals(supervised.get(4), ours.get(5));
        String blind = Files.readAllLines(out.resolve("control-ecg_blind").resolve("run.jsonl"))
                .get(2);
        assertFalse(blind.contains("\"inner_step\":1"), "a warm-up too: " + blind);
    }

    @Test
    void theTableOfWhatWasSeenHasTasksOfItsOwnNumber() throws IOException {
        JsonNode r = Ran.json(words("--out", folder.resolve("fewer"), "--n_way=2", "--seen-tasks=1"));
        int asked = r.at("/table/ours/answers").asInt();
        assertEquals(asked, 3 * r.at("/seen/ours/answers").asInt(), "one task where the test side has three");
        Ran.of(words("--out", folder.resolve("never"), "--n_way=2", "--seen-tasks=0"))
                .failed(2, "--seen-tasks");
        JsonNode none =
                Ran.json(words("--out", folder.resolve("none"), "--split=patient", "--n_way=2", "--seen-tasks=1"));
        assertFalse(none.has("seen"));
        assertTrue(none.get("warnings").toString().contains("--seen-tasks is read, but there is no table"));
    }

    /** Another table divides the attributes in another way. */
    @Test
    void inferenceTellsOfAnotherTableOfConcepts() throws IOException {
        Path concepts =
                Files.writeString(folder.resolve("two.csv"), "pattern,concept\ntachycardia,beats\npacemaker,beats\n");
        Path out = folder.resolve("by-two");
        Object[] line = words("--out", out, "--n_way=1", "--concepts", concepts);
        JsonNode trained = Ran.json(line);
        line[0] = "inference";
        List<Object> judged = new ArrayList<>(List.of(line));
        judged.addAll(List.of("--checkpoint", trained.get("checkpoint").asString()));
        assertFalse(Ran.json(judged.toArray()).get("warnings").toString().contains("may have been trained on"));
        judged.removeAll(List.of("--concepts", concepts));
        assertTrue(Ran.json(judged.toArray()).get("warnings").toString().contains("trained with concepts "));
    }

    @Test
    void aWarmUpLeavesAStepForWhatItPrecedes() {
        Ran.of(words("--out", folder.resolve("never"), "--n_way=2", "--warm-up=3"))
                .failed(2, "--warm-up 3", "of 3 outer steps none would be left");
    }

    @Test
    void attributesOfOneConceptStayTogether() throws IOException {
        Path concepts = Files.writeString(
                folder.resolve("concepts.csv"), "pattern,concept\ntachycardia|pacemaker|flutter,beats\n.,muscle\n");
        JsonNode r = Ran.json(words("--out", folder.resolve("tied"), "--n_way=1", "--concepts", concepts));
        JsonNode asked = r.get("by_attribute");
        assertTrue(asked.size() > 0);
        for (JsonNode attribute : asked) {
            String group = attribute.get("group").asString();
            assertEquals(asked.get(0).get("group").asString(), group, "all that is tested is one thing");
            assertEquals(
                    Set.of("tachycardia", "pacemaker", "flutter")
                            .contains(attribute.get("attribute").asString()),
                    group.equals("beats"));
        }
    }

    @Test
    void aTableOfConceptsThatIsNotThereIsNamed() {
        Path none = folder.resolve("none.csv");
        Ran.of(words("--out", folder.resolve("never"), "--n_way=2", "--concepts", none))
                .failed(3, "none.csv");
    }

    @Test
    void aTableOfConceptsOfAnotherDataSetIsRefused() throws IOException {
        Path other = Files.writeString(folder.resolve("other.csv"), "pattern,concept\nxyzzy,thing\n");
        Ran.of(words("--out", folder.resolve("never"), "--n_way=2", "--concepts", other))
                .failed(3, "other.csv", "none is found in any attribute that is asked about", "leave --concepts out");
    }
}
