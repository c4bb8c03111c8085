package org.einthoven.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.einthoven.tensor.Rng;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Training in a process of its own, ended from outside. */
class KillTest {
    private static final int STEPS = 40;
    private static final String LAST = "checkpoint-%08d.safetensors".formatted(STEPS);

    @TempDir
    Path folder;

    @Test
    void killedAtAnyMomentItEndsInTheSameBytes() throws IOException, InterruptedException {
        long seed = Long.getLong("einthoven.test.seed", 1);
        RandomGenerator random = Rng.of(seed).stream();
        Path whole = folder.resolve("whole");
        Path killed = folder.resolve("killed");
        assertEquals(0, start(whole, false).waitFor(), log(whole));
        int kills = 0;
        for (int stop = 1 + random.nextInt(15); stop < STEPS; stop += 8 + random.nextInt(20)) {
            Process p = start(killed, true);
            awaitStep(p, killed, stop);
            Thread.sleep(random.nextInt(30)); // anywhere in a step or in a checkpoint
            p.destroyForcibly(); // SIGKILL
            p.waitFor();
            kills++;
        }
        assertEquals(0, start(killed, true).waitFor(), log(killed));
        String said = "after " + kills + " kills; repeat with -Deinthoven.test.seed=" + seed;
        assertArrayEquals(Files.readAllBytes(whole.resolve(LAST)), Files.readAllBytes(killed.resolve(LAST)), said);
        assertEquals(Files.readString(whole.resolve("run.jsonl")), Files.readString(killed.resolve("run.jsonl")), said);
    }

    @Test
    void askedToStopItFinishesTheStepAndSaves() throws IOException, InterruptedException {
        Path out = folder.resolve("stopped");
        Process p = start(out, true);
        awaitStep(p, out, 3);
        p.destroy(); // SIGTERM, which Ctrl-C is like
        assertTrue(p.waitFor(60, TimeUnit.SECONDS));
        assertTrue(log(out).contains("--resume"), log(out));
        try (Stream<Path> all = Files.list(out)) {
            assertTrue(all.anyMatch(f -> f.getFileName().toString().startsWith("checkpoint-")), log(out));
        }
    }

    private Process start(Path out, boolean resume) throws IOException {
        Path llm = folder.resolve("llm");
        if (!Files.exists(llm)) {
            TinyFiles.llm(llm);
            TinyFiles.encoder(folder.resolve("encoder.safetensors"));
            TinyFiles.ecgs(folder.resolve("ecgs"), 20);
            TinyFiles.questions(folder.resolve("qa.json"), 20);
        }
        List<String> command = new ArrayList<>(java());
        command.addAll(List.of(
                "train",
                "--paraphrased_path",
                folder.resolve("qa.json").toString(),
                "--ecg_path",
                folder.resolve("ecgs").toString(),
                "--encoder",
                folder.resolve("encoder.safetensors").toString(),
                "--model_name",
                llm.toString(),
                "--out",
                out.toString(),
                "--protocol",
                "seed",
                "--meta",
                "second",
                "--min-class-size",
                "4",
                "--n_way",
                "2",
                "--k_spt",
                "1",
                "--k_qry",
                "1",
                "--update_step",
                "2",
                "--update_step_test",
                "2",
                "--batchsz_train",
                String.valueOf(STEPS),
                "--batchsz_test",
                "2",
                "--json"));
        if (resume) {
            command.add("--resume");
        }
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(logFile(out)))
                .start();
    }

    /** This JVM's own modules, or its class path where there are none. */
    private static List<String> java() {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        String modules = System.getProperty("jdk.module.path");
        return Main.class.getModule().isNamed() && modules != null
                ? List.of(
                        java,
                        "-Xmx512m",
                        "--module-path",
                        modules,
                        "--module",
                        "org.einthoven.cli/org.einthoven.cli.Main")
                : List.of(
                        java,
                        "-Xmx512m",
                        "--add-modules",
                        "jdk.incubator.vector",
                        "-cp",
                        System.getProperty("java.class.path"),
                        "org.einthoven.cli.Main");
    }

    private static File logFile(Path out) {
        return out.resolveSibling(out.getFileName() + ".log").toFile();
    }

    private static String log(Path out) throws IOException {
        return Files.readString(logFile(out).toPath());
    }

    private static void awaitStep(Process p, Path out, int step) throws IOException, InterruptedException {
        Path record = out.resolve("run.jsonl");
        while (p.isAlive() && !(Files.exists(record) && Files.readString(record).contains("\"step\":" + step + ","))) {
            Thread.sleep(5);
        }
    }
}
