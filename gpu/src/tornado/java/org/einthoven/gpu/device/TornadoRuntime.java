package org.einthoven.gpu.device;

import org.einthoven.gpu.DeviceRuntime;
import org.einthoven.tensor.backend.Availability;
import org.einthoven.tensor.backend.Backend;
import org.einthoven.tensor.backend.BackendProvider;
import org.einthoven.tensor.backend.Backends;
import uk.ac.manchester.tornado.api.TornadoExecutionPlan;
import uk.ac.manchester.tornado.api.common.TornadoDevice;
import uk.ac.manchester.tornado.api.enums.TornadoDeviceType;

/** TornadoVM's first device; {@code -Dtornado.driver} and {@code -Dtornado.device} of TornadoVM's own choose another. */
public final class TornadoRuntime implements DeviceRuntime {
    /** Started and tested once in a JVM. */
    private static final class Started {
        static final TornadoDevice DEVICE = TornadoExecutionPlan.getDevice(0, 0);
        static final Availability AVAILABLE = GpuSelfTest.run(name());

        private static String name() {
            return DEVICE.getDescription().strip() + " ("
                    + DEVICE.getPlatformName().strip() + ", " + (DEVICE.getMaxGlobalMemory() >> 20) + " MB)";
        }
    }

    @Override
    public Availability available() {
        try {
            Availability a = Started.AVAILABLE;
            return a.ok() ? Availability.yes(a.reason() + "; elementwise operations stay on the host") : a;
        } catch (ExceptionInInitializerError e) {
            return Availability.no(
                    "TornadoVM found no device (" + e.getCause() + ")",
                    "Install a driver for the device (docs/gpu.md); until then use --backend simd");
        }
    }

    @Override
    public boolean isGpu() {
        return available().ok() && Started.DEVICE.getDeviceType() == TornadoDeviceType.GPU;
    }

    @Override
    public Backend create() {
        return new TornadoBackend(
                host().create(),
                DeviceMemory.of(System.getProperty("tornado.device.memory"), Started.DEVICE.getMaxGlobalMemory()));
    }

    /** The best of the CPU's. Not for {@link #available()}: the providers are sorted by a rank that asks for it. */
    private static BackendProvider host() {
        return Backends.providers().stream()
                .filter(p -> !p.name().equals("tornado") && p.available().ok())
                .findFirst()
                .orElseThrow();
    }
}
