package org.einthoven.gpu.device;

import static org.junit.jupiter.api.Assertions.assertTrue;

import org.einthoven.tensor.backend.Availability;
import org.junit.jupiter.api.Test;

/** Says in the build's log on what all these tests ran. */
class WhereTest {
    @Test
    void theDeviceUnderTestPassesItsSelfTest() {
        Availability a = new TornadoRuntime().available();
        System.out.println("einthoven: kernels are tested on " + a.reason());
        assertTrue(a.ok(), a.reason());
    }
}
