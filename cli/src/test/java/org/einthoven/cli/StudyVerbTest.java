package org.einthoven.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.einthoven.data.ecg.Lead;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class StudyVerbTest {
    private static final int ECGS = 30;

    @TempDir
    static Path folder;

    private static String shared;

    @BeforeAll
    static void make() {
        shared = """
                out: %s
                train:
                  paraphrased_path: %s
                  ecg_path: %s
                  encoder: %s
                  model_name: %s
                  protocol: seed
                  min-class-size: 3
                  n_way: 2
                  k_spt: 1
                  k_qry: 1
                  update_step: 1
                  update_step_test: 1
                  batchsz_train: 2
                  batchsz_test: 2
                """.formatted(
                        folder.resolve("study"),
                        TinyFiles.questions(folder.resolve("qa.json"), ECGS),
                        TinyFiles.ecgs(folder.resolve("ecgs"), ECGS),
                        TinyFiles.encoder(folder.resolve("encoder.safetensors")),
                        TinyFiles.llm(folder.resolve("llm")));
    }

    private static Path grid(String name, String rest) throws IOException {
        return Files.writeString(folder.resolve(name), shared + rest);
    }

    @Test
    void everyCellRunsOnceAndTheTableIsOverSeeds() throws IOException {
        Path grid = grid("grid.yaml", "grid:\n  meta: [first, reptile]\nseeds: [1, 2]\n");
        JsonNode r = Ran.json("study", grid);
        assertEquals(4, r.get("cells").size());
        assertEquals(2, r.get("points").size());
        JsonNode ours = r.get("points").get(0).get("table.ours");
        assertEquals(2, ours.get("by_seed").size());
        double mean = (ours.get("by_seed").get(0).asDouble()
                        + ours.get("by_seed").get(1).asDouble())
                / 2;
        assertEquals(mean, ours.get("accuracy").asDouble(), 1e-12);
        JsonNode majority = r.get("points").get(0).get("table.majority");
        double[] above = new double[2];
        for (int seed = 0; seed < 2; seed++) {
            above[seed] = ours.get("by_seed").get(seed).asDouble()
                    - majority.get("by_seed").get(seed).asDouble();
        }
        assertEquals(
                (above[0] + above[1]) / 2, majority.get("paired_diff").asDouble(), 1e-12, "seed by seed, like by like");
        assertEquals(2, majority.get("paired_diff_ci95").size());
        assertTrue(majority.has("p_adjusted") && !ours.has("paired_diff"));
        assertEquals("meta=reptile", r.get("points").get(1).get("point").asString());
        JsonNode beside = r.get("beside_first");
        assertEquals(1, beside.size(), "all points but the first");
        assertEquals("meta=reptile", beside.get(0).get("point").asString());
        double reptile = r.get("points").get(1).at("/table.ours/accuracy").asDouble();
        assertEquals(mean - reptile, beside.get(0).at("/table/paired_diff").asDouble(), 1e-12);
        assertTrue(beside.get(0).get("table").has("p_adjusted"));
        assertFalse(
                Files.exists(folder.resolve("study/meta=first,seed=1/ecg-vectors.bin")), "all cells share one file");

        // Again: nothing is run, and the same is said. Then with one cell undone: that one alone, to the same bytes.
        Path result = folder.resolve("study/meta=first,seed=2/result.json");
        FileTime made = Files.getLastModifiedTime(result);
        assertEquals(r, Ran.json("study", grid));
        assertEquals(made, Files.getLastModifiedTime(result));
        byte[] before = Files.readAllBytes(result);
        Files.delete(result);
        assertEquals(r, Ran.json("study", grid));
        assertArrayEquals(before, Files.readAllBytes(result));

        Path other = grid("other.yaml", "  update_lr: 0.3\ngrid:\n  meta: [first]\nseeds: [1]\n");
        Ran changed = Ran.of("study", other);
        assertTrue(changed.err().contains("was run with other options"), changed.err());
    }

    /** Trained on records that lie as PTB-XL's, judged on a folder that lies as MIMIC-IV-ECG's, of patients and ids of its own. */
    @Test
    void cellsAreJudgedOnAnotherDataSetToo() throws IOException {
        Path mimic = folder.resolve("mimic");
        StringBuilder list = new StringBuilder("subject_id,study_id,file_name,ecg_time,path\n");
        String questions = Files.readString(folder.resolve("qa.json"));
        for (int id = ECGS; id >= 1; id--) {
            int study = 40_000_000 + id;
            Path own = TinyFiles.ecg(mimic.resolve("files/p1000/s" + study), study, Lead.labels(), 5000);
            list.append("%d,%d,%d,2180-07-23 08:44:00,%s\n"
                    .formatted(10_000_000 + id, study, study, mimic.relativize(own)));
            questions = questions.replace("\"ecg_id\":[" + id + "]", "\"ecg_id\":[" + study + "]");
        }
        Files.writeString(mimic.resolve("record_list.csv"), list);
        Path asked = Files.writeString(folder.resolve("mimic.json"), questions);
        Path grid = grid("transfer.yaml", """
                  epoch: 2
                grid:
                  meta: [first]
                transfer:
                  mimic:
                    paraphrased_path: %s
                    ecg_path: %s
                    test_dataset: mimic
                seeds: [1]
                """.formatted(asked, mimic));
        Path out = folder.resolve("transferred");
        JsonNode r = Ran.json("study", grid, "--out", out);
        JsonNode point = r.get("points").get(0);
        assertTrue(point.has("mimic.majority") && point.has("table.ours"));
        Path own = out.resolve("meta=first,seed=1/mimic");
        JsonNode there = JsonMapper.shared().readTree(Files.readString(own.resolve("result.json")));
        assertEquals(
                there.get("table").get("ours").get("accuracy"),
                point.get("mimic.ours").get("by_seed").get(0));
        JsonNode here = JsonMapper.shared().readTree(Files.readString(own.resolveSibling("result.json")));
        assertNotEquals(here.get("config").get("questions"), there.get("config").get("questions"));
        assertEquals(here.get("checkpoint"), there.get("checkpoint"), "the cell's own weights");
        assertTrue(there.get("warnings").toString().contains("trained with questions"), "it tells of the difference");
        assertTrue(Files.exists(out.resolve("ecg-vectors-mimic.bin")));
        assertEquals(r, Ran.json("study", grid, "--out", out), "nothing is run again");
    }

    @Test
    void aCellThatCannotBeIsNamedAndTheOthersRun() throws IOException {
        Path grid = grid("ways.yaml", "grid:\n  meta: [first]\n  repeats: [0, 1]\n  min-class-size: [3, 1000]\n");
        String text = Files.readString(grid).replace("  min-class-size: 3\n", "");
        Files.writeString(
                grid,
                text.replace(
                        folder.resolve("study").toString(),
                        folder.resolve("ways").toString()));
        Path blocked = folder.resolve("ways/meta=first,repeats=1,min-class-size=3,seed=222");
        Files.createDirectories(blocked.getParent());
        Files.createFile(blocked);
        Ran r = Ran.of("study", grid, "--json");
        assertTrue(r.err().contains("min-class-size=1000"), r.err());
        assertTrue(r.err().contains(blocked + ": is in the way"), r.err());
        assertTrue(Files.exists(folder.resolve("ways/study.json")));
        assertEquals(1, r.code());
        assertTrue(r.err().contains("3 of 4 cells failed"), r.err());
        JsonNode cells = JsonMapper.shared()
                .readTree(folder.resolve("ways/study.json").toFile())
                .get("cells");
        assertEquals(
                List.of(false, true, true, true),
                cells.valueStream().map(c -> c.has("failed")).toList());
    }

    @Test
    void somePointsHaveOptionsOfTheirOwn() throws IOException {
        String axes = "grid:\n  meta: [first, reptile, anil]\nseeds: [1]\n";
        String apart = "include:\n  - meta: [reptile, anil]\n    update_lr: 0.3\n  - meta: anil\n    k_qry: 2\n";
        StudyGrid grid = StudyGrid.read(grid("include.yaml", apart + axes));
        List<StudyGrid.Cell> cells = grid.cells();
        assertEquals(
                List.of("meta=first,seed=1", "meta=reptile,seed=1", "meta=anil,seed=1"),
                cells.stream().map(StudyGrid.Cell::name).toList(),
                "folders are named by the grid alone");
        assertEquals(StudyGrid.read(grid("none.yaml", axes)).words(cells.get(0)), grid.words(cells.get(0)));
        List<String> reptile = grid.words(cells.get(1));
        assertTrue(reptile.contains("--update_lr=0.3") && reptile.contains("--k_qry=1"), reptile.toString());
        List<String> anil = grid.words(cells.get(2));
        assertTrue(anil.contains("--update_lr=0.3") && anil.contains("--k_qry=2"), anil.toString());
        assertFalse(anil.contains("--k_qry=1"), anil.toString());
    }

    /** Whatever is the matter with one cell, the others are run. */
    @Test
    void aDamagedFileEndsOneCellOnly() throws IOException {
        Path cut = folder.resolve("cut-encoder.safetensors");
        byte[] whole = Files.readAllBytes(folder.resolve("encoder.safetensors"));
        Files.write(cut, Arrays.copyOf(whole, whole.length / 2));
        Path damaged = folder.resolve("damaged");
        String rest =
                "grid:\n  encoder: [%s, %s]\nseeds: [1, 2]\n".formatted(cut, folder.resolve("encoder.safetensors"));
        Path grid = grid("damaged.yaml", rest);
        Files.writeString(
                grid,
                Files.readString(grid)
                        .replaceFirst("  encoder: .*\n", "")
                        .replace(folder.resolve("study").toString(), damaged.toString()));
        Ran first = Ran.of("study", grid, "--json");
        assertEquals(1, first.code(), first.err());
        assertTrue(first.err().contains("2 of 4 cells failed"), first.err());
        JsonNode cells = JsonMapper.shared().readTree(first.out()).get("cells");
        assertEquals(
                List.of(true, true, false, false),
                cells.valueStream().map(c -> c.has("failed")).toList());
        assertTrue(cells.get(0).get("failed").asString().contains("cut-encoder.safetensors"));

        Path result = damaged.resolve(cells.get(2).get("folder").asString()).resolve("result.json");
        Files.writeString(result, "{\"table\"");
        Ran again = Ran.of("study", grid);
        assertEquals(1, again.code());
        assertTrue(again.err().contains("3 of 4 cells failed"), again.err());
        assertTrue(again.err().contains(result + ": is not valid JSON"), again.err());
        assertTrue(again.err().contains("delete it, and the cell is judged again"), again.err());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "grid:;  n_ways: [2] | line 17, key 'grid.n_ways': train has no option --n_ways",
                "grid:;  meta: [first, proto] | line 17, key 'grid.meta': Invalid value for option '--meta'",
                "grid:;  meta: [] | line 17, key 'grid.meta': has no value",
                "grid:;  meta: {a: 1} | line 17, key 'grid.meta': must be one plain value",
                "grid:;  seed: [1] | line 17, key 'grid.seed': is set by the study itself; see seeds",
                "seeds: [one] | line 16, key 'seeds': Invalid value for option '--seed'",
                "grid:;  meta: [first, first] | line 17, key 'grid.meta': has the value first twice",
                "seeds: [1, 1] | line 16, key 'seeds': has the value 1 twice",
                "grit:;  meta: [first] | line 16, key 'grit': is no key of a study",
                "grid: [first] | line 16, key 'grid': must be a map",
                "grid:;  n_way: [2] | key 'grid.n_way' stands under train too",
                "include: {meta: first} | line 16, key 'include': must be a list of maps",
                "include:;  - k_qry: 2;grid:;  meta: [first] | line 17, key 'include': an entry names no key of grid",
                "include:;  - meta: first;grid:;  meta: [first] | line 17, key 'include': an entry has keys of grid alone",
                "grid:;  meta: [first];include:;  - meta: anil;    k_qry: 2 | line 19, key 'include.meta': names anil, which grid",
                "include:;  - meta: first;    k_qry: [2, 3];grid:;  meta: [first] | 'include.k_qry': has several values",
                "include:;  - meta: first;    k_qri: 2;grid:;  meta: [first] | line 18, key 'include.k_qri': train has no",
                "include:;  - meta: first;    seed: 2;grid:;  meta: [first] | line 18, key 'include.seed': is set by the",
                "transfer: [mimic] | line 16, key 'transfer': must be a map from names to maps",
                "transfer:;  seen:;    ecg_path: x | line 17, key 'transfer.seen': is no name for a table",
                "transfer:;  control-question_blind:;    ecg_path: x | line 17, key 'transfer.control-question_blind': is the folder",
                "transfer:;  mimic:;    ecg_paths: x | line 18, key 'transfer.mimic.ecg_paths': train has no option",
                "transfer:;  mimic:;    checkpoint: x | line 18, key 'transfer.mimic.checkpoint': is set by the study",
                "transfer:;  mimic:;    n_way: 0 | transfer mimic: --n_way",
                "grid:;  meta: [first | no YAML that is read here",
                "grid:;  meta: &a [first]; repeats: *a | line 18",
                "grid:;  meta: [first];grid:;  meta: [second] | line 18"
            })
    void mistakesAreNamedByLineAndKey(String rest, String said) throws IOException {
        Path grid = grid("bad.yaml", rest.replace(";", "\n").strip() + "\n");
        Ran.of("study", grid).failed(3, "bad.yaml", said);
    }

    @Test
    void aGridOfTooManyCellsIsNotEvenListed() throws IOException {
        String values = IntStream.range(1, 200).mapToObj(Integer::toString).collect(Collectors.joining(", ", "[", "]"));
        Path grid = grid("huge.yaml", "grid:\n  epoch: " + values + "\n  repeats: " + values + "\n");
        Ran.of("study", grid).failed(3, "huge.yaml", "key 'grid'", "10000 cells");
    }

    /** The grids that come along are read whole; their files are the user's. */
    @ParameterizedTest
    @ValueSource(strings = {"leave-out", "leave-out-trained"})
    void theGridsOfRealRecords(String name) throws IOException {
        Path yaml = Path.of("../examples/study/" + name + ".yaml");
        Assumptions.assumeTrue(Files.exists(yaml), "run from the folder of the module");
        StudyGrid grid = StudyGrid.read(yaml);
        assertEquals(12, grid.grid().get("leave-out").size(), "every group of the labels");
        assertEquals(0, grid.cells().size() % 12);
    }

    @ParameterizedTest
    @ValueSource(strings = {"verify", "choose", "query", "query-attention"})
    void theGridsOfTheExamples(String name) throws IOException {
        Path yaml = Path.of("../examples/study/strict-" + name + ".yaml");
        Assumptions.assumeTrue(Files.exists(yaml), "run from the folder of the module");
        StudyGrid grid = StudyGrid.read(yaml);
        assertEquals(7 * 5, grid.cells().size());
        assertEquals("meta=second,seed=1", grid.cells().getFirst().name());
        boolean alone = grid.words(grid.cells().getFirst()).stream().noneMatch(w -> w.startsWith("--controls"));
        assertTrue(alone, "second order stands beside all controls");
        List<String> words = grid.words(grid.cells().getLast());
        assertTrue(
                words.contains("--meta=imaml") && words.contains("--question_type=single-" + name.split("-")[0]),
                words.toString());
    }

    @Test
    void valuesThatOptionsRefuseTogetherAreSaidBeforeAnythingRuns() throws IOException {
        Path grid = grid("together.yaml", "  prompt: 4\n");
        Ran.of("study", grid, "--out", folder.resolve("never")).failed(3, "together.yaml", "--prompt 4");
        assertFalse(Files.exists(folder.resolve("never")));
    }

    /** What a cell came to is not lost with a data set that is not there; and a point may have a file of vectors of its own. */
    @Test
    void aTransferThatFailsLeavesTheCellItsTables() throws IOException {
        Path vectors = folder.resolve("of-one-point.bin");
        Path grid = grid("gone.yaml", """
                grid:
                  meta: [first, reptile]
                include:
                  - meta: reptile
                    ecg_vectors: %s
                transfer:
                  elsewhere:
                    ecg_path: %s
                seeds: [1]
                """.formatted(vectors, folder.resolve("nowhere")));
        Ran ran = Ran.of("study", grid, "--out", folder.resolve("gone"), "--json");
        assertEquals(1, ran.code(), ran.err());
        assertTrue(ran.err().contains("2 of 2 cells failed"), ran.err());
        JsonNode r = JsonMapper.shared().readTree(ran.out());
        assertEquals(2, r.get("points").size());
        assertTrue(r.get("points").get(0).has("table.ours"));
        JsonNode cells = r.get("cells");
        assertEquals(
                List.of(false, true, false, true),
                cells.valueStream().map(c -> c.has("failed")).toList());
        assertTrue(cells.get(0).get("accuracy").isNumber());
        assertEquals("elsewhere", cells.get(1).get("transfer").asString());
        assertTrue(Files.exists(vectors));
    }

    /** Trained on made questions, judged on published ones: a run takes one of the two. */
    @Test
    void aTransferNamesQuestionsOfItsOwn() throws IOException {
        Path yaml = grid("made.yaml", "transfer:\n  mimic:\n    paraphrased_path: mimic.json\n");
        Files.writeString(
                yaml, Files.readString(yaml).replaceFirst("  paraphrased_path: .*\n", "  questions: ptbxl-labels\n"));
        StudyGrid grid = StudyGrid.read(yaml);
        StudyGrid.Cell cell = grid.cells().getFirst();
        assertTrue(grid.words(cell).contains("--questions=ptbxl-labels"));
        List<String> there = grid.words(cell, "mimic");
        assertTrue(there.contains("--paraphrased_path=mimic.json"), there.toString());
        assertFalse(there.contains("--questions=ptbxl-labels"), there.toString());
    }

    @Test
    void nothingStandsBesideAFirstPointThatFailed() throws IOException {
        StudyGrid grid = StudyGrid.read(grid("first.yaml", "grid:\n  meta: [first, reptile, anil]\nseeds: [1, 2]\n"));
        JsonNode result = JsonMapper.shared().readTree("{\"table\": {\"ours\": {\"accuracy\": 0.5}}}");
        StudyTable whole = new StudyTable(grid);
        StudyTable lacking = new StudyTable(grid);
        for (StudyGrid.Cell cell : grid.cells()) {
            whole.add(cell, result);
            if (cell.pointName().equals("meta=first")) {
                lacking.failed(cell, "no memory");
            } else {
                lacking.add(cell, result);
            }
        }
        assertEquals(2, besideFirst(whole).size());
        assertEquals(0, besideFirst(lacking).size(), "and not beside the second");
    }

    private static JsonNode besideFirst(StudyTable table) {
        Result r = new Result();
        table.into(r);
        return JsonMapper.shared().readTree(r.json()).get("beside_first");
    }
}
