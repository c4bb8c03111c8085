package org.einthoven.tensor.simd;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.einthoven.tensor.Tensor;

/** Runs a class of these tests in a JVM that has done nothing else: with other options, or with profiles of its own. */
final class FreshJvm {
    private FreshJvm() {}

    /** What main of {@code main} prints, line by line; the JVM's own warnings are dropped. */
    static List<String> lines(
            List<String> options, Consumer<Map<String, String>> environment, Class<?> main, List<String> arguments)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(options);
        command.addAll(List.of("-cp", whereIs(Tensor.class) + File.pathSeparator + whereIs(main), main.getName()));
        command.addAll(arguments);
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD);
        environment.accept(builder.environment());
        Process process = builder.start();
        List<String> lines = process.inputReader().readAllLines();
        assertEquals(0, process.waitFor(), command.toString());
        return lines;
    }

    /** The folder of a class, be it on the class path or on the module path of this JVM. */
    private static String whereIs(Class<?> c) {
        String file = c.getName().replace('.', '/') + ".class";
        String place = c.getResource('/' + file).toString();
        return Path.of(URI.create(place.substring(0, place.length() - file.length())))
                .toString();
    }
}
