package org.einthoven.gpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.einthoven.tensor.TensorException;
import org.einthoven.tensor.backend.Availability;
import org.einthoven.tensor.backend.Backends;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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
        TornadoBackendProvider provider = new TornadoBackendProvider(Map.of());
        Availability why = provider.available();

        assertFalse(why.ok());
        assertTrue(why.reason().contains("TORNADOVM_HOME is not set"), why.reason());
        assertTrue(why.remedy().contains("5.2.0-jdk25"), why.remedy());
        assertTrue(why.remedy().contains("--backend simd"), why.remedy());
        assertTrue(provider.rank() < 10, "below simd when nothing is there");
    }

    @Test
    void aFolderThatIsNoSdkIsNamed() {
        Availability why = new TornadoBackendProvider(Map.of("TORNADOVM_HOME", "/nowhere")).available();

        assertFalse(why.ok());
        assertTrue(why.reason().contains("TORNADOVM_HOME is /nowhere"), why.reason());
        assertTrue(why.remedy().contains("5.2.0-jdk25"), why.remedy());
    }

    @Test
    void theRuntimeBehindItIsFoundByItsNameAndNamesTheDevice(@TempDir Path sdk) throws IOException {
        Files.createDirectories(sdk.resolve("share/java/tornado"));
        Availability a = new TornadoBackendProvider(Map.of("TORNADOVM_HOME", sdk.toString())).available();

        assertTrue(a.ok(), a.reason());
        assertTrue(a.reason().contains("self-test passed"), a.reason());
        assertTrue(a.reason().contains("stay on the host"), a.reason());
    }

    @Test
    void askingForItAnywayIsAnErrorWithTheRemedy() {
        TensorException e = assertThrows(TensorException.class, () -> new TornadoBackendProvider(Map.of()).create());

        assertTrue(e.getMessage().startsWith("backend tornado is not available: "), e.getMessage());
        assertTrue(e.getMessage().contains("--backend simd"), e.getMessage());
    }
}
