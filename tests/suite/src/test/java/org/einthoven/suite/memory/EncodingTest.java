package org.einthoven.suite.memory;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.function.Supplier;
import org.einthoven.autograd.Params;
import org.einthoven.models.ecg.EcgEncoder;
import org.einthoven.models.ecg.EcgEncoderConfig;
import org.einthoven.models.ecg.EcgEncoderConfig.Conv;
import org.einthoven.tensor.Rng;
import org.einthoven.tensor.Tensor;
import org.einthoven.tensor.Workers;
import org.einthoven.tensor.Workspace;
import org.einthoven.tensor.backend.Backends;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Encoding one ECG after another in a workspace: the same bits, and no arrays in steady state. */
class EncodingTest {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    /** Rounds until the compiler has done its work, at most. */
    private static final int ROUNDS = 400;

    /** Room for tensors, shapes and parameter trees of one encoding, and vectors that are boxed here and there; not for numbers. */
    private static final long BYTES = 1_000_000;

    private static final EcgEncoderConfig CONFIG = new EcgEncoderConfig(
            12, List.of(new Conv(32, 2, 2), new Conv(32, 2, 2)), false, 64, 2, 4, 256, 16, 4, false, 1);

    private final EcgEncoder encoder = new EcgEncoder(CONFIG);
    private final Params weights = EcgEncoder.frozen(encoder.init(Rng.of(222)));
    private final Tensor signal = Rng.of(5).normal(8, 12, 600);
    private final int threads = Workers.threads();

    @BeforeEach
    void oneThread() {
        Assumptions.assumeTrue(
                Backends.current().name().equals("simd"), "only the backend simd computes in a workspace");
        Workers.threads(1);
    }

    @AfterEach
    void asManyThreadsAsBefore() {
        Workers.threads(threads);
    }

    @Test
    void anEcgCostsNoArrays() {
        Workspace memory = new Workspace();
        long recycled = fewestBytes(() -> memory.compute(() -> encoder.apply(weights, signal)), ROUNDS, BYTES);
        long plain = fewestBytes(() -> encoder.apply(weights, signal), 5, 0);
        assertTrue(
                recycled <= BYTES, recycled + " bytes for an encoding, which took " + plain + " without a workspace");
        assertTrue(plain > 10 * BYTES, "the bound says little: without a workspace it takes " + plain);
    }

    @Test
    void theBitsAreTheSame() {
        Workspace memory = new Workspace();
        for (int i = 0; i < 3; i++) {
            Tensor other = Rng.of(6 + i).normal(8, 12, 600);
            float[] expected = encoder.apply(weights, other).toFloats();
            assertArrayEquals(
                    expected,
                    memory.compute(() -> encoder.apply(weights, other)).toFloats());
        }
    }

    /** Of all rounds; done once they are no more than {@code enough}. */
    private static long fewestBytes(Supplier<Tensor> work, int rounds, long enough) {
        long fewest = Long.MAX_VALUE;
        for (int i = 0; i < rounds && fewest > enough; i++) {
            long before = THREADS.getCurrentThreadAllocatedBytes();
            work.get();
            fewest = Math.min(fewest, THREADS.getCurrentThreadAllocatedBytes() - before);
        }
        return fewest;
    }
}
