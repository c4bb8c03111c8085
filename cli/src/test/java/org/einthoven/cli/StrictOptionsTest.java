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

/** What strict runs do with {@code --warm-up}, {@code --concepts}, {@code --seen-tasks}, {@code --controls} and {@code --split published}. */
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

    /** Ours is the same whoever stands beside it; who is not asked for is not trained, and can be later. */
    @Test
    void onlyTheControlsThatAreAskedForStandBesideOurs() throws IOException {
        Path out = folder.resolve("two-controls");
        JsonNode all = Ran.json(words("--out", folder.resolve("all-controls"), "--n_way=2"));
        JsonNode some = Ran.json(words("--out", out, "--n_way=2", "--controls=fine_tuned,ridge"));
        for (String table : List.of("table", "seen")) {
            assertEquals(Set.of("ours", "fine_tuned", "ridge"), some.get(table).propertyNames());
            assertTrue(all.get(table).size() > 8, all.get(table).toString());
            for (String row : List.of("ours", "fine_tuned", "ridge")) {
                assertEquals(
                        all.at("/" + table + "/" + row + "/accuracy"), some.at("/" + table + "/" + row + "/accuracy"));
            }
        }
        assertTrue(Files.exists(out.resolve("control-fine_tuned")));
        assertFalse(Files.exists(out.resolve("control-ecg_blind")));

        JsonNode none = Ran.json(words("--out", folder.resolve("alone"), "--n_way=2", "--controls=none"));
        assertEquals(Set.of("ours"), none.get("table").propertyNames());
        assertEquals(all.at("/table/ours/accuracy"), none.at("/table/ours/accuracy"));

        Object[] asked =
                words("--out", folder.resolve("judged"), "--n_way=2", "--controls=untrained", "--checkpoint", out);
        asked[0] = "inference";
        JsonNode judged = Ran.json(asked);
        assertEquals(Set.of("ours", "untrained"), judged.get("table").propertyNames());
        assertFalse(judged.get("warnings").toString().contains("fine_tuned"), "it was not asked for");

        JsonNode later = Ran.json(words("--out", out, "--n_way=2", "--resume"));
        assertEquals(all.get("table"), later.get("table"), "the others, trained when they were asked for");
    }

    @Test
    void aControlThatIsNoneIsAnsweredByThoseThatAre() {
        Ran.of(words("--out", folder.resolve("never"), "--controls=ridge,luck"))
                .failed(2, "--controls ridge,luck: 'luck' is none", "all, none, majority, question_blind");
        Ran.of(words("--out", folder.resolve("never"), "--controls=")).failed(2, "'' is none");
        assertFalse(Files.exists(folder.resolve("never")));
    }

    @Test
    void thePullOfImplicitMamlIsGiven() throws IOException {
        Path weak = folder.resolve("weak-pull");
        Ran.json(words("--out", weak, "--n_way=2", "--meta=imaml", "--controls=none", "--pull=0.5"));
        Path strong = folder.resolve("strong-pull");
        JsonNode r = Ran.json(words(
                "--out", strong, "--n_way=2", "--meta=imaml", "--controls=none", "--pull=40", "--update_lr=0.05"));
        assertNotEquals(
                Files.readAllLines(weak.resolve("run.jsonl")).get(3),
                Files.readAllLines(strong.resolve("run.jsonl")).get(3),
                "the second inner step is another");
        assertTrue(
                r.get("warnings").toString().contains("goes past where --pull 40.0 draws it, and back"),
                r.get("warnings").toString());
        Ran.of(words("--out", weak, "--n_way=2", "--meta=imaml", "--controls=none", "--pull=0.6", "--resume"))
                .failed(3, "pull");
        JsonNode other = Ran.json(
                words("--out", folder.resolve("no-pull"), "--n_way=2", "--meta=first", "--controls=none", "--pull=1"));
        assertTrue(other.get("warnings").toString().contains("--pull has no meaning with --meta first"));
        Ran.of(words("--out", folder.resolve("never"), "--pull=0")).failed(2, "--pull 0.0: must be");
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

    @Test
    void theListsOfAPublishedDivisionAreTheSameTillTheEnd() throws IOException {
        Path own = Files.createDirectory(folder.resolve("published"));
        Path questions = Files.copy(folder.resolve("qa.json"), own.resolve("qa.json"));
        lists(own, 20);
        List<Object> published = new ArrayList<>(List.of(words("--out", folder.resolve("by-lists"))));
        published.set(published.indexOf("--paraphrased_path") + 1, questions);
        published.addAll(List.of("--n_way=2", "--split=published", "--controls=none"));
        Ran.json(published.toArray());
        lists(own, 22);
        published.add("--resume");
        Ran.of(published.toArray()).failed(3, "another configuration", "published_sides");
    }

    /** ECGs up to this one for training, two behind it for validation, and the others for test. */
    private static void lists(Path folder, int training) throws IOException {
        StringBuilder[] lists = {new StringBuilder(), new StringBuilder(), new StringBuilder()};
        for (int ecg = 1; ecg <= ECGS; ecg++) {
            lists[ecg <= training ? 0 : ecg <= training + 2 ? 1 : 2].append(ecg - 1 + "\t" + ecg + "\n");
        }
        Files.writeString(folder.resolve("train_ecgs.tsv"), lists[0]);
        Files.writeString(folder.resolve("valid_ecgs.tsv"), lists[1]);
        Files.writeString(folder.resolve("test_ecgs.tsv"), lists[2]);
    }

    /** It may be anyone's: nothing in the folder says that a run of ours left it. */
    @Test
    void bestWeightsOfNoRunAreNotDeleted() throws IOException {
        Path out = Files.createDirectory(folder.resolve("weights"));
        Path best = Files.writeString(out.resolve("best.safetensors"), "of another program");
        Ran.of(words("--out", out, "--n_way=2")).failed(3, "best.safetensors", "of no run in this folder");
        Ran.of(words("--out", out, "--n_way=2", "--resume")).failed(3, "best.safetensors", "choose another --out");
        assertEquals("of another program", Files.readString(best));
    }
}
