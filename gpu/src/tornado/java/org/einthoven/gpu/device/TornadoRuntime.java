package org.einthoven.gpu.device;

import java.util.Optional;
import java.util.function.Supplier;
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
    /** A device that passed its self-test, or the reason why there is none. */
    record Started(Optional<TornadoDevice> device, Availability availability) {
        /** Started and tested once in a JVM. */
        static final Started FIRST = of(() -> TornadoExecutionPlan.getDevice(0, 0));

        /** @param find TornadoVM throws errors of several kinds where it finds no driver or no device */
        static Started of(Supplier<TornadoDevice> find) {
            TornadoDevice device;
            String name;
            TornadoSettings.apply();
            try {
                device = find.get();
                name = device.getDescription().strip() + " ("
                        + device.getPlatformName().strip() + ", " + (device.getMaxGlobalMemory() >> 20) + " MB)";
            } catch (RuntimeException | LinkageError e) {
                Throwable why = e instanceof ExceptionInInitializerError && e.getCause() != null ? e.getCause() : e;
                return new Started(
                        Optional.empty(),
                        Availability.no(
                                "TornadoVM found no device (" + why + ")",
                                "Install a driver for the device (docs/gpu.md); until then use --backend simd"));
            }
            Availability a = distrusted(device).orElseGet(() -> GpuSelfTest.run(name));
            return a.ok()
                    ? new Started(
                            Optional.of(device),
                            Availability.yes(a.reason() + "; elementwise operations stay on the host"))
                    : new Started(Optional.empty(), a);
        }

        /** What no self-test can find, since it shows by chance: copies that fail in silence (docs/gpu.md). */
        private static Optional<Availability> distrusted(TornadoDevice device) {
            String backend = device.getTornadoVMBackend().name();
            if (backend.equals("PTX")) {
                return Optional.of(Availability.no(
                        "TornadoVM's PTX backend goes on when a copy between host and device fails, with old numbers",
                        "Take an SDK with its CUDA or its OpenCL backend (docs/gpu.md)"));
            }
            if (backend.equals("CUDA") && Boolean.parseBoolean(System.getProperty(TornadoSettings.PINNING))) {
                return Optional.of(Availability.no(
                        TornadoSettings.PINNING + " is on: copies between host and device can fail, and it goes on",
                        "Leave the option out"));
            }
            return Optional.empty();
        }
    }

    @Override
    public Availability available() {
        return Started.FIRST.availability;
    }

    @Override
    public boolean isGpu() {
        return Started.FIRST
                .device
                .filter(d -> d.getDeviceType() == TornadoDeviceType.GPU)
                .isPresent();
    }

    @Override
    public Backend create() {
        TornadoDevice device = Started.FIRST.device.orElseThrow();
        return new TornadoBackend(
                host().create(),
                DeviceMemory.of(System.getProperty("tornado.device.memory"), device.getMaxGlobalMemory()),
                Capabilities.of(device));
    }

    /** The best of the CPU's. Not for {@link #available()}: the providers are sorted by a rank that asks for it. */
    private static BackendProvider host() {
        return Backends.providers().stream()
                .filter(p -> !p.name().equals("tornado")
                        && p.rank() >= 0
                        && p.available().ok())
                .findFirst()
                .orElseThrow();
    }
}
