package org.einthoven.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.einthoven.meta.RunDirectory;
import org.einthoven.tensor.Rng;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Training in a process of its own, ended from outside. */
class KillTest {
    private static final int STEPS = 40;
    private static final String LAST = "checkpoint-%08d.safetensors".formatted(STEPS);

    @TempDir
    Path folder;

    /**
     * {@code -Deinthoven.test.kills=20} kills more often. Three in four moments are spread over the steps, somewhere in a step or
     * in a checkpoint; the fourth is anywhere from the start of the process on: reading, encoding, the first step.
     */
    @Test
    void killedAtAnyMomentItEndsInTheSameBytes() throws IOException, InterruptedException {
        long seed = Long.getLong("einthoven.test.seed", 1);
        int kills = Integer.getInteger("einthoven.test.kills", 3);
        RandomGenerator random = Rng.of(seed).stream();
        Path whole = folder.resolve("whole");
        Path killed = folder.resolve("killed");
        assertEquals(0, start(whole, false).waitFor(), log(whole));
        int inTime = 0;
        for (int k = 0; k < kills; k++) {
            Process p = start(killed, true);
            if (k % 4 == 3) {
                Thread.sleep(random.nextInt(3000));
            } else {
                awaitStep(p, killed, 1 + (int) ((k + random.nextDouble()) * (STEPS - 2) / kills));
                Thread.sleep(random.nextInt(30));
            }
            inTime += p.isAlive() ? 1 : 0;
            p.destroyForcibly().waitFor(); // SIGKILL
        }
        assertEquals(0, start(killed, true).waitFor(), log(killed));
        String said = "after " + inTime + " kills; repeat with -Deinthoven.test.seed=" + seed
                + " -Deinthoven.test.kills=" + kills;
        assertEquals(kills, inTime, "a run was over before it was killed: " + said);
        assertEquals(digests(whole), digests(killed), said);
        assertTrue(digests(whole).containsKey(LAST), said);
    }

    /** A kill as soon as a best state is written, one while a control learns: the best states end in the same bytes too. */
    @Test
    void killedAtAWriteOfTheBestItEndsInTheSameBytes() throws IOException, InterruptedException {
        Path whole = folder.resolve("validated");
        Path killed = folder.resolve("validated-killed");
        assertEquals(0, prepared(whole, false, VALIDATED).start().waitFor(), log(whole));
        for (String at : List.of("best.safetensors", "control-ecg_blind/best.safetensors")) {
            Process p = prepared(killed, true, VALIDATED).start();
            while (p.isAlive() && !Files.exists(killed.resolve(at))) {
                Thread.sleep(1);
            }
            assertTrue(p.isAlive(), log(killed));
            p.destroyForcibly().waitFor();
        }
        assertEquals(0, prepared(killed, true, VALIDATED).start().waitFor(), log(killed));
        assertEquals(digests(whole), digests(killed));
        assertTrue(digests(whole).containsKey("control-ecg_blind/best.safetensors"));
    }

    private static final List<String> VALIDATED = List.of(
            "--protocol",
            "strict",
            "--split",
            "patient",
            "--mapper_type",
            "LIN",
            "--meta",
            "first",
            "--n_way",
            "1",
            "--validation",
            "3",
            "--validate-every",
            "5",
            "--batchsz_train",
            "12");

    /** SHA-256 of every file of a run, the folder's own name in the result apart. */
    private static Map<String, String> digests(Path out) throws IOException {
        Map<String, String> digests = new TreeMap<>();
        try (Stream<Path> files = Files.walk(out)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                String name = out.relativize(file).toString();
                byte[] bytes = Files.readAllBytes(file);
                if (name.equals("result.json")) {
                    bytes = new String(bytes, UTF_8)
                            .replace(out.toString(), "OUT")
                            .getBytes(UTF_8);
                }
                digests.put(name, HexFormat.of().formatHex(sha256().digest(bytes)));
            }
        }
        return digests;
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every JDK has SHA-256", e);
        }
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

    /**
     * Files of more than 8 KB cannot be written, which the system says as it says that a disk is full: no half a checkpoint is
     * left, and with room again the run goes on.
     */
    @Test
    void aFullDiskEndsTheRunAndLosesNothing() throws IOException, InterruptedException {
        Path out = folder.resolve("full");
        ProcessBuilder limited = prepared(out, true);
        List<String> words = new ArrayList<>(List.of("sh", "-c", "ulimit -f 16 && exec \"$0\" \"$@\""));
        words.addAll(limited.command());
        words.add(words.indexOf("-Xmx512m"), "-XX:-UsePerfData"); // the JVM's own file of figures is larger
        assertEquals(1, limited.command(words).start().waitFor(), log(out));
        assertTrue(log(out).contains("cannot write"), log(out));
        assertFalse(log(out).contains("Exception"), log(out));
        assertEquals(
                Set.of("run.lock", "run.jsonl", "ecg-vectors.bin"), digests(out).keySet());
        assertEquals(0, start(out, true).waitFor(), log(out));
        assertTrue(digests(out).containsKey(LAST));
    }

    /** What a container without fonts is like: the run has its result, and says that it has no picture. */
    @Test
    void withoutFontsOnlyThePictureIsLeftOut() throws IOException, InterruptedException {
        Assumptions.assumeTrue(
                System.getProperty("os.name").equals("Linux"),
                "fonts are taken away as fontconfig allows it, on Linux");
        Path out = folder.resolve("plain");
        ProcessBuilder bare = prepared(out, false, List.of("--batchsz_train", "1", "--batchsz_test", "1"));
        Path none = Files.writeString(folder.resolve("fonts.conf"), "<?xml version=\"1.0\"?><fontconfig></fontconfig>");
        bare.environment().put("FONTCONFIG_FILE", none.toString());
        List<String> words = new ArrayList<>(bare.command());
        words.add(words.indexOf("-Xmx512m"), "-Duser.home=" + folder); // Java remembers there which fonts it found
        assertEquals(0, bare.command(words).start().waitFor(), log(out));
        assertFalse(Files.exists(out.resolve("curves.png")));
        assertTrue(Files.readString(out.resolve("result.json")).contains("curves.png was not drawn"), log(out));
    }

    @Test
    void aSecondProcessIsRefused() throws IOException, InterruptedException {
        Path out = folder.resolve("held");
        try (RunDirectory held = RunDirectory.open(out)) {
            assertEquals(3, start(out, true).waitFor(), log(out));
            assertTrue(log(out).contains("another process is training here"), log(out));
            assertEquals(Set.of("run.lock"), digests(held.path()).keySet());
        }
    }

    private Process start(Path out, boolean resume) throws IOException {
        return prepared(out, resume).start();
    }

    private ProcessBuilder prepared(Path out, boolean resume) {
        return prepared(out, resume, List.of());
    }

    /** With further options, which override those that are there. */
    private ProcessBuilder prepared(Path out, boolean resume, List<String> options) {
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
        for (int i = 0; i < options.size(); i += 2) {
            int at = command.indexOf(options.get(i));
            if (at > 0) {
                command.set(at + 1, options.get(i + 1));
            } else {
                command.addAll(options.subList(i, i + 2));
            }
        }
        if (resume) {
            command.add("--resume");
        }
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(logFile(out)));
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
