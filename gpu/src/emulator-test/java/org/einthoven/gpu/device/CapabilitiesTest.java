package org.einthoven.gpu.device;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.einthoven.tensor.Rng;
import org.einthoven.tensor.Tensor;
import org.einthoven.tensor.op.Op;
import org.einthoven.tensor.op.Shapes;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import uk.ac.manchester.tornado.api.TornadoExecutionPlan;
import uk.ac.manchester.tornado.api.enums.TornadoVMBackendType;

/** What CUDA alone can do: used on an emulated CUDA device, absent without harm elsewhere. */
class CapabilitiesTest {
    @AfterEach
    void openClAgain() {
        TornadoExecutionPlan.backend(TornadoVMBackendType.OPENCL);
        TornadoExecutionPlan.replayOldOperands(false);
    }

    @ParameterizedTest
    @EnumSource
    void graphsAreReplayedOnCudaAndTheNumbersAreTheSame(TornadoVMBackendType type) {
        TornadoExecutionPlan.backend(type);
        Capabilities has = Capabilities.of(TornadoExecutionPlan.getDevice(0, 0));
        assertEquals(type != TornadoVMBackendType.OPENCL, has.cudaGraphs());
        Tensor a = Rng.of(1).normal(3, 4);
        Tensor b = Rng.of(2).normal(3, 4);
        long before = TornadoExecutionPlan.replays();
        try (TornadoBackend plain = new TornadoBackend(ConformanceTest.cpu("reference"), new DeviceMemory(1 << 20));
                TornadoBackend cuda =
                        new TornadoBackend(ConformanceTest.cpu("reference"), new DeviceMemory(1 << 20), has)) {
            for (Tensor x : new Tensor[] {a, b}) {
                assertArrayEquals(softmax(plain, x), softmax(cuda, x));
            }
        }
        assertEquals(has.cudaGraphs() ? 1 : 0, TornadoExecutionPlan.replays() - before, "the second of two runs");
    }

    @Test
    void aReplayThatTakesOldOperandsIsFoundOutAndNotUsed() {
        TornadoExecutionPlan.backend(TornadoVMBackendType.CUDA);
        TornadoExecutionPlan.replayOldOperands(true);
        assertEquals(Capabilities.NONE, Capabilities.of(TornadoExecutionPlan.getDevice(0, 0)));
    }

    private static float[] softmax(TornadoBackend b, Tensor x) {
        return b.run(new Op.Softmax(), Shapes.of(new Op.Softmax(), x), x).toFloats();
    }
}
