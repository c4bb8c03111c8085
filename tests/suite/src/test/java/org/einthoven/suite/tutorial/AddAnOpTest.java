package org.einthoven.suite.tutorial;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.StringWriter;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code docs/add-an-op.md}, followed to the letter on a copy of the sources. */
class AddAnOpTest {
    private static final Path ROOT = Path.of(System.getProperty("einthoven.root"));
    private static final Pattern EDIT = Pattern.compile("```diff\n--- (\\S+)\n(.*?)```", Pattern.DOTALL);
    private static final List<String> MODULES = List.of("tensor", "autograd", "tests/verify");

    /** What the reader would try, compiled with the edited sources. */
    private static final String PROOF = """
            import java.util.List;
            import java.util.concurrent.Callable;
            import org.einthoven.autograd.*;
            import org.einthoven.autograd.check.GradCheck;
            import org.einthoven.tensor.*;
            import org.einthoven.tensor.op.Op;
            import org.einthoven.verify.*;
            import org.einthoven.verify.hyperdual.HyperDualOracle;

            public final class Proof implements Callable<String> {
                @Override
                public String call() {
                    StringBuilder s = new StringBuilder("without a case: " + OpRegistry.missing() + "\\n");
                    for (OpCase c : OpRegistry.cases(Op.Softsign.class)) {
                        s.append(GradCheck.standard(Rng.of(7)).check(c.function(), c.at()).ok()).append(' ');
                        s.append(HyperDualOracle.standard(Rng.of(7)).check(c.function(), c.at()).ok()).append('\\n');
                    }
                    Tensor x = Rng.of(3).normal(1, 100_003); // large enough for vectors
                    Tensor near = x.softsign().sub(x.cast(DType.F64).softsign().cast(DType.F32)).abs();
                    s.append(near.max(1, false).max(0, false).item() <= 1e-7).append('\\n');
                    return s.append(Grad.explain(p -> p.get("x").softsign().sum(),
                            Params.of("x", Tensor.of(new double[] {-1, 2}, 2)))).toString();
                }
            }
            """;

    @TempDir
    static Path folder;

    private static String page;
    private static Path edited;

    @BeforeAll
    static void followThePage() throws IOException {
        page = Files.readString(ROOT.resolve("docs/add-an-op.md"));
        edited = folder.resolve("edited");
        for (Path file : sources()) {
            Path copy = edited.resolve(ROOT.relativize(file));
            Files.createDirectories(copy.getParent());
            Files.copy(file, copy);
        }
        for (MatchResult edit : EDIT.matcher(page).results().toList()) {
            Path file = edited.resolve(edit.group(1));
            Files.writeString(file, applied(Files.readString(file), edit));
        }
        Path services = edited.resolve("classes/META-INF/services/org.einthoven.tensor.backend.BackendProvider");
        Files.createDirectories(services.getParent());
        Files.copy(
                ROOT.resolve("tensor/src/main/resources/META-INF/services").resolve(services.getFileName()), services);
        Files.writeString(edited.resolve("Proof.java"), PROOF);
    }

    @Test
    void theEditsMakeAnOperationAndWithoutAnyOneOfThemTheCompilerStops() throws Exception {
        List<Path> all = new ArrayList<>(List.of(edited.resolve("Proof.java")));
        sources().forEach(file -> all.add(edited.resolve(ROOT.relativize(file))));
        assertEquals("", compiled(all, ""));

        try (URLClassLoader loader = new URLClassLoader(
                new URL[] {edited.resolve("classes").toUri().toURL()}, ClassLoader.getPlatformClassLoader())) {
            Callable<?> proof = (Callable<?>)
                    loader.loadClass("Proof").getDeclaredConstructor().newInstance();
            String explained = page.substring(page.lastIndexOf("```\nforward") + 4);
            assertEquals(
                    "without a case: []\ntrue true\ntrue\n" + explained.substring(0, explained.indexOf("\n```")),
                    proof.call());
        }

        int unfinished = 0;
        for (String file : edits().keySet()) {
            if (page.contains("case Op.Softsign") && edits().get(file).contains("case Op.Softsign")) {
                String complaint = compiled(List.of(ROOT.resolve(file)), edited.resolve("classes") + "");
                assertTrue(complaint.contains("does not cover all possible"), file + ": " + complaint);
                unfinished++;
            }
        }
        assertEquals(
                5, unfinished, "the reference, the table of derivatives, the vector kernels, and the oracle's two");
    }

    /** Inserts the lines with a plus after the lines above them, which stand in the file once. */
    private static String applied(String text, MatchResult edit) {
        StringBuilder above = new StringBuilder();
        StringBuilder added = new StringBuilder();
        edit.group(2).lines().forEach(line -> (line.startsWith("+") ? added : above)
                .append(line.isEmpty() ? "" : line.substring(1))
                .append('\n'));
        int at = text.indexOf(above.toString());
        assertTrue(
                at >= 0 && text.indexOf(above.toString(), at + 1) < 0, () -> edit.group(1) + " has not once: " + above);
        return text.substring(0, at + above.length()) + added + text.substring(at + above.length());
    }

    /** What is added to each file. */
    private static Map<String, String> edits() {
        Map<String, String> byFile = new LinkedHashMap<>();
        EDIT.matcher(page).results().forEach(e -> byFile.merge(e.group(1), e.group(2), String::concat));
        return byFile;
    }

    private static List<Path> sources() throws IOException {
        List<Path> all = new ArrayList<>();
        for (String module : MODULES) {
            try (Stream<Path> files = Files.walk(ROOT.resolve(module).resolve("src/main/java"))) {
                files.filter(f -> f.toString().endsWith(".java") && !f.endsWith("module-info.java"))
                        .forEach(all::add);
            }
        }
        return all;
    }

    /** The compiler's errors. The class path has the edited classes before those of the project. */
    private static String compiled(List<Path> files, String first) throws IOException {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        DiagnosticCollector<JavaFileObject> said = new DiagnosticCollector<>();
        String path = (first.isEmpty() ? "" : first + System.getProperty("path.separator"))
                + System.getProperty("java.class.path");
        Path out = first.isEmpty() ? edited.resolve("classes") : Files.createDirectories(folder.resolve("nowhere"));
        try (StandardJavaFileManager manager = compiler.getStandardFileManager(said, null, null)) {
            compiler.getTask(
                            new StringWriter(),
                            manager,
                            said,
                            List.of(
                                    "--add-modules",
                                    "jdk.incubator.vector",
                                    "-proc:none",
                                    "-implicit:none",
                                    "-cp",
                                    path,
                                    "-d",
                                    out + ""),
                            null,
                            manager.getJavaFileObjectsFromPaths(files))
                    .call();
        }
        StringBuilder errors = new StringBuilder();
        said.getDiagnostics().stream()
                .filter(d -> d.getKind() == javax.tools.Diagnostic.Kind.ERROR)
                .forEach(d -> errors.append(d.getMessage(null)).append('\n'));
        return errors.toString();
    }
}
