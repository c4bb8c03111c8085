package org.einthoven.gpu.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.einthoven.tensor.backend.Availability;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import uk.ac.manchester.tornado.api.TornadoExecutionPlan;
import uk.ac.manchester.tornado.api.enums.TornadoVMBackendType;

/** Backends of TornadoVM whose numbers can be wrong by chance are refused, however well the self-test goes. */
class DistrustTest {
    @AfterEach
    void openClAgain() {
        TornadoExecutionPlan.backend(TornadoVMBackendType.OPENCL);
        System.setProperty(TornadoSettings.PINNING, "false");
    }

    @ParameterizedTest
    @EnumSource
    void ptxIsRefusedAndTheOthersAreTaken(TornadoVMBackendType type) {
        Availability a = started(type);
        assertEquals(type != TornadoVMBackendType.PTX, a.ok(), a.reason());
        assertTrue(a.ok() || a.remedy().contains("its CUDA or its OpenCL backend"), a.remedy());
    }

    @Test
    void lockedPagesOfTheCudaBackendAreRefused() {
        System.setProperty(TornadoSettings.PINNING, "true");
        Availability a = started(TornadoVMBackendType.CUDA);
        assertFalse(a.ok());
        assertTrue(a.reason().startsWith("tornado.cuda.host.pinning is on"), a.reason());
        assertTrue(started(TornadoVMBackendType.OPENCL).ok(), "which has no such option");
    }

    private static Availability started(TornadoVMBackendType type) {
        TornadoExecutionPlan.backend(type);
        return TornadoRuntime.Started.of(() -> TornadoExecutionPlan.getDevice(0, 0))
                .availability();
    }
}
