package org.einthoven.gpu.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import org.einthoven.tensor.Tensor;
import uk.ac.manchester.tornado.api.TornadoExecutionPlan;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/** Kernels under test: on the emulator by default, on the SDK's device when there is one. */
public final class OnDevice {
    static {
        TornadoSettings.apply();
    }

    private OnDevice() {}

    /** Whether it is the emulator, which takes seconds for what a device does in less than one. */
    public static boolean emulated() {
        return TornadoExecutionPlan.getDevice(0, 0).getDescription().equals("emulator");
    }

    /** A graph that counts in a log of its own. */
    public static Graph graph(String kind) {
        return new Graph(kind, new TransferLog(), new DeviceMemory(1L << 30));
    }

    /** The tensor's elements, row-major. */
    public static FloatArray of(Tensor t) {
        return FloatArray.fromArray(t.toFloats());
    }

    /** Fails where an element differs by more than {@code tolerance} of the largest element wanted. */
    public static void assertClose(double tolerance, Tensor want, FloatArray got, String what) {
        double[] w = want.toDoubles();
        assertEquals(w.length, got.getSize(), what);
        double largest = Arrays.stream(w).map(Math::abs).max().orElse(0);
        for (int i = 0; i < w.length; i++) {
            int at = i;
            assertTrue(
                    Math.abs(w[i] - got.get(i)) <= tolerance * Math.max(largest, 1e-3),
                    () -> what + " differs at " + at + ": got " + got.get(at) + ", want " + w[at]);
        }
    }
}
