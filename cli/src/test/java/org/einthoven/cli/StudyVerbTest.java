package org.einthoven.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
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
    @ValueSource(strings = {"verify", "choose", "query", "query-attention"})
    void theGridsOfTheExamples(String name) throws IOException {
        Path yaml = Path.of("../examples/study/strict-" + name + ".yaml");
        Assumptions.assumeTrue(Files.exists(yaml), "run from the folder of the module");
        StudyGrid grid = StudyGrid.read(yaml);
        assertEquals(7 * 5, grid.cells().size());
        assertEquals("meta=second,seed=1", grid.cells().getFirst().name());
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
}
