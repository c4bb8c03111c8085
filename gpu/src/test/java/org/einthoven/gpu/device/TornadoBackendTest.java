package org.einthoven.gpu.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import java.util.function.Supplier;
import org.einthoven.tensor.DType;
import org.einthoven.tensor.Rng;
import org.einthoven.tensor.Tensor;
import org.einthoven.tensor.TensorException;
import org.einthoven.tensor.backend.Availability;
import org.einthoven.tensor.op.Op;
import org.einthoven.tensor.op.Shapes;
import org.junit.jupiter.api.Test;
import uk.ac.manchester.tornado.api.common.TornadoDevice;

class TornadoBackendTest {
    @Test
    void weightsCrossOnceAndOperandsEachTime() {
        Tensor w = Rng.of(1).normal(5, 64);
        Tensor x = Rng.of(2).normal(1, 64);
        try (TornadoBackend b = backend(1 << 20)) {
            for (int i = 0; i < 3; i++) {
                run(b, new Op.FrozenLinear(w, false), x);
            }

            assertEquals(4 * 5 * 64 + 4 * 4, b.log().weightBytes(), "the weight and its shape");
            assertEquals(3 * 4 * 64, b.log().toDeviceBytes());
            assertEquals(3 * 4 * 5, b.log().toHostBytes());
            assertEquals(Map.of("linear", 3L), b.log().onDevice());
            assertTrue(b.account().contains("weights 1296 B to the device"), b.account());
        }
    }

    @Test
    void elementwiseWorkStaysOnTheHostAndIsCounted() {
        try (TornadoBackend b = backend(1 << 20)) {
            run(b, new Op.Exp(), Tensor.of(new float[] {1, 2}, 2));

            assertEquals(Map.of("exp", 1L), b.log().onHost());
            assertEquals(Map.of(), b.log().onDevice());
        }
    }

    @Test
    void aTypeThatTheDeviceLacksIsComputedOnTheHostAndNamed() {
        try (TornadoBackend b = backend(1 << 20)) {
            Tensor x = Rng.of(1).normal64(3, 3);
            assertEquals(DType.F64, run(b, new Op.MatMul(), x, x).dtype());

            assertEquals(Map.of("matMul F64", 1L), b.log().onHost());
            assertEquals(0, b.log().toDeviceBytes());
        }
    }

    @Test
    void whereThereIsNoDeviceTheReasonAndTheRemedyAreGiven() {
        assertNoDevice("no platform", () -> {
            throw new IllegalStateException("no platform");
        });
        assertNoDevice("no driver", () -> {
            throw new UnsatisfiedLinkError("no driver");
        });
    }

    private static void assertNoDevice(String cause, Supplier<TornadoDevice> find) {
        Availability why = TornadoRuntime.Started.of(find).availability();
        assertEquals(false, why.ok());
        assertTrue(why.reason().contains("TornadoVM found no device"), why.reason());
        assertTrue(why.reason().contains(cause), why.reason());
        assertTrue(why.remedy().contains("Install a driver"), why.remedy());
    }

    @Test
    void whatDoesNotFitIsRefusedBeforeAnythingCrosses() {
        try (TornadoBackend b = backend(10_000)) {
            TensorException e = assertThrows(
                    TensorException.class,
                    () -> run(
                            b,
                            new Op.MatMul(),
                            Rng.of(1).normal(40, 40),
                            Rng.of(2).normal(40, 40)));

            assertTrue(e.getMessage().contains("graph matmul needs "), e.getMessage());
            assertTrue(e.getMessage().contains("tornado.device.memory"), e.getMessage());
            assertEquals(0, b.log().toDeviceBytes() + b.log().weightBytes());
        }
    }

    @Test
    void theLeastUsedProgramMakesRoom() {
        try (TornadoBackend b = backend(3 * 4 * 400 + 1000)) {
            Tensor small = Rng.of(1).normal(20, 20);
            Tensor large = Rng.of(2).normal(19, 19);
            for (int i = 0; i < 2; i++) {
                run(b, new Op.MatMul(), small, small);
                run(b, new Op.MatMul(), large, large);
            }
            assertEquals(Map.of("matmul", 4L), b.log().onDevice());
            assertTrue(b.memory().used() <= 3 * 4 * 400 + 1000);
        }
    }

    @Test
    void memoryIsTheLesserOfTheSettingAndTheDevice() {
        assertTrue(DeviceMemory.of("1MB", 1L << 30).fits(1 << 20));
        assertEquals(false, DeviceMemory.of("1MB", 1L << 30).fits((1 << 20) + 1));
        assertEquals(false, DeviceMemory.of(null, 1000).fits(1001));
        TensorException e = assertThrows(TensorException.class, () -> DeviceMemory.of("much", 1));
        assertTrue(e.getMessage().contains("write it as 4GB"), e.getMessage());
    }

    @Test
    void theSelfTestPassesHereAndRefusesWhereNumbersCouldComeFromTheHost() {
        assertTrue(GpuSelfTest.run("this device").ok(), () -> GpuSelfTest.run("this device")
                .reason());
        String before = System.getProperty(GpuSelfTest.FALLBACK, "");
        try {
            System.setProperty(GpuSelfTest.FALLBACK, "True");
            Availability why = GpuSelfTest.run("this device");
            assertEquals(false, why.ok());
            assertTrue(why.reason().contains("would run on the CPU and give wrong numbers"), why.reason());
            assertTrue(why.remedy().contains("-Dtornado.recover.bailout=False"), why.remedy());
        } finally {
            System.setProperty(GpuSelfTest.FALLBACK, before);
        }
    }

    private static TornadoBackend backend(long memory) {
        return new TornadoBackend(ConformanceTest.cpu("reference"), new DeviceMemory(memory));
    }

    private static Tensor run(TornadoBackend b, Op op, Tensor... x) {
        return b.run(op, Shapes.of(op, x), x);
    }
}
