package org.einthoven.tensor.simd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.List;
import org.einthoven.tensor.backend.Availability;
import org.einthoven.tensor.backend.Backends;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Where a JVM would compute vectors as objects, the reference is chosen, and reason and remedy are said. */
class AvailabilityTest {
    private static final String VECTORS = "--add-modules=jdk.incubator.vector";

    @ParameterizedTest
    @CsvSource({
        "-XX:-UseFMA, UseFMA is false, java without -XX:UseAVX=0 and -XX:-UseFMA",
        "-XX:TieredStopAtLevel=1, C2 is off, without -Xint and without -XX:TieredStopAtLevel",
        "-Xint, C2 is off, without -Xint and without -XX:TieredStopAtLevel",
        "-XX:MaxVectorSize=8, the widest vector has 64 bits, Start java without -XX:MaxVectorSize",
    })
    void withoutWhatKernelsTakeTheReferenceComputes(String option, String reason, String remedy)
            throws IOException, InterruptedException {
        List<String> said = choiceOfAJvmWith(VECTORS, option);
        assertEquals("reference", said.get(0));
        assertTrue(said.get(1).contains(reason), said.get(1));
        assertTrue(said.get(2).contains(remedy), said.get(2));
    }

    @Test
    void withoutTheModuleTheReferenceComputes() throws IOException, InterruptedException {
        List<String> said = choiceOfAJvmWith("-Xshare:auto");
        assertEquals("reference", said.get(0));
        assertTrue(said.get(1).contains("jdk.incubator.vector is not loaded"), said.get(1));
    }

    @Test
    void whatTheJvmSaysOfItsCompilers() {
        assertTrue(VectorBackendProvider.optimisingCompiler("mixed mode, sharing"));
        assertFalse(VectorBackendProvider.optimisingCompiler("mixed mode, emulated-client, sharing"));
        assertFalse(VectorBackendProvider.optimisingCompiler("interpreted mode"));
    }

    /** Prints the backend that is chosen, and why the one for vectors is or is not available. */
    public static void main(String[] none) {
        Availability vectors = new VectorBackendProvider().available();
        System.out.println(Backends.current().name());
        System.out.println(vectors.reason());
        System.out.println(vectors.remedy());
    }

    private static List<String> choiceOfAJvmWith(String... options) throws IOException, InterruptedException {
        List<String> lines = FreshJvm.lines(
                List.of(options),
                environment -> environment.remove("JDK_JAVA_OPTIONS"), // these options and no others
                AvailabilityTest.class,
                List.of());
        assertEquals(3, lines.size(), lines.toString());
        return lines;
    }
}
