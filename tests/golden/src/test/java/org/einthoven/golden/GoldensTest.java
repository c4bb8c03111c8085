package org.einthoven.golden;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.einthoven.golden.GoldenReport.Status;
import org.einthoven.tensor.backend.Availability;
import org.einthoven.tensor.backend.Backends;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** This build against reference numbers: the embedded set always, the full set where it lies beside the checkout. */
class GoldensTest {
    @AfterEach
    void choice() {
        Backends.choose("");
    }

    @ParameterizedTest
    @ValueSource(strings = {"reference", "simd"})
    void everyEmbeddedCasePasses(String backend) {
        Availability available = Backends.providers().stream()
                .filter(p -> p.name().equals(backend))
                .findFirst()
                .orElseThrow()
                .available();
        Assumptions.assumeTrue(available.ok(), available.reason());
        Backends.choose(backend);
        GoldenReport report = GoldenRunner.runEmbedded(entry -> true);
        assertEquals(128, report.cases().size());
        assertEquals(128, report.count(Status.PASSED), () -> notPassed(report));
    }

    @Test
    void noCaseOfTheFullSetFails() {
        Path goldens = Path.of(System.getProperty("einthoven.goldens", "../../../shared/goldens"));
        Assumptions.assumeTrue(
                Files.isDirectory(goldens),
                "no reference numbers at " + goldens + "; set -Deinthoven.goldens to run them");
        GoldenReport report = GoldenRunner.run(goldens, entry -> true);
        System.out.println("goldens: " + counts(report));
        assertTrue(report.ok(), () -> notPassed(report));
        // What is built passes; a case may not slip from passed to unsupported unseen.
        List<String> unsupported = report.cases().stream()
                .filter(c -> c.status() == Status.UNSUPPORTED)
                .map(GoldenReport.Case::toString)
                .toList();
        assertEquals(List.of(), unsupported);
        assertTrue(
                count(report, "A_ops") >= 60 && count(report, "B_encoder") > 0 && count(report, "D_maml") > 0,
                () -> notPassed(report));
    }

    private static long count(GoldenReport report, String group) {
        return report.cases().stream()
                .filter(c -> c.group().equals(group) && c.status() == Status.PASSED)
                .count();
    }

    private static Map<String, Map<Status, Long>> counts(GoldenReport report) {
        return report.cases().stream()
                .collect(Collectors.groupingBy(
                        GoldenReport.Case::group,
                        TreeMap::new,
                        Collectors.groupingBy(GoldenReport.Case::status, TreeMap::new, Collectors.counting())));
    }

    private static String notPassed(GoldenReport report) {
        return report.cases().stream()
                .filter(c -> c.status() != Status.PASSED)
                .map(GoldenReport.Case::toString)
                .collect(Collectors.joining("\n", "\n", "\n" + counts(report)));
    }
}
