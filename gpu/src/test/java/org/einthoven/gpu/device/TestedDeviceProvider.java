package org.einthoven.gpu.device;

import org.einthoven.tensor.backend.Availability;
import org.einthoven.tensor.backend.Backend;
import org.einthoven.tensor.backend.BackendProvider;

/** The backend on whatever computes in these tests, to be chosen as {@link #NAME}; never taken by itself. */
public final class TestedDeviceProvider implements BackendProvider {
    static final String NAME = "tested-device";

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public int rank() {
        return -1;
    }

    @Override
    public Availability available() {
        return Availability.yes("for tests");
    }

    @Override
    public Backend create() {
        return new TornadoBackend(ConformanceTest.cpu("simd"), new DeviceMemory(1L << 30));
    }
}
