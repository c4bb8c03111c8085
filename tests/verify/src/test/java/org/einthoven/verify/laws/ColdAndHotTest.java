package org.einthoven.verify.laws;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.einthoven.tensor.Workers;
import org.junit.jupiter.api.Test;

/** Interpreted, half compiled and compiled, a kernel gives the same bits: a run can be repeated and resumed. */
class ColdAndHotTest {
    private static final int CALLS_UNTIL_HOT = 400;
    private static final int LOOKED_AT = 8;

    @Test
    void theInterpreterGivesTheBitsOfCompiledCode() throws IOException, InterruptedException {
        KernelCase.needVectors();
        Process cold = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xint",
                        "--add-modules",
                        "jdk.incubator.vector",
                        "-cp",
                        System.getProperty("java.class.path"),
                        ColdCode.class.getName())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        String interpreted = String.join("\n", cold.inputReader().readAllLines());
        assertEquals(0, cold.waitFor());
        assertEquals(interpreted, String.join("\n", compiled()));
    }

    private static List<String> compiled() {
        int threads = Workers.threads();
        try {
            Workers.threads(1);
            return ColdCode.cases().stream().map(ColdAndHotTest::compiled).toList();
        } finally {
            Workers.threads(threads);
        }
    }

    /** All results on the way from cold to hot must be one. */
    private static String compiled(KernelCase c) {
        String first = ColdCode.line(c);
        for (int i = 0; i < LOOKED_AT; i++) {
            for (int call = 0; call < CALLS_UNTIL_HOT / LOOKED_AT; call++) {
                c.on(KernelCase.SIMD);
            }
            assertEquals(first, ColdCode.line(c));
        }
        return first;
    }
}
