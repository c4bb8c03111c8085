package org.einthoven.tensor.simd;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import org.einthoven.tensor.DType;
import org.einthoven.tensor.Tensor;
import org.junit.jupiter.api.Test;

/**
 * Compiled, a product with rows of a weight allocates nothing: a kernel that C2 does not inline whole would box its vectors.
 *
 * <p>C2 goes by what it has seen until it compiles, and that is once. Beside other tests, which call the same kernels with rows of
 * all lengths, it once left a vector of a call on the heap for good (80 bytes for two rows of F16). So each JVM here has called
 * nothing else, and a type has three of them.
 */
class DotMemoryTest {
    private static final List<String> TYPES =
            List.of("F16", "BF16", "Q8_0", "Q4_0", "Q4_1", "Q5_0", "Q5_1", "Q4_K", "Q5_K", "Q6_K");

    private static final int JVMS = 3;

    /** Until the compiler has done its work; how soon that is depends on the machine's load. */
    private static final int ROUNDS = 2000;

    private static final int CALLS = 200;

    @Test
    void fourRowsCostNoMemory() throws IOException, InterruptedException {
        Agreement.needVectors();
        List<String> left = TYPES;
        List<String> said = new ArrayList<>();
        for (int jvm = 0; jvm < JVMS && !left.isEmpty(); jvm++) {
            List<String> lines = FreshJvm.lines(
                    List.of("--add-modules=jdk.incubator.vector"), same -> {}, DotMemoryTest.class, left);
            assertEquals(left.size(), lines.size(), lines.toString());
            said.addAll(lines.stream().filter(line -> !line.endsWith(" 0")).toList());
            left = lines.stream()
                    .filter(line -> !line.endsWith(" 0"))
                    .map(line -> line.substring(0, line.indexOf(' ')))
                    .toList();
        }
        assertEquals(List.of(), left, () -> "fewest bytes for " + CALLS + " calls, JVM by JVM: " + said);
    }

    /** Prints for each type that is named the fewest bytes of all rounds. */
    public static void main(String[] types) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        for (String type : types) {
            Tensor w = FrozenTest.blocks(DType.valueOf(type), 8, 512);
            PackedDot dot = PackedDot.of(w, Agreement.normal(512).toFloats(), 0);
            float[] y = new float[8];
            long fewest = Long.MAX_VALUE;
            for (int round = 0; round < ROUNDS && fewest > 0; round++) {
                long before = threads.getCurrentThreadAllocatedBytes();
                for (int call = 0; call < CALLS; call++) {
                    dot.changed();
                    dot.four(call & 1, 2, y, 0);
                }
                fewest = Math.min(fewest, threads.getCurrentThreadAllocatedBytes() - before);
            }
            System.out.println(type + " " + fewest);
        }
    }
}
