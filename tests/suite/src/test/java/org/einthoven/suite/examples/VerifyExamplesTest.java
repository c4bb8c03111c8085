package org.einthoven.suite.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Projects of a user's own, with the published kit: what is right passes, what is wrong fails with the entry named. */
class VerifyExamplesTest {
    private static final List<String> KIT = List.of(
            "org.einthoven.tensor.Tensor",
            "org.einthoven.autograd.Grad",
            "org.einthoven.verify.TensorLaws",
            "org.junit.jupiter.api.Test",
            "org.junit.platform.commons.JUnitException",
            "org.junit.platform.engine.TestEngine",
            "org.junit.platform.launcher.Launcher",
            "org.opentest4j.AssertionFailedError",
            "org.apiguardian.api.API");
    private static final List<String> JUNIT = List.of("org.junit.jupiter.engine.JupiterTestEngine");
    private static final List<String> JQWIK = List.of("net.jqwik.api.Property", "net.jqwik.engine.JqwikTestEngine");

    /** A shape of at most two axes of at most two elements. */
    private static final String SMALL = "\\[([12](, [12])?)?]";

    @TempDir
    Path work;

    @Test
    void withJUnitOnly() throws Exception {
        ExampleProject project = project("verify-junit", JUNIT);
        assertEquals(
                Set.of(
                        "org.einthoven:einthoven-tensor",
                        "org.einthoven:einthoven-verify",
                        "org.junit.jupiter:junit-jupiter"),
                project.dependencies());
        project.compile();

        String printed = project.run(
                "example.LogCoshTest",
                "example.LogisticRegressionTest",
                "example.LogCoshMistake",
                "example.LogisticRegressionMistake");
        assertEquals(
                Set.of(
                        "PASSED LogCoshTest.valueFollowsItsDefinition",
                        "PASSED LogCoshTest.repeats",
                        "PASSED LogCoshTest.gradientAgreesWithDifferences",
                        "PASSED LogCoshTest.secondOrderAgreesWithDifferences",
                        "PASSED LogCoshTest.acceptsAnyStrides",
                        "PASSED LogisticRegressionTest.gradientIsRight",
                        "PASSED LogCoshMistake.valueFollowsItsDefinition",
                        "PASSED LogCoshMistake.repeats",
                        "FAILED LogCoshMistake.gradientAgreesWithDifferences",
                        "FAILED LogCoshMistake.secondOrderAgreesWithDifferences",
                        "PASSED LogCoshMistake.acceptsAnyStrides",
                        "FAILED LogisticRegressionMistake.gradientIsRight"),
                outcomes(printed));
        assertMatches(
                "LogCoshMistake.gradientAgreesWithDifferences: gradient check failed\n"
                        + "FAIL dL/dx0: worst error \\S+ at entry \\[\\d, \\d]: analytic \\S+, numeric \\S+ .*\n"
                        + " +wrong rule: ",
                printed);
        assertMatches(
                "LogisticRegressionMistake.gradientIsRight: gradient check failed\n"
                        + "FAIL df/dx: worst error \\S+ at entry \\[2]: analytic \\S+, numeric \\S+ .*\n"
                        + " +wrong rule: ",
                printed);
    }

    @Test
    void withJqwik() throws Exception {
        ExampleProject project = project("verify-jqwik", JQWIK);
        assertEquals(
                Set.of("net.jqwik:jqwik", "org.einthoven:einthoven-tensor", "org.einthoven:einthoven-verify"),
                project.dependencies());
        project.compile();

        String printed = project.run("example.SquaredDistanceTest", "example.SquaredDistanceMistake");
        assertEquals(
                Set.of(
                        "PASSED SquaredDistanceTest.isSymmetric",
                        "PASSED SquaredDistanceTest.acceptsAnyStrides",
                        "PASSED SquaredDistanceTest.gradientIsRightToSecondOrder",
                        "FAILED SquaredDistanceMistake.gradientIsRight"),
                outcomes(printed));
        assertMatches("FAIL dL/dx1: worst error \\S+ at entry \\[.*]: analytic \\S+, numeric \\S+ ", printed);
        assertMatches(
                "Shrunk Sample .*\n-+\n +pair: \\S+ \\d+ " + SMALL + " \\S+ with \\S+ \\d+ " + SMALL + " \\S+\n",
                printed);
    }

    /** The code in the kit's README is that of the examples, so it compiles and does what it says. */
    @Test
    void theReadmeQuotesTheExamples() throws IOException {
        Path root = Path.of(System.getProperty("einthoven.root"));
        String examples;
        try (Stream<Path> files = Files.walk(root.resolve("examples"))) {
            examples = files.filter(p ->
                            p.getParent().endsWith("example") && p.toString().endsWith(".java"))
                    .map(VerifyExamplesTest::text)
                    .collect(Collectors.joining("\n"));
        }
        List<String> quotes = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL)
                .matcher(text(root.resolve("tests/verify/README.md")))
                .results()
                .map(match -> match.group(1))
                .toList();
        assertTrue(quotes.size() >= 3, () -> "only " + quotes.size() + " pieces of code in the README");
        for (String quote : quotes) {
            assertTrue(examples.contains(quote), () -> "the README's code is not in an example:\n" + quote);
        }
    }

    private ExampleProject project(String name, List<String> engine) {
        return ExampleProject.of(
                name, work, Stream.concat(KIT.stream(), engine.stream()).toList());
    }

    private static Set<String> outcomes(String printed) {
        Set<String> outcomes = printed.lines()
                .filter(line -> line.matches("(PASSED|FAILED) .*"))
                .map(line -> line.replaceFirst(":.*", ""))
                .collect(Collectors.toCollection(TreeSet::new));
        assertFalse(outcomes.isEmpty(), printed);
        return outcomes;
    }

    private static void assertMatches(String pattern, String printed) {
        assertTrue(Pattern.compile(pattern).matcher(printed).find(), () -> "no " + pattern + " in\n" + printed);
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
