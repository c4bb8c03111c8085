package org.einthoven.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalDouble;

/** The most memory that this process has held, heap, mapped files and the JVM itself together. */
final class PeakMemory {
    private static final Path STATUS = Path.of("/proc/self/status"); // "VmHWM:   123456 kB", see proc_pid_status(5)

    private PeakMemory() {}

    /** In MB (2^20 bytes); empty where the system does not say. */
    static OptionalDouble megabytes() {
        try {
            return Files.readAllLines(STATUS).stream()
                    .filter(line -> line.startsWith("VmHWM:"))
                    .mapToDouble(line -> Long.parseLong(line.replaceAll("\\D", "")) / 1024.0)
                    .findFirst();
        } catch (IOException e) {
            return OptionalDouble.empty();
        }
    }
}
