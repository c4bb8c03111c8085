package org.einthoven.suite.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.PrintStream;
import java.lang.reflect.Method;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.einthoven.autograd.Params;
import org.einthoven.meta.Maml;
import org.einthoven.models.llm.Llama;
import org.einthoven.tensor.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The example that repeats the figures of memory compiles, and the ways that it compares give one gradient. */
class SecondOrderMemoryTest {
    private static final Path ROOT = Path.of(System.getProperty("einthoven.root", "../.."));

    @Test
    void runsAtASmallSize(@TempDir Path out) throws Exception {
        ByteArrayOutputStream errors = new ByteArrayOutputStream();
        int rc = ToolProvider.getSystemJavaCompiler()
                .run(
                        null,
                        errors,
                        errors,
                        "-proc:none",
                        "-cp",
                        classPath(),
                        "-d",
                        out.toString(),
                        ROOT.resolve("examples/memory/SecondOrderMemory.java").toString());
        assertEquals(0, rc, () -> errors.toString(StandardCharsets.UTF_8));
        assertEquals(figures(out, "keep"), figures(out, "both"));
    }

    /** Where the modules come from that the example imports. */
    private static String classPath() {
        return Stream.of(Tensor.class, Params.class, Llama.class, Maml.class)
                .map(c -> c.getProtectionDomain().getCodeSource().getLocation())
                .map(url -> Path.of(URI.create(url.toString())).toString())
                .distinct()
                .collect(Collectors.joining(File.pathSeparator));
    }

    /** Loss and norm of the gradient as printed, to few digits: memory is saved by adding in another order. */
    private static String figures(Path classes, String way) throws Exception {
        PrintStream before = System.out;
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        try (URLClassLoader loader =
                new URLClassLoader(new URL[] {classes.toUri().toURL()}, SecondOrderMemoryTest.class.getClassLoader())) {
            System.setOut(new PrintStream(text, true, StandardCharsets.UTF_8));
            Method main = loader.loadClass("SecondOrderMemory").getDeclaredMethod("main", String[].class);
            main.setAccessible(true);
            main.invoke(null, (Object) new String[] {"2", way, "2", "32", "2"});
        } finally {
            System.setOut(before);
        }
        String line = text.toString(StandardCharsets.UTF_8);
        Matcher found = Pattern.compile("query loss ([0-9.]+?)\\d{2}, norm of the meta-gradient ([0-9.]+?)\\d{3}, ")
                .matcher(line);
        assertTrue(found.find(), line);
        return found.group(1) + " " + found.group(2);
    }
}
