package org.einthoven.models.io;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.einthoven.tensor.FormatException;
import org.junit.jupiter.api.function.Executable;

/** What every reader promises for a bad file: one exception type that names the file, and bounded allocation. */
public final class Refused {
    private Refused() {}

    /** Expects a {@link FormatException} that names the file and has {@code parts} in its text. */
    public static void by(Path file, Executable reading, String... parts) throws Exception {
        long before = allocated().orElse(0L);
        FormatException e = assertThrows(FormatException.class, reading);
        long used = allocated().orElse(0L) - before;
        long bound = (Files.isRegularFile(file) ? 4 * Files.size(file) : 0) + (16 << 20);
        assertTrue(used <= bound, () -> "allocated " + used + " bytes, allowed are " + bound);
        assertTrue(e.file().contains(file.getFileName().toString()), () -> "names another file: " + e.getMessage());
        for (String part : parts) {
            assertTrue(e.getMessage().contains(part), () -> "\"" + part + "\" is not in: " + e.getMessage());
        }
    }

    /** Bytes that this thread has allocated so far; by reflection, as no module of ours needs the management modules. */
    private static Optional<Long> allocated() {
        try {
            Class<?> type = Class.forName("com.sun.management.ThreadMXBean");
            Object bean = Class.forName("java.lang.management.ManagementFactory")
                    .getMethod("getPlatformMXBean", Class.class)
                    .invoke(null, type);
            Method method = type.getMethod("getCurrentThreadAllocatedBytes");
            return Optional.of((Long) method.invoke(bean));
        } catch (ReflectiveOperationException e) {
            return Optional.empty();
        }
    }
}
