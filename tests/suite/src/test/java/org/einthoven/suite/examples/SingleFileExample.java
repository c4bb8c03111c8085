package org.einthoven.suite.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.PrintStream;
import java.lang.reflect.Method;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.ToolProvider;

/**
 * A program of one file below {@code examples/}, compiled.
 *
 * @param name of its class
 * @param classes folder of what was compiled
 */
public record SingleFileExample(String name, Path classes) {
    private static final Path ROOT = Path.of(System.getProperty("einthoven.root", "../.."));

    /**
     * @param source below {@code examples/}
     * @param modules one class from each module that the example imports
     */
    public static SingleFileExample compiled(String source, Path classes, Class<?>... modules) {
        ByteArrayOutputStream errors = new ByteArrayOutputStream();
        Path file = ROOT.resolve("examples").resolve(source);
        int rc = ToolProvider.getSystemJavaCompiler()
                .run(
                        null,
                        errors,
                        errors,
                        "-proc:none",
                        "-cp",
                        classPath(modules),
                        "-d",
                        classes.toString(),
                        file.toString());
        assertEquals(0, rc, () -> errors.toString(StandardCharsets.UTF_8));
        return new SingleFileExample(file.getFileName().toString().replace(".java", ""), classes);
    }

    private static String classPath(Class<?>... modules) {
        return Stream.of(modules)
                .map(c -> c.getProtectionDomain().getCodeSource().getLocation())
                .map(url -> Path.of(URI.create(url.toString())).toString())
                .distinct()
                .collect(Collectors.joining(File.pathSeparator));
    }

    /** What {@code main} prints. */
    public String run(String... args) throws Exception {
        PrintStream before = System.out;
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        try (URLClassLoader loader =
                new URLClassLoader(new URL[] {classes.toUri().toURL()}, SingleFileExample.class.getClassLoader())) {
            System.setOut(new PrintStream(text, true, StandardCharsets.UTF_8));
            Method main = loader.loadClass(name).getDeclaredMethod("main", String[].class);
            main.setAccessible(true);
            main.invoke(null, (Object) args);
        } finally {
            System.setOut(before);
        }
        return text.toString(StandardCharsets.UTF_8);
    }
}
