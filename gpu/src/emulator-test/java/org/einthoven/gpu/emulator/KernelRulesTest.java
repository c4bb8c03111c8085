package org.einthoven.gpu.emulator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.reflect.Method;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.einthoven.gpu.kernel.Group;
import org.junit.jupiter.api.Test;

/** What TornadoVM 5.2 compiles wrongly and the emulator computes rightly is kept out of the kernels by their form. */
class KernelRulesTest {
    /** A local array handed to another method is indexed as if it stood behind a Java array's header: outside of it. */
    @Test
    void noLocalArrayIsHandedToAnotherMethod() throws Exception {
        List<String> found = new ArrayList<>();
        List<Class<?>> kernels = kernels();
        for (Class<?> k : kernels) {
            for (Method m : k.getDeclaredMethods()) {
                if (Arrays.stream(m.getParameterTypes()).anyMatch(Class::isArray)) {
                    found.add(m.toString());
                }
            }
        }
        assertTrue(kernels.size() > 8, "only " + kernels);
        assertEquals(List.of(), found);
    }

    private static List<Class<?>> kernels() throws IOException, URISyntaxException, ClassNotFoundException {
        Path folder = Path.of(Group.class.getResource("Group.class").toURI()).getParent();
        List<Class<?>> kernels = new ArrayList<>();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path f : files.toList()) {
                String name = f.getFileName().toString();
                if (name.endsWith(".class") && !name.startsWith("package-info") && !name.contains("Test")) {
                    kernels.add(Class.forName(Group.class.getPackageName() + "." + name.replace(".class", "")));
                }
            }
        }
        return kernels;
    }
}
