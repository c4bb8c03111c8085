package org.einthoven.gpu.device;

import java.util.Locale;
import org.einthoven.gpu.kernel.Gemm;
import org.einthoven.gpu.kernel.Group;
import org.einthoven.tensor.TensorException;
import org.einthoven.tensor.backend.Availability;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * Proves that the device made the numbers. TornadoVM, left to itself, runs a kernel that does not compile as plain Java, once,
 * with all indices 0, and its numbers are then wrong; so it must be told not to, and a kernel whose results as plain Java
 * differ from those on a device must give the latter.
 */
public final class GpuSelfTest {
    /** TornadoVM's option to run as Java what does not compile; true unless it is set. */
    static final String FALLBACK = "tornado.recover.bailout";

    private static final int GROUPS = 3;

    private GpuSelfTest() {}

    /** @param device as it is to be named */
    public static Availability run(String device) {
        String fallback = System.getProperty(FALLBACK, "True");
        if (!fallback.toLowerCase(Locale.ROOT).equals("false")) {
            return Availability.no(
                    FALLBACK + " is " + fallback
                            + ": a kernel that does not compile would run on the CPU and give wrong numbers",
                    "Start with ./einthoven, or add -D" + FALLBACK + "=False to the options of java");
        }
        try {
            if (!placesAreRight() || !productIsRight()) {
                return Availability.no(
                        device + " gives wrong numbers in the self-test",
                        "Check its driver (docs/gpu.md); until then use --backend simd");
            }
        } catch (TensorException e) {
            return Availability.no(device + ": " + e.getMessage(), "Until then use --backend simd");
        }
        return Availability.yes(device + ", self-test passed");
    }

    /** As plain Java this writes one cell; without barriers it writes other numbers. */
    public static void places(KernelContext c, FloatArray y) {
        float[] local = c.allocateFloatLocalArray(Group.ITEMS);
        local[c.localIdx] = 1000 * c.groupIdx + c.localIdx;
        c.localBarrier();
        y.set(c.globalIdx, local[Group.ITEMS - 1 - c.localIdx]);
    }

    private static boolean placesAreRight() {
        FloatArray y = new FloatArray(GROUPS * Group.ITEMS);
        try (Graph g = new Graph("selfTest", new TransferLog(), new DeviceMemory(Long.MAX_VALUE))) {
            g.groups("places", GROUPS, 1, 1, Group.ITEMS, 1);
            g.tasks().task("places", GpuSelfTest::places, new KernelContext(), y);
            g.writes(y).run();
        }
        boolean right = true;
        for (int i = 0; i < y.getSize(); i++) {
            right &= y.get(i) == 1000 * (i / Group.ITEMS) + Group.ITEMS - 1 - i % Group.ITEMS;
        }
        return right;
    }

    /** y = 2 x. */
    public static void twice(KernelContext c, FloatArray x, FloatArray y) {
        y.set(c.globalIdx, 2f * x.get(c.globalIdx));
    }

    /** Whether a CUDA graph that is replayed takes the operands of the day, not those of its recording. */
    static boolean replaysAreRight() {
        FloatArray x = new FloatArray(Group.ITEMS);
        FloatArray y = new FloatArray(Group.ITEMS);
        boolean right = true;
        try (Graph g = new Graph("selfTestReplay", new TransferLog(), new DeviceMemory(Long.MAX_VALUE))) {
            g.replayed().reads(x).items("twice", Group.ITEMS, 1, 1);
            g.tasks().task("twice", GpuSelfTest::twice, new KernelContext(), x, y);
            g.writes(y);
            for (int run = 1; run <= 3; run++) {
                for (int i = 0; i < x.getSize(); i++) {
                    x.set(i, 100 * run + i);
                }
                g.run();
                for (int i = 0; i < x.getSize(); i++) {
                    right &= y.get(i) == 2 * (100 * run + i);
                }
            }
        } catch (RuntimeException e) { // of whatever kind: what cannot be replayed is run as ever
            return false;
        }
        return right;
    }

    private static boolean productIsRight() {
        int m = Gemm.TILE + 1;
        int n = Gemm.TILE + 3;
        int k = 17;
        FloatArray a = new FloatArray(m * k);
        FloatArray b = new FloatArray(k * n);
        FloatArray y = new FloatArray(m * n);
        for (int i = 0; i < m * k; i++) {
            a.set(i, i % 7 - 3);
        }
        for (int i = 0; i < k * n; i++) {
            b.set(i, i % 5 - 2);
        }
        FloatArray bias = new FloatArray(n);
        IntArray shape = IntArray.fromArray(new int[] {m, n, k, 0, 0, 0, 0, 0});
        try (Graph g = new Graph("selfTestProduct", new TransferLog(), new DeviceMemory(Long.MAX_VALUE))) {
            g.resident(shape, bias).reads(a, b).tiles("product", m, n, 1);
            g.tasks().task("product", Gemm::product, new KernelContext(), a, b, bias, y, shape);
            g.writes(y).run();
        }
        boolean right = true;
        for (int i = 0; i < m; i++) {
            for (int j = 0; j < n; j++) {
                float sum = 0f; // small whole numbers: exact
                for (int p = 0; p < k; p++) {
                    sum += a.get(i * k + p) * b.get(p * n + j);
                }
                right &= sum == y.get(i * n + j);
            }
        }
        return right;
    }
}
