package org.einthoven.meta;

import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.einthoven.autograd.Params;
import org.einthoven.data.episodes.Episode;
import org.einthoven.models.io.SafetensorsFile;
import org.einthoven.tensor.FormatException;
import org.einthoven.tensor.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A run that is killed at any moment and resumed ends in the same bytes as one that is not. */
class ResumeTest {
    @TempDir
    Path folder;

    @Test
    void stoppedAfterAnyStepAndResumedEqualsUninterrupted() throws IOException {
        Path whole = TinyRun.train(folder.resolve("whole"), () -> false);
        for (int k = 1; k < TinyRun.STEPS; k++) {
            Path out = folder.resolve("stopped" + k);
            int[] left = {k};
            TinyRun.train(out, () -> --left[0] == 0);
            assertEquals(k, TinyRun.latest(out).state().step());
            TinyRun.train(out, () -> false);
            assertSameBytes(whole, out);
        }
    }

    /** What a kill leaves behind: an older checkpoint, a record that ran ahead, half a line, half a temporary file. */
    @Test
    void killedBetweenCheckpointsAndResumedEqualsUninterrupted() throws IOException {
        Path whole = TinyRun.train(folder.resolve("whole"), () -> false);
        Path out = folder.resolve("killed");
        int[] left = {5};
        TinyRun.train(out, () -> --left[0] == 0);
        Path newest = TinyRun.latest(out).file();
        Files.delete(newest);
        Files.writeString(out.resolve(".checkpoint.1f.tmp"), "half");
        Files.writeString(out.resolve("run.jsonl"), "{\"step\":6,\"inner_st", StandardOpenOption.APPEND);
        assertEquals(4, TinyRun.latest(out).state().step());
        TinyRun.train(out, () -> false);
        assertSameBytes(whole, out);
    }

    /** The write of the newest checkpoint cut off after any number of bytes, as on a disk that lies about its writes. */
    @Test
    void aTornCheckpointIsPassedOverForTheOlderOne() throws IOException {
        Path whole = TinyRun.train(folder.resolve("whole"), () -> false);
        Path out = folder.resolve("torn");
        int[] left = {4};
        TinyRun.train(out, () -> --left[0] == 0);
        Path newest = TinyRun.latest(out).file();
        byte[] good = Files.readAllBytes(newest);
        for (int length = 0; length < good.length; length += 1 + good.length / 40) {
            Files.write(newest, Arrays.copyOf(good, length));
            Checkpoints.Resumed r = TinyRun.latest(out);
            assertEquals(2, r.state().step());
            assertTrue(
                    r.messages().getFirst().contains("checksum"), r.messages().toString());
            assertTrue(
                    r.messages().getLast().contains("going on from the older"),
                    r.messages().toString());
        }
        TinyRun.train(out, () -> false);
        assertSameBytes(whole, out);
    }

    /** Killed right behind the write of the best state, before any checkpoint tells of it: it stands ahead of the newest. */
    @Test
    void aBestStateAheadOfTheCheckpointsIsMadeAgain() throws IOException {
        Path whole = TinyRun.train(folder.resolve("whole"), () -> false);
        Path out = folder.resolve("ahead");
        int[] left = {5};
        TinyRun.train(out, () -> --left[0] == 0);
        assertEquals(3, TinyRun.latest(out).state().bestStep());
        Files.copy(whole.resolve("best.safetensors"), out.resolve("best.safetensors"), REPLACE_EXISTING);
        TinyRun.train(out, () -> false);
        assertSameBytes(whole, out);
    }

    @Test
    void aRunThatBeginsHasNoBestStateOfAnother() throws IOException {
        Path whole = TinyRun.train(folder.resolve("whole"), () -> false);
        Path other = Files.createDirectory(folder.resolve("other"));
        Files.copy(whole.resolve("best.safetensors"), other.resolve("best.safetensors"));
        try (RunDirectory directory = RunDirectory.open(other)) {
            new Checkpoints(directory, TinyRun.CONFIG).begin();
        }
        assertTrue(Checkpoints.best(other).isEmpty());
    }

    @Test
    void theBestStateIsTheOneThatValidationChose() throws IOException {
        Path out = TinyRun.train(folder.resolve("best"), () -> false);
        List<JsonNode> validations = Files.readAllLines(out.resolve("run.jsonl")).stream()
                .map(JsonMapper.shared()::readTree)
                .filter(line -> line.has("validation"))
                .toList();
        assertEquals(2, validations.size());
        JsonNode best = validations.stream()
                .min(Comparator.comparing(
                        line -> line.get("validation").get("loss").asDouble()))
                .orElseThrow();
        TrainingState last = TinyRun.latest(out).state();
        assertEquals(best.get("step").asLong(), last.bestStep());
        assertEquals(-best.get("validation").get("loss").asDouble(), last.bestMetric());
        try (RunDirectory run = RunDirectory.open(out)) {
            Checkpoints checkpoints = new Checkpoints(run, TinyRun.CONFIG);
            TrainingState chosen = checkpoints.best(last).orElseThrow().state();
            assertEquals(last.bestStep(), chosen.step());
            assertEquals(last.bestMetric(), chosen.bestMetric());
            TrainingState another = new TrainingState(7, last.theta(), last.optimiser(), last.bestMetric(), 5);
            String refusal = assertThrows(FormatException.class, () -> checkpoints.best(another))
                    .getMessage();
            assertTrue(refusal.contains("the best up to step 7 was that after step 5"), refusal);
            Files.write(out.resolve("best.safetensors"), new byte[100]);
            assertThrows(FormatException.class, () -> checkpoints.best(last));
            Files.delete(out.resolve("best.safetensors"));
            String gone = assertThrows(FormatException.class, () -> checkpoints.best(last))
                    .getMessage();
            assertTrue(gone.contains("is gone, which held the best state up to step 7"), gone);
        }
    }

    @Test
    void everyFlippedBitIsFound() throws IOException {
        Path out = TinyRun.train(folder.resolve("flipped"), () -> false);
        Path newest = TinyRun.latest(out).file();
        byte[] bytes = Files.readAllBytes(newest);
        for (int i = 0; i < bytes.length; i += 1 + bytes.length / 300) {
            bytes[i] = (byte) (bytes[i] ^ 1 << i % 8);
            Files.write(newest, bytes);
            assertThrows(FormatException.class, () -> Checkpoint.read(newest));
            bytes[i] = (byte) (bytes[i] ^ 1 << i % 8);
        }
        Files.write(newest, bytes);
        Checkpoint.read(newest);
        bytes[bytes.length / 2] = (byte) (bytes[bytes.length / 2] ^ 4);
        for (Path file : checkpoints(out)) {
            Files.write(file, bytes);
        }
        FormatException all = assertThrows(FormatException.class, () -> TinyRun.latest(out));
        assertTrue(all.getMessage().contains("none of 2 is whole"), all.getMessage());
    }

    @Test
    void anotherConfigurationIsRefusedWithTheDifference() {
        Path out = TinyRun.train(folder.resolve("config"), () -> false);
        try (RunDirectory run = RunDirectory.open(out)) {
            Checkpoints other = new Checkpoints(run, RunConfig.of(Map.of("update_lr", 0.7, "seed", 1)));
            String refusal = assertThrows(FormatException.class, other::latest).getMessage();
            assertTrue(refusal.contains("update_lr: 0.05 there, 0.7 here"), refusal);
            assertTrue(refusal.contains("another --out"), refusal);
        }
    }

    @Test
    void anotherVersionOfTheCodeIsRefused() {
        Path out = TinyRun.train(folder.resolve("version"), () -> false);
        Path newest = TinyRun.latest(out).file();
        Checkpoint c = Checkpoint.read(newest);
        assertEquals(CodeVersion.current(), c.codeVersion());
        new Checkpoint(c.config(), "0.0.1", c.state()).write(newest);
        String refusal =
                assertThrows(FormatException.class, () -> TinyRun.latest(out)).getMessage();
        assertTrue(refusal.contains("written by version 0.0.1"), refusal);
    }

    @Test
    void aSecondRunInOneFolderIsRefused() {
        Path out = folder.resolve("twice");
        try (RunDirectory first = RunDirectory.open(out)) {
            String refusal = assertThrows(FormatException.class, () -> RunDirectory.open(out))
                    .getMessage();
            assertTrue(refusal.contains("another process is training here"), refusal);
            assertEquals(out, first.path());
        }
        RunDirectory.open(out).close();
    }

    @Test
    void twoGenerationsStand() throws IOException {
        Path out = TinyRun.train(folder.resolve("generations"), () -> false);
        assertEquals(
                List.of("checkpoint-00000006.safetensors", "checkpoint-00000007.safetensors"),
                checkpoints(out).stream().map(p -> p.getFileName().toString()).toList());
    }

    @Test
    void theRecordSaysWhatHappened() throws IOException {
        List<String> lines = Files.readAllLines(
                TinyRun.train(folder.resolve("record"), () -> false).resolve("run.jsonl"));
        // Each step: the query loss before and after each of two inner steps, and the step; two evaluations.
        assertEquals(TinyRun.STEPS * 4 + TinyRun.STEPS / 3, lines.size());
        assertTrue(lines.getFirst().startsWith("{\"step\":1,\"inner_step\":0,\"loss\":"), lines.getFirst());
        assertTrue(lines.get(3).startsWith("{\"step\":1,\"episodes\":[\"sine 0\",\"sine 1\"],\"loss\":"), lines.get(3));
        assertTrue(lines.stream().anyMatch(l -> l.startsWith("{\"step\":3,\"validation\":{\"loss\":")));
    }

    @Test
    void aStateThatIsNotFiniteIsNotSaved() {
        try (RunDirectory run = RunDirectory.open(folder.resolve("nan"))) {
            Checkpoints c = new Checkpoints(run, TinyRun.CONFIG);
            TrainingState bad = TrainingState.start(TinyRun.theta().map(w -> w.mul(Double.NaN)));
            assertThrows(IllegalStateException.class, () -> c.save(bad));
            assertTrue(c.latest().isEmpty());
        }
    }

    @Test
    void aFolderThatCannotBeWrittenLeavesTheOldCheckpoint() throws IOException {
        Path out = TinyRun.train(folder.resolve("full"), () -> false);
        Checkpoint whole = Checkpoint.read(TinyRun.latest(out).file());
        try (RunDirectory run = RunDirectory.open(out)) {
            Checkpoints c = new Checkpoints(run, TinyRun.CONFIG);
            // A folder stands where the next checkpoint would go, so that the rename fails.
            Files.createDirectories(
                    out.resolve("checkpoint-00000008.safetensors").resolve("in the way"));
            TrainingState next = new TrainingState(
                    8,
                    whole.state().theta(),
                    whole.state().optimiser(),
                    whole.state().bestMetric(),
                    3);
            assertThrows(UncheckedIOException.class, () -> c.save(next));
        }
        Files.delete(out.resolve("checkpoint-00000008.safetensors").resolve("in the way"));
        Files.delete(out.resolve("checkpoint-00000008.safetensors"));
        assertEquals(7, TinyRun.latest(out).state().step());
        try (Stream<Path> files = Files.list(out)) {
            assertTrue(files.noneMatch(f -> f.toString().endsWith(".tmp")));
        }
    }

    /** A real process, a real SIGKILL, at a moment nobody chose. */
    @Test
    void aProcessKilledAndStartedAgainEqualsUninterrupted() throws Exception {
        Path whole = TinyRun.train(folder.resolve("whole"), () -> false);
        Path out = folder.resolve("sigkill");
        Process process = startAndWaitFor(out, "checkpoint-00000002.safetensors");
        process.destroyForcibly().waitFor();
        assertNotEquals(0, process.exitValue(), "the process ended before it was killed: nothing was tested");
        TinyRun.train(out, () -> false);
        assertSameBytes(whole, out);
    }

    /** SIGTERM, like Ctrl-C: the step at hand is finished and saved, and nothing has to be done again. */
    @Test
    void aProcessAskedToStopSavesItsLastStep() throws Exception {
        Path whole = TinyRun.train(folder.resolve("whole"), () -> false);
        Path out = folder.resolve("sigterm");
        Process process = startAndWaitFor(out, "run.jsonl");
        process.destroy();
        assertTrue(process.waitFor(60, TimeUnit.SECONDS));
        assertNotEquals(0, process.exitValue(), "the process ended before it was stopped: nothing was tested");
        long saved = TinyRun.latest(out).state().step();
        String last = Files.readAllLines(out.resolve("run.jsonl")).getLast();
        assertTrue(
                saved >= 1 && saved < TinyRun.STEPS && last.startsWith("{\"step\":" + saved + ","), saved + " " + last);
        TinyRun.train(out, () -> false);
        assertSameBytes(whole, out);
    }

    private static Process startAndWaitFor(Path out, String file) throws Exception {
        Path log = out.resolveSibling(out.getFileName() + ".log");
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--add-modules",
                        "jdk.incubator.vector",
                        "-cp",
                        classPath(),
                        TinyRun.class.getName(),
                        out.toString())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        Path awaited = out.resolve(file);
        for (int i = 0; i < 3000 && !(Files.exists(awaited) && Files.size(awaited) > 0) && process.isAlive(); i++) {
            Thread.sleep(20);
        }
        assertTrue(process.isAlive(), () -> {
            try {
                return "the process ended by itself: " + Files.readString(log);
            } catch (IOException e) {
                return e.toString();
            }
        });
        return process;
    }

    /** Where the classes are that a run needs, be they on the class path or on the module path of this JVM. */
    private static String classPath() throws Exception {
        List<Class<?>> needed = List.of(
                TinyRun.class,
                Maml.class,
                Params.class,
                Tensor.class,
                SafetensorsFile.class,
                Episode.class,
                tools.jackson.databind.json.JsonMapper.class,
                tools.jackson.core.JsonParser.class,
                com.fasterxml.jackson.annotation.JsonInclude.class,
                org.apache.commons.math3.util.FastMath.class);
        List<String> places = new ArrayList<>();
        for (Class<?> c : needed) {
            String file = c.getName().replace('.', '/') + ".class";
            String place = c.getResource('/' + file).toString();
            String root = place.substring(0, place.length() - file.length() - 1);
            places.add(Path.of(URI.create(root.replaceFirst("^jar:", "").replaceFirst("!$", "")))
                    .toString());
        }
        return String.join(File.pathSeparator, places);
    }

    private static List<Path> checkpoints(Path out) throws IOException {
        try (Stream<Path> files = Files.list(out)) {
            return files.filter(f -> f.getFileName().toString().startsWith("checkpoint-"))
                    .sorted()
                    .toList();
        }
    }

    private static void assertSameBytes(Path whole, Path resumed) throws IOException {
        for (String name : List.of("checkpoint-00000007.safetensors", "best.safetensors", "run.jsonl")) {
            assertArrayEquals(Files.readAllBytes(whole.resolve(name)), Files.readAllBytes(resumed.resolve(name)), name);
        }
    }
}
