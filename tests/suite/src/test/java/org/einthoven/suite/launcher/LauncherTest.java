package org.einthoven.suite.launcher;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code ./einthoven} and {@code cli/find-jdk} as a user's shell sees them. */
class LauncherTest {
    private static final Path ROOT = Path.of(System.getProperty("einthoven.root"));
    private static final Path JARS = ROOT.resolve("cli/target/app");

    @TempDir
    Path folder;

    private Path elsewhere;

    private record Outcome(int exit, String out, String err) {}

    @BeforeEach
    void goElsewhere() throws IOException {
        assumeTrue(Files.isExecutable(Path.of("/bin/sh")), "there is no /bin/sh to run the launcher");
        elsewhere = Files.createDirectory(folder.resolve("another folder"));
    }

    @Test
    void runsThroughASymbolicLinkFromAnyFolderAndKeepsStdoutForTheResult() throws Exception {
        assumeJars();
        Path link = Files.createSymbolicLink(elsewhere.resolve("ein link"), ROOT.resolve("einthoven"));

        Outcome doctor = run(Map.of(), "./" + link.getFileName(), "doctor", "--json");

        assertEquals(0, doctor.exit, doctor.err);
        assertTrue(doctor.out.startsWith("{") && doctor.out.endsWith("}\n"), doctor.out);
        assertEquals(1, doctor.out.lines().count(), doctor.out);
        assertEquals("", doctor.err, "the JVM's notice about its incubator module is kept from the user");
    }

    @Test
    void keepsWhatTheJvmHasToSay() throws Exception {
        assumeJars();

        Outcome doctor =
                run(Map.of("EINTHOVEN_JAVA_OPTS", "-XX:NoSuchOption=1"), ROOT.resolve("einthoven") + "", "doctor");

        assertEquals(1, doctor.exit);
        assertEquals("", doctor.out);
        assertTrue(eventually(() -> Files.readString(folder.resolve("err")).contains("NoSuchOption")));
    }

    /** A young generation as large as the heap is one of the things that the JVM warns of in its log. */
    @Test
    void keepsTheLogOfTheJvmOutOfTheResult() throws Exception {
        assumeJars();

        Outcome doctor = run(
                Map.of("EINTHOVEN_JAVA_OPTS", "-Xmx512m -Xmn512m"), ROOT.resolve("einthoven") + "", "doctor", "--json");

        assertEquals(0, doctor.exit, doctor.err);
        assertEquals(1, doctor.out.lines().count(), doctor.out);
        assertTrue(eventually(() -> Files.readString(folder.resolve("err")).contains("[warning]")));
    }

    /** Each of the places where Java looks for options may name a collector, and only one can be. */
    @Test
    void theUsersCollectorIsTheOne() throws Exception {
        assumeJars();

        Outcome doctor =
                run(Map.of("JDK_JAVA_OPTIONS", "-XX:+UseSerialGC"), ROOT.resolve("einthoven") + "", "doctor", "--json");

        assertEquals(0, doctor.exit, doctor.err);
        assertEquals(1, doctor.out.lines().count(), doctor.out);
    }

    /** The words come from the shell, as the JVM of this test may itself be unable to pass them on. */
    @Test
    void readsWordsAsUtf8UnderTheLocaleC() throws Exception {
        assumeJars();

        Outcome absent = run(
                Map.of("LC_ALL", "C"),
                "/bin/sh",
                "-c",
                "exec \"$0\" inspect \"$(printf 'n\\303\\266pe')\"",
                ROOT.resolve("einthoven") + "");

        assertEquals(3, absent.exit, absent.err);
        assertTrue(
                eventually(() -> Files.readString(folder.resolve("err")).contains("einthoven: n\u00f6pe: ")),
                absent.err);
    }

    /** As on a processor that has no fused multiply-add: the reference computes, and reason and remedy are told. */
    @Test
    void doctorSaysWhyThereAreNoVectors() throws Exception {
        assumeJars();

        Outcome doctor = run(Map.of("EINTHOVEN_JAVA_OPTS", "-XX:-UseFMA"), ROOT.resolve("einthoven") + "", "doctor");

        assertEquals(0, doctor.exit, doctor.err);
        assertTrue(doctor.out.contains("--   backend simd"), doctor.out);
        assertTrue(doctor.out.contains("(UseFMA is false)"), doctor.out);
        assertTrue(doctor.out.contains("java without -XX:UseAVX=0 and -XX:-UseFMA"), doctor.out);
        assertTrue(doctor.out.lines().anyMatch(l -> l.startsWith("ok   backend reference") && l.endsWith("(in use)")));
    }

    /** The script of the tutorial, of which the other tests play the lessons only. */
    @Test
    void playsALessonOfTheTutorial() throws Exception {
        assumeJars();

        Outcome lesson = run(Map.of(), ROOT.resolve("examples/tutorial/lesson") + "", "1", "solution");

        assertEquals(0, lesson.exit, lesson.err);
        assertTrue(lesson.out.contains("\npassed: "), lesson.out);
    }

    @Test
    void givesTheResultWhenStderrIsClosed() throws Exception {
        assumeJars();

        Outcome doctor =
                run(Map.of(), "/bin/sh", "-c", "exec \"$0\" doctor --json 2>&-", ROOT.resolve("einthoven") + "");

        assertEquals(0, doctor.exit);
        assertTrue(doctor.out.startsWith("{") && doctor.out.endsWith("}\n"), doctor.out);
    }

    @Test
    void takesAJdk25FromJavaHome() throws Exception {
        Path jdk = fakeJdk("jdk 25", "25.0.3");

        Outcome found = run(Map.of("JAVA_HOME", jdk + ""), ROOT.resolve("cli/find-jdk") + "");

        assertEquals(0, found.exit, found.err);
        assertEquals(jdk + "\n", found.out);
    }

    @Test
    void passesByAnOlderJavaHome() throws Exception {
        Path older = fakeJdk("jdk 17", "17.0.9");
        Path jdk = fakeJdk("jdk 25", "25");

        Outcome found = run(
                Map.of("JAVA_HOME", older + "", "PATH", jdk.resolve("bin") + ":" + System.getenv("PATH")),
                ROOT.resolve("cli/find-jdk") + "");

        assertEquals(0, found.exit, found.err);
        assertEquals(jdk + "\n", found.out);
    }

    @Test
    void doesNotGuessWhenTheNamedJdkIsNoJdk25() throws Exception {
        Path older = fakeJdk("jdk 24", "24.0.1");

        Outcome found = run(Map.of("EINTHOVEN_JAVA_HOME", older + ""), ROOT.resolve("einthoven") + "", "doctor");

        assertEquals(1, found.exit);
        assertEquals("", found.out);
        assertEquals(1, found.err.lines().count(), found.err);
        assertTrue(found.err.contains("EINTHOVEN_JAVA_HOME=" + older), found.err);
        assertTrue(found.err.contains("unset it"), found.err);
    }

    /** The filter of the JVM's own messages may end a moment after the JVM. */
    private static boolean eventually(Callable<Boolean> condition) throws Exception {
        for (int i = 0; i < 100 && !condition.call(); i++) {
            Thread.sleep(100);
        }
        return condition.call();
    }

    /** Without the jars the launcher would start Maven inside Maven. */
    private static void assumeJars() throws IOException {
        assumeTrue(Files.isDirectory(JARS), "the command is not packaged; run mvn verify rather than mvn test");
        try (Stream<Path> jars = Files.list(JARS)) {
            assumeTrue(jars.anyMatch(jar -> jar.getFileName().toString().startsWith("einthoven-cli")), "no jar of cli");
        }
    }

    private Path fakeJdk(String name, String version) throws IOException {
        Path bin = Files.createDirectories(folder.resolve(name).resolve("bin"));
        for (String tool : List.of("java", "javac")) {
            assertTrue(Files.createFile(bin.resolve(tool)).toFile().setExecutable(true));
        }
        Files.writeString(bin.resolveSibling("release"), "JAVA_VERSION=\"" + version + "\"\n");
        return bin.getParent();
    }

    private Outcome run(Map<String, String> environment, String... command) throws IOException, InterruptedException {
        Path out = folder.resolve("out");
        Path err = folder.resolve("err");
        ProcessBuilder process = new ProcessBuilder(command)
                .directory(elsewhere.toFile())
                .redirectOutput(out.toFile())
                .redirectError(err.toFile());
        process.environment().keySet().removeAll(List.of("EINTHOVEN_JAVA_HOME", "EINTHOVEN_JAVA_OPTS"));
        process.environment().putAll(environment);
        Process running = process.start();
        running.getOutputStream().close();
        int exit = running.waitFor();
        return new Outcome(
                exit, Files.readString(out, StandardCharsets.UTF_8), Files.readString(err, StandardCharsets.UTF_8));
    }
}
