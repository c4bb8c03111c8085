package org.einthoven.cli;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** HotSpot says nothing of a pattern that fits no method, so a kernel under a new name would silently go another way. */
class CompilerDirectivesTest {
    @Test
    void namesWhatThereIs() throws Exception {
        List<String> patterns = Stream.of(
                        Files.readString(Path.of("compilers.json")).split("\""))
                .filter(p -> p.matches("org/einthoven/[\\w/]+\\.[\\w*]+")) // one class each
                .toList();
        assertFalse(patterns.isEmpty());
        for (String pattern : patterns) {
            String type = pattern.substring(0, pattern.indexOf('.')).replace('/', '.');
            String method = pattern.substring(pattern.indexOf('.') + 1);
            Class<?> kernels = Class.forName(type, false, getClass().getClassLoader());
            assertTrue(
                    method.equals("*")
                            || Stream.of(kernels.getDeclaredMethods())
                                    .anyMatch(m -> m.getName().equals(method)),
                    pattern);
        }
    }
}
