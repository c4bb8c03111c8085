package org.einthoven.tensor.simd;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.List;
import org.einthoven.tensor.DType;
import org.einthoven.tensor.Rng;
import org.einthoven.tensor.Storage;
import org.einthoven.tensor.Tensor;
import org.einthoven.tensor.TensorException;
import org.einthoven.tensor.Workers;
import org.einthoven.tensor.backend.DecodeKernels;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Products with repacked weights against their definition, bit for bit. */
class InterleavedTest {
    private static final DecodeKernels FROM_FILE = new VectorDecodeKernels();

    private final int threads = Workers.threads();

    @AfterEach
    void asManyThreadsAsBefore() {
        Workers.threads(threads);
    }

    private static DecodeKernels repacked(Tensor... weights) {
        Agreement.needVectors();
        return FROM_FILE.repacked(List.of(weights), Arena.ofAuto());
    }

    private static float[][] product(DecodeKernels kernels, float[] x, int n, Tensor... weights) {
        float[][] y = new float[weights.length][];
        for (int j = 0; j < y.length; j++) {
            y[j] = new float[n * weights[j].dim(0)];
        }
        kernels.linear(n, weights).run(x, n, y);
        return y;
    }

    /** Of one text, as textbooks have it: integers inside a block, blocks one after the other in F32. */
    private static float[] definition(Tensor w, float[] x, int at) {
        MemorySegment s = ((Storage.Blocks) w.storage()).segment();
        int k = w.dim(1);
        float[] y = new float[w.dim(0)];
        for (int row = 0; row < y.length; row++) {
            for (int block = 0; block < k / 32; block++) {
                long p = 18L * (row * (k / 32) + block);
                float max = 0;
                for (int i = 0; i < 32; i++) {
                    max = Math.max(max, Math.abs(x[at + 32 * block + i]));
                }
                int sum = 0;
                for (int i = 0; i < 32 && max >= 0x1p-118f; i++) {
                    int nibble = s.get(ValueLayout.JAVA_BYTE, p + 2 + i % 16) >> (i < 16 ? 0 : 4) & 15;
                    sum += (nibble - 8) * (int) Math.rint(x[at + 32 * block + i] * (127 / max));
                }
                float scales = Float.float16ToFloat(s.get(Decoder.SHORT, p)) * (max / 127);
                y[row] = Math.fma(sum, scales, y[row]);
            }
        }
        return y;
    }

    /** Numbers of very different size, a block of zeros, and one that is as good as zero. */
    private static float[] activations(int n, int k) {
        float[] x = Rng.of(5).split(n + " " + k).normal(n * k).toFloats();
        for (int i = 0; i < x.length; i += 37) {
            x[i] *= 1000;
        }
        for (int i = 0; i < 32; i++) {
            x[i] = 0;
            x[x.length - 1 - i] = Float.MIN_NORMAL * i;
        }
        return x;
    }

    @ParameterizedTest
    @CsvSource({"32, 32", "32, 64", "64, 96", "160, 256", "1056, 128", "96, 2048"})
    void theDefinitionBitForBit(int rows, int k) {
        Tensor w = FrozenTest.blocks(DType.Q4_0, rows, k);
        DecodeKernels kernels = repacked(w);
        for (int n : new int[] {1, 3}) {
            float[] x = activations(n, k);
            float[] y = product(kernels, x, n, w)[0];
            for (int i = 0; i < n; i++) {
                float[] want = definition(w, x, i * k);
                for (int row = 0; row < rows; row++) {
                    assertEquals(want[row], y[i * rows + row], 0f, "text " + i + ", row " + row);
                }
            }
        }
    }

    /** The largest sums that a block can have, of either sign: 16 bits hold them. */
    @Test
    void theLargestSumOfABlock() {
        for (int nibbles : new int[] {0x0000, 0xffff}) {
            MemorySegment s = Arena.ofAuto().allocate(DType.Q4_0.bytes(32 * 32), 2);
            for (long at = 0; at < s.byteSize(); at += 2) {
                s.set(Decoder.SHORT, at, at % 18 == 0 ? Float.floatToFloat16(1) : (short) nibbles);
            }
            Tensor w = Tensor.blocks(DType.Q4_0, s, 32, 32);
            float[] x = new float[32];
            Arrays.fill(x, 127);
            int each = nibbles == 0 ? -8 : 7;
            assertEquals(each * 127 * 32, product(repacked(w), x, 1, w)[0][31]);
            Arrays.fill(x, -127);
            assertEquals(-each * 127 * 32, product(repacked(w), x, 1, w)[0][0]);
        }
    }

    /** As near to the weights of the file as 8 bits are. */
    @Test
    void nearTheProductWithoutRounding() {
        Tensor w = FrozenTest.blocks(DType.Q4_0, 256, 2048);
        float[] x = Agreement.normal(2048).toFloats();
        float[] want = product(FROM_FILE, x, 1, w)[0];
        float[] got = product(repacked(w), x, 1, w)[0];
        double off = 0;
        double length = 0;
        for (int i = 0; i < want.length; i++) {
            off += Math.pow(got[i] - want[i], 2);
            length += Math.pow(want[i], 2);
        }
        assertTrue(Math.sqrt(off / length) < 0.01, "off by " + Math.sqrt(off / length));
        assertTrue(off > 0, "nothing was rounded");
    }

    @Test
    void theSameBitsForAnyNumberOfThreads() {
        Tensor[] w = {
            FrozenTest.blocks(DType.Q4_0, 1024, 512),
            FrozenTest.blocks(DType.Q4_0, 160, 512),
            FrozenTest.blocks(DType.Q4_0, 32, 512)
        };
        float[] x = activations(2, 512);
        Workers.threads(1);
        float[][] one = product(repacked(w), x, 2, w);
        Workers.threads(2);
        float[][] two = product(repacked(w), x, 2, w);
        for (int j = 0; j < w.length; j++) {
            assertArrayEquals(one[j], two[j]);
        }
    }

    /** A weight of another kind among repacked ones keeps its own bits. */
    @Test
    void weightsOfSeveralKindsShareAnInput() {
        Tensor a = FrozenTest.blocks(DType.Q4_0, 64, 256);
        Tensor b = FrozenTest.blocks(DType.Q8_0, 64, 256);
        Tensor c = FrozenTest.blocks(DType.Q4_0, 33, 256);
        float[] x = activations(2, 256);
        float[][] y = product(repacked(a), x, 2, a, b, c);
        assertArrayEquals(product(repacked(a), x, 2, a)[0], y[0]);
        assertArrayEquals(product(FROM_FILE, x, 2, b)[0], y[1]);
        assertArrayEquals(product(FROM_FILE, x, 2, c)[0], y[2]);
    }

    @Test
    void whatIsNotFiniteStaysSo() {
        Tensor w = FrozenTest.blocks(DType.Q4_0, 32, 64);
        for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}) {
            float[] x = activations(1, 64);
            x[40] = bad;
            for (float y : product(repacked(w), x, 1, w)[0]) {
                assertFalse(Float.isFinite(y), bad + " gave " + y);
            }
        }
    }

    @Test
    void whatCannotBeRepackedIsRefused() {
        for (Tensor w : new Tensor[] {
            FrozenTest.blocks(DType.Q8_0, 32, 64), FrozenTest.blocks(DType.Q4_0, 33, 64), Agreement.normal(32, 64)
        }) {
            assertFalse(FROM_FILE.repacks(w));
            String told = assertThrows(TensorException.class, () -> repacked(w)).getMessage();
            assertTrue(told.contains(w.dtype() + " " + w.shape()), told);
        }
        Tensor w = FrozenTest.blocks(DType.Q4_0, 32, 64);
        ((Storage.Blocks) w.storage()).segment().set(Decoder.SHORT, 36, (short) 0x7c00);
        String told = assertThrows(TensorException.class, () -> repacked(w)).getMessage();
        assertTrue(told.contains("byte 36"), told);
    }

    /** Compiled, a product allocates nothing. */
    @Test
    void aProductCostsNoMemory() {
        ThreadMXBean memory = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        Workers.threads(1);
        Tensor w = FrozenTest.blocks(DType.Q4_0, 64, 512);
        DecodeKernels.Linear linear = repacked(w).linear(1, w);
        float[] x = activations(1, 512);
        float[][] y = new float[1][64];
        long fewest = Long.MAX_VALUE;
        for (int round = 0; round < 2000 && fewest > 0; round++) {
            long before = memory.getCurrentThreadAllocatedBytes();
            for (int call = 0; call < 200; call++) {
                linear.run(x, 1, y);
            }
            fewest = Math.min(fewest, memory.getCurrentThreadAllocatedBytes() - before);
        }
        assertEquals(0, fewest, "bytes for 200 products");
    }
}
