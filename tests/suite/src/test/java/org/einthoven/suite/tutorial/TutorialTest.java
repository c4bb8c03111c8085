package org.einthoven.suite.tutorial;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every lesson of {@code examples/tutorial} runs; its exercise says what to do, its solution passes, and answers that people
 * give before they have understood do not.
 */
class TutorialTest {
    private static final Path TUTORIAL = Path.of(System.getProperty("einthoven.root"), "examples", "tutorial");

    /** The player of the lessons is a source file that the launcher script starts; here it is compiled once. */
    @TempDir
    static Path folder;

    private static URLClassLoader player;

    /** Wrong answers, by the number of the lesson. */
    private static final Map<String, List<String>> WRONG = Map.of(
            "1", List.of("""
                    Tensor limbLeads(Tensor measured) {
                        Tensor one = measured.select(0, 0);
                        Tensor two = measured.select(0, 1);
                        return Tensor.stack(0, one, two, one.sub(two), one.add(two).mul(-0.5),
                            one.sub(two.mul(0.5)), two.sub(one.mul(0.5)));
                    }
                    """, "Tensor limbLeads(Tensor measured) { return measured; }"),
            "2", List.of("""
                    Tensor squaredDistances(Tensor a, Tensor b) {
                        return a.unsqueeze(1).sub(b.unsqueeze(0)).abs().sum(false, -1);
                    }
                    """, """
                    Tensor squaredDistances(Tensor a, Tensor b) {
                        return a.unsqueeze(1).sub(b.unsqueeze(0)).square().sum(false, 1);
                    }
                    """),
            "3", List.of("""
                    Node derivative(Function<Node, Node> f, Node x, int n) {
                        return n == 0 ? f.apply(x) : Node.grad(f.apply(x), x).getFirst();
                    }
                    """, """
                    Node derivative(Function<Node, Node> f, Node x, int n) {
                        return n == 0 ? f.apply(x) : Node.grad(Node.of(derivative(f, x, n - 1).value), x).getFirst();
                    }
                    """),
            "4", List.of("""
                    double numericSlope(DoubleUnaryOperator f, double x) {
                        return (f.applyAsDouble(x + 1e-8) - f.applyAsDouble(x)) / 1e-8;
                    }
                    """, """
                    double numericSlope(DoubleUnaryOperator f, double x) {
                        return (f.applyAsDouble(x + 0.01) - f.applyAsDouble(x - 0.01)) / 0.02;
                    }
                    """),
            "5", List.of("""
                    Params train(Function<Params, Tensor> loss, Params start, int steps, double rate) {
                        Params gradient = Grad.valueAndGrad(loss, start, GradMode.CONSTANT).grads();
                        return start.zip(gradient, (w, g) -> w.sub(g.mul(rate * steps)));
                    }
                    """, """
                    Params train(Function<Params, Tensor> loss, Params start, int steps, double rate) {
                        Params now = start;
                        for (int step = 0; step < steps; step++) {
                            now = now.zip(Grad.valueAndGrad(loss, now, GradMode.CONSTANT).grads(),
                                (w, g) -> w.add(g.mul(rate)));
                        }
                        return now;
                    }
                    """),
            "6", List.of("""
                    Tensor hessian(Function<Tensor, Tensor> f, Tensor x) {
                        Tensor g = Grad.grad(f, x, GradMode.CONSTANT);
                        return g.unsqueeze(1).mul(g.unsqueeze(0));
                    }
                    """, """
                    Tensor hessian(Function<Tensor, Tensor> f, Tensor x) {
                        return Grad.hvp(f, x, Tensor.ones(DType.F64, x.dim(0)));
                    }
                    """),
            "7", List.of("""
                    Params reptileGradient(Params theta, Tensor x, Tensor y, int steps, double rate) {
                        return adapt(theta, x, y, steps, rate, GradMode.CONSTANT).zip(theta, Tensor::sub);
                    }
                    """, """
                    Params reptileGradient(Params theta, Tensor x, Tensor y, int steps, double rate) {
                        return theta.zip(adapt(theta, x, y, 1, rate, GradMode.CONSTANT), Tensor::sub);
                    }
                    """),
            "8", List.of("""
                    double majorityTokenAccuracy(int ways) {
                        return 0.84375;
                    }
                    """, """
                    double majorityTokenAccuracy(int ways) {
                        return 0.75;
                    }
                    """));

    @BeforeAll
    static void compileThePlayer() throws IOException {
        System.setProperty("java.awt.headless", "true");
        System.setProperty("tutorial.steps", "10");
        System.setProperty("tutorial.figure", folder.resolve("figure.png").toString());
        Path classes = Files.createDirectory(folder.resolve("classes"));
        int failures = ToolProvider.getSystemJavaCompiler()
                .run(null, null, null, "-proc:none", "-d", classes + "", TUTORIAL.resolve("Lesson.java") + "");
        assertEquals(0, failures);
        player = new URLClassLoader(new URL[] {classes.toUri().toURL()}, TutorialTest.class.getClassLoader());
    }

    @AfterAll
    static void close() throws IOException {
        player.close();
    }

    static List<Path> lessons() throws IOException {
        try (Stream<Path> all = Files.list(TUTORIAL)) {
            return all.filter(p -> Files.exists(p.resolve("lesson.jsh")))
                    .sorted()
                    .toList();
        }
    }

    @Test
    void thereAreEightLessonsAndTheReadmeListsThem() throws IOException {
        String readme = Files.readString(TUTORIAL.resolve("README.md"));
        assertEquals(8, lessons().size());
        for (Path lesson : lessons()) {
            assertTrue(readme.contains("`" + lesson.getFileName() + "`"), () -> "README.md lacks " + lesson);
        }
    }

    @ParameterizedTest
    @MethodSource("lessons")
    void runsAndJudges(Path lesson) throws Exception {
        String number = lesson.getFileName().toString().substring(0, 1);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (PrintStream text = new PrintStream(out, true, StandardCharsets.UTF_8);
                AutoCloseable opened = open(lesson, text)) {
            Function<Path, String> judge = judge(opened);

            String undone = judge.apply(lesson.resolve("exercise.jsh"));
            assertFalse(undone.isEmpty());
            assertTrue(undone.lines().allMatch(line -> line.startsWith("to do: ")), undone);

            for (String answer : WRONG.get(number)) {
                String verdict = judge.apply(Files.writeString(folder.resolve("answer.jsh"), answer));
                assertTrue(verdict.contains("not yet: "), answer + verdict);
            }

            if (number.equals("1")) {
                anAnswerThatIsNotJavaIsSaidToBeSoWithItsLine(judge);
            }

            String solved = judge.apply(lesson.resolve("solution.jsh"));
            assertTrue(solved.lines().count() >= 2, solved);
            assertTrue(solved.lines().allMatch(line -> line.startsWith("passed: ")), solved);

            if (number.equals("7")) {
                String better = judge.apply(Files.writeString(
                        folder.resolve("answer.jsh"), "mamlErrors.get(1) < pretrainedErrors.get(1)\n"));
                assertTrue(better.startsWith("true"), "one step after 10 steps of training: " + out);
                var figure = ImageIO.read(folder.resolve("figure.png").toFile());
                assertEquals(1040, figure.getWidth());
                assertEquals(760, figure.getHeight());
            }
        }
        assertTrue(out.toString(StandardCharsets.UTF_8).contains("\nEXERCISE. "));
    }

    private static void anAnswerThatIsNotJavaIsSaidToBeSoWithItsLine(Function<Path, String> judge) throws IOException {
        Path answer = folder.resolve("answer.jsh");

        Files.writeString(answer, "Tensor limbLeads(Tensor measured) {\n    return measured.inverse();\n}\n");
        assertEquals("not yet: " + answer + ":3: cannot find symbol", judge.apply(answer));

        Files.writeString(answer, "Tensor limbLeads(Tensor measured) {\n    return measured;\n");
        assertEquals(
                "not yet: " + answer + ": the end of the file comes too early; is a bracket missing?",
                judge.apply(answer));
    }

    private static AutoCloseable open(Path lesson, PrintStream out) throws Exception {
        return (AutoCloseable) player.loadClass("Lesson")
                .getConstructor(Path.class, String.class, PrintStream.class)
                .newInstance(lesson, System.getProperty("java.class.path"), out);
    }

    @SuppressWarnings("unchecked")
    private static Function<Path, String> judge(AutoCloseable lesson) {
        return (Function<Path, String>) lesson;
    }
}
