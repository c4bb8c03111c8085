package org.einthoven.tensor.simd;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import org.einthoven.tensor.DType;
import org.einthoven.tensor.Tensor;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Compiled, a product with rows of a weight allocates nothing: a kernel that C2 does not inline whole would box its vectors. */
class DotMemoryTest {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    /** Until the compiler has done its work; how soon that is depends on the machine's load. */
    private static final int ROUNDS = 2000;

    private static final int CALLS = 200;

    @ParameterizedTest
    @EnumSource(names = {"F16", "BF16", "Q8_0", "Q4_0", "Q4_1", "Q5_0", "Q5_1", "Q4_K", "Q5_K", "Q6_K"})
    void fourRowsCostNoMemory(DType type) {
        Agreement.needVectors();
        Tensor w = FrozenTest.blocks(type, 8, 512);
        PackedDot dot = PackedDot.of(w, Agreement.normal(512).toFloats(), 0);
        float[] y = new float[8];
        long fewest = Long.MAX_VALUE;
        for (int round = 0; round < ROUNDS && fewest > 0; round++) {
            long before = THREADS.getCurrentThreadAllocatedBytes();
            for (int call = 0; call < CALLS; call++) {
                dot.changed();
                dot.four(call & 1, 2, y, 0);
            }
            fewest = Math.min(fewest, THREADS.getCurrentThreadAllocatedBytes() - before);
        }
        assertEquals(0, fewest, type + ": bytes for " + CALLS + " calls");
    }
}
