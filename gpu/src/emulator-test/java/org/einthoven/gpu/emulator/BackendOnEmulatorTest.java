package org.einthoven.gpu.emulator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.einthoven.gpu.device.GpuSelfTest;
import org.einthoven.gpu.device.Graph;
import org.einthoven.gpu.device.OnDevice;
import org.einthoven.tensor.TensorException;
import org.einthoven.tensor.backend.Availability;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.TornadoExecutionPlan;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/** What only the emulator can be made to do: kernels that do not compile, and transfers counted by a second hand. */
class BackendOnEmulatorTest {
    @AfterEach
    void compileAgain() {
        TornadoExecutionPlan.failToCompile(false);
        TornadoExecutionPlan.runOutOfMemory(false);
        System.setProperty("tornado.recover.bailout", "False");
    }

    @Test
    void aKernelThatDoesNotCompileIsAnErrorWithTheRemedy() {
        TornadoExecutionPlan.failToCompile(true);
        try (Graph g = graph(new FloatArray(3 * 64))) {
            TensorException e = assertThrows(TensorException.class, g::run);

            assertTrue(
                    e.getMessage().contains("graph places: a kernel does not compile on this device"), e.getMessage());
            assertTrue(e.getMessage().contains("--backend simd"), e.getMessage());
        }
        Availability why = GpuSelfTest.run("this device");
        assertFalse(why.ok());
        assertTrue(why.reason().contains("does not compile"), why.reason());
    }

    @Test
    void aDeviceThatRunsOutOfMemoryIsAnErrorWithTheRemedy() {
        TornadoExecutionPlan.runOutOfMemory(true);
        try (Graph g = graph(new FloatArray(3 * 64))) {
            TensorException e = assertThrows(TensorException.class, g::run);

            assertTrue(e.getMessage().contains("graph places: the device is out of memory"), e.getMessage());
            assertTrue(e.getMessage().contains("-Dtornado.device.memory"), e.getMessage());
        }
    }

    @Test
    void aKernelThatFellBackToJavaGivesOtherNumbersThanADevice() {
        FloatArray y = new FloatArray(3 * 64);
        TornadoExecutionPlan.failToCompile(true);
        System.setProperty("tornado.recover.bailout", "True");
        try (Graph g = graph(y)) {
            g.run();
        }
        assertEquals(0, y.get(1), "one work-item ran, where a device writes 62");
    }

    @Test
    void theLogAgreesWithWhatCrossed() {
        long before = TornadoExecutionPlan.transferred()[1];
        try (Graph g = graph(new FloatArray(3 * 64))) {
            g.run();
            g.run();
        }
        assertEquals(2 * 4 * 3 * 64, TornadoExecutionPlan.transferred()[1] - before);
    }

    private static Graph graph(FloatArray y) {
        Graph g = OnDevice.graph("places").groups("places", 3, 1, 1, 64, 1);
        g.tasks().task("places", GpuSelfTest::places, new KernelContext(), y);
        return g.writes(y);
    }
}
