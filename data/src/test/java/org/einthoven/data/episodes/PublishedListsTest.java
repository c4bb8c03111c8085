package org.einthoven.data.episodes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.einthoven.data.EcgLibrary;
import org.einthoven.data.EcgLists;
import org.einthoven.data.PublishedSides.Side;
import org.einthoven.data.RealData;
import org.einthoven.data.Refused;
import org.einthoven.data.qa.EcgQa;
import org.einthoven.data.qa.EcgQaReader;
import org.einthoven.data.synthetic.Difficulty;
import org.einthoven.data.synthetic.SyntheticCohort;
import org.einthoven.tensor.Rng;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A split by the lists of ECGs that ECG-QA is published with. */
class PublishedListsTest {
    private static final SyntheticCohort COHORT =
            SyntheticCohort.of(1500, Difficulty.STANDARD.withCompany(0.5), Rng.of(11));

    @TempDir
    Path folder;

    private final Map<Integer, String> fileOfEcg = new TreeMap<>();
    private EcgQa questions;

    /** Of ten patients one is for test, one for validation, and all that they recorded with them. */
    @BeforeEach
    void publish() throws IOException {
        Set<Integer> ecgs = new TreeSet<>();
        COHORT.questions().items().forEach(item -> ecgs.addAll(item.ecgIds()));
        for (int ecg : ecgs) {
            int tenth = Math.floorMod(COHORT.patient(ecg).hashCode(), 10);
            fileOfEcg.put(ecg, tenth == 0 ? "test_ecgs.tsv" : tenth == 1 ? "valid_ecgs.tsv" : "train_ecgs.tsv");
        }
        write();
        questions = new EcgQa("made up", COHORT.questions().items(), List.of(), Optional.of(folder));
    }

    private void write() throws IOException {
        for (String file : List.of("train_ecgs.tsv", "valid_ecgs.tsv", "test_ecgs.tsv")) {
            List<Integer> own = fileOfEcg.keySet().stream()
                    .filter(ecg -> fileOfEcg.get(ecg).equals(file))
                    .toList();
            StringBuilder lines = new StringBuilder();
            for (int i = 0; i < own.size(); i++) {
                lines.append(i).append('\t').append(own.get(i)).append('\n');
            }
            Files.writeString(folder.resolve(file), lines);
        }
    }

    private static StrictRules rules() {
        return StrictRules.of(Split.PUBLISHED, new EpisodeShape(2, 2, 2)).withConcepts(SyntheticCohort.concepts());
    }

    private EpisodePlan plan(StrictRules rules, long seed) {
        return StrictEpisodes.plan(questions, rules, COHORT::patient, Rng.of(seed));
    }

    @Test
    void eachSideHoldsTheEcgsOfItsList() {
        EpisodePlan plan = plan(rules(), 222);
        assertTrue(plan.crossed());
        assertFalse(plan.leaks().leaks());
        only(plan.train(), "train_ecgs.tsv");
        only(plan.test(), "test_ecgs.tsv");
        assertEquals(plan.test().ecgs(), plan(rules(), 7).test().ecgs(), "whatever the seed");
        only(plan(rules().withValidation(), 222).validation().orElseThrow(), "valid_ecgs.tsv");
        assertTrue(
                plan.notes().stream()
                        .anyMatch(n -> n.startsWith("patients by the lists of " + folder)
                                && n.contains("valid_ecgs.tsv for validation (of whom nothing is asked")),
                plan.notes()::toString);
    }

    private void only(EpisodeSampler side, String file) {
        assertFalse(side.ecgs().isEmpty());
        assertEquals(Set.of(file), side.ecgs().stream().map(fileOfEcg::get).collect(Collectors.toSet()));
    }

    @Test
    void whatNoListNamesIsLeftOutAndCounted() throws IOException {
        int known = questions.items().getFirst().ecgId();
        fileOfEcg.remove(known);
        write();
        long about =
                questions.items().stream().filter(item -> item.ecgId() == known).count();
        EpisodePlan plan = plan(rules(), 222);
        assertTrue(
                plan.notes()
                        .contains(about + " items are about ECGs that stand in none of the lists of " + folder
                                + ", left out"),
                plan.notes()::toString);
        Set<Integer> drawn = new HashSet<>(plan.train().ecgs());
        drawn.addAll(plan.test().ecgs());
        assertFalse(drawn.contains(known));
    }

    @Test
    void listsThatDoNotDivideArePlainlyRefused() throws IOException {
        Refused.with(
                () -> StrictEpisodes.plan(COHORT.questions(), rules(), COHORT::patient, Rng.of(222)),
                "published lists: there is no train_ecgs.tsv",
                "or take --split patient");
        Refused.with(
                () -> StrictEpisodes.plan(questions, rules(), ecg -> "one for all", Rng.of(222)),
                "patient one for all stands on two sides: ECG ",
                "_ecgs.tsv and ECG ",
                "take the lists as they are published, or --split patient");
        int known = questions.items().getFirst().ecgId();
        Path other =
                folder.resolve(fileOfEcg.get(known).equals("valid_ecgs.tsv") ? "train_ecgs.tsv" : "valid_ecgs.tsv");
        Files.writeString(other, Files.readString(other) + "7\t" + known + "\n");
        Refused.with(() -> plan(rules(), 222), "ECG " + known + ": stands in ", " too; take the lists");
        Files.writeString(other, "0\t1\n1;2\n");
        Refused.with(() -> plan(rules(), 222), other + ": line 2: is no running number, tab and id");
        Files.delete(other);
        Refused.with(() -> plan(rules(), 222), other + ": list: is not there; copy it from where ECG-QA is published");
    }

    @Test
    void theyAreFoundBesideTheQuestions() throws IOException {
        Path shards = Files.createDirectories(folder.resolve("paraphrased/train"));
        Path shard = shards.resolve("0.json");
        Files.writeString(shard, """
                [{"template_id": 1, "question_id": 1, "sample_id": 0, "question_type": "single-verify", \
                "attribute_type": "noise", "question": "Noise?", "answer": ["yes"], "ecg_id": [1], "attribute": ["noise"]}]""");
        for (Path named : List.of(shard, shards, folder.resolve("paraphrased"))) {
            assertEquals(
                    Optional.of(folder.toAbsolutePath()),
                    EcgQaReader.read(named).listFolder(),
                    named::toString);
        }
        try (Stream<Path> lists = Files.list(folder)) {
            for (Path list : lists.filter(Files::isRegularFile).toList()) {
                Files.delete(list);
            }
        }
        assertEquals(Optional.empty(), EcgQaReader.read(shard).listFolder());
    }

    /** 16,054 ECGs of PTB-XL; the 300 records that are here are of 281 patients, none of them in two lists. */
    @Test
    void thePublishedOnes() {
        EcgQa real = EcgQaReader.read(RealData.at("ecgqa", "ptbxl", "paraphrased"));
        EcgLists lists = real.lists();
        assertEquals(16_054, lists.sideOfEcg().size());
        assertEquals(
                Map.of(Side.TRAINING, 11_566L, Side.VALIDATION, 1_274L, Side.TEST, 3_214L),
                lists.sideOfEcg().values().stream().collect(Collectors.groupingBy(s -> s, Collectors.counting())));
        EcgLibrary ecgs = EcgLibrary.open(RealData.at("ptbxl", "records500"));
        Map<Integer, String> patients = new TreeMap<>();
        ecgs.ids().forEach(ecg -> patients.put(ecg, ecgs.patient(ecg)));
        assertTrue(lists.sides(new TreeMap<>(patients)).size() > 200);
        assertTrue(
                real.items().stream().allMatch(item -> lists.has(item.ecgIds())), "all that is asked about is listed");
    }
}
