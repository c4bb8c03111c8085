package org.einthoven.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import jdk.incubator.vector.FloatVector;

/** Where figures come from: they mean nothing without it. */
public final class Machine {
    private Machine() {}

    public static String describe() {
        Runtime.Version java = Runtime.version();
        return "- machine: %s, %d cores, %d-bit vectors, %s %s, Java %s (%s)"
                .formatted(
                        processor(),
                        Runtime.getRuntime().availableProcessors(),
                        FloatVector.SPECIES_PREFERRED.vectorBitSize(),
                        System.getProperty("os.name"),
                        System.getProperty("os.version"),
                        java,
                        System.getProperty("java.vendor"));
    }

    /** Processes that ran or waited for a core, on average over the last minute. */
    public static String load() {
        double load = java.lang.management.ManagementFactory.getOperatingSystemMXBean()
                .getSystemLoadAverage();
        return "%.1f".formatted(load);
    }

    private static String processor() {
        try (Stream<String> lines = Files.lines(Path.of("/proc/cpuinfo"))) {
            return lines.filter(l -> l.startsWith("model name"))
                    .map(l -> l.substring(l.indexOf(':') + 1).strip())
                    .findFirst()
                    .orElse(System.getProperty("os.arch"));
        } catch (IOException elsewhere) {
            return System.getProperty("os.arch");
        }
    }
}
