package org.einthoven.gpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import org.einthoven.tensor.TensorException;
import org.einthoven.tensor.backend.Availability;
import org.einthoven.tensor.backend.Backends;
import org.junit.jupiter.api.Test;

class TornadoBackendProviderTest {
    @Test
    void isFoundAsAService() {
        assertEquals(
                1,
                Backends.providers().stream()
                        .filter(TornadoBackendProvider.class::isInstance)
                        .count());
    }

    @Test
    void withoutTheSdkItNamesTheVariableAndTheVersion() {
        Availability why = new TornadoBackendProvider(Map.of()).available();

        assertFalse(why.ok());
        assertTrue(why.reason().contains("TORNADOVM_HOME is not set"), why.reason());
        assertTrue(why.remedy().contains("5.2.0-jdk25"), why.remedy());
        assertTrue(why.remedy().contains("--backend simd"), why.remedy());
    }

    @Test
    void withTheSdkItDoesNotPretendToHaveKernels() {
        Availability why = new TornadoBackendProvider(Map.of("TORNADOVM_HOME", "/opt/tornado")).available();

        assertFalse(why.ok());
        assertTrue(why.reason().contains("no device kernels"), why.reason());
        assertTrue(why.reason().contains("/opt/tornado"), why.reason());
    }

    @Test
    void askingForItAnywayIsAnErrorWithTheRemedy() {
        TensorException e = assertThrows(TensorException.class, () -> new TornadoBackendProvider(Map.of()).create());

        assertTrue(e.getMessage().startsWith("backend tornado is not available: "), e.getMessage());
        assertTrue(e.getMessage().contains("--backend simd"), e.getMessage());
    }
}
