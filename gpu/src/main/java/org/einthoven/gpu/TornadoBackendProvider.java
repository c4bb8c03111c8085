package org.einthoven.gpu;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Function;
import org.einthoven.tensor.TensorException;
import org.einthoven.tensor.backend.Availability;
import org.einthoven.tensor.backend.Backend;
import org.einthoven.tensor.backend.BackendProvider;

/**
 * Offers the backend {@code tornado}, which computes blocks of work on a GPU through TornadoVM. Kernels are compiled against
 * TornadoVM's SDK, so only a build with the SDK at hand holds them; any other says what it takes.
 *
 * @see <a href="https://github.com/beehive-lab/TornadoVM">TornadoVM</a>
 */
public final class TornadoBackendProvider implements BackendProvider {
    /** The environment variable that TornadoVM's own set-up script exports: the folder of its SDK. */
    static final String SDK_VARIABLE = "TORNADOVM_HOME";

    /** The SDK whose artifacts are built for this JDK. */
    static final String SDK_VERSION = "5.2.0-jdk25";

    /** Found by name, since a build without the SDK lacks it, and a module descriptor can only name what is there. */
    private static final String RUNTIME = "org.einthoven.gpu.device.TornadoRuntime";

    private final Map<String, String> environment;

    /** For {@link java.util.ServiceLoader}: looks at the process environment. */
    public TornadoBackendProvider() {
        this(System.getenv());
    }

    TornadoBackendProvider(Map<String, String> environment) {
        this.environment = environment;
    }

    @Override
    public String name() {
        return "tornado";
    }

    /** Above the CPU backends for a GPU; below them for a driver that computes on the CPU, which is there for tests. */
    @Override
    public int rank() {
        return ask(DeviceRuntime::isGpu, why -> false) ? 100 : 1;
    }

    @Override
    public Availability available() {
        return ask(DeviceRuntime::available, why -> why);
    }

    /** @throws TensorException with the reason and the remedy, when {@link #available()} is not ok */
    @Override
    public Backend create() {
        Availability why = available();
        if (!why.ok()) {
            throw new TensorException("backend tornado is not available: " + why.reason() + ". " + why.remedy());
        }
        return ask(DeviceRuntime::create, absent -> {
            throw new TensorException("backend tornado is not available: " + absent.reason());
        });
    }

    /** The runtime's answer, or what is made of the reason why there is no runtime. */
    private <T> T ask(Function<DeviceRuntime, T> question, Function<Availability, T> otherwise) {
        String sdk = environment.getOrDefault(SDK_VARIABLE, "");
        if (sdk.isBlank()) {
            return otherwise.apply(Availability.no(
                    SDK_VARIABLE + " is not set",
                    "Install the TornadoVM SDK " + SDK_VERSION + " with a driver for the device and set " + SDK_VARIABLE
                            + " to its folder (docs/gpu.md); until then use --backend simd"));
        }
        if (!Files.isDirectory(Path.of(sdk, "share", "java", "tornado"))) {
            return otherwise.apply(Availability.no(
                    SDK_VARIABLE + " is " + sdk + ", which has no folder share/java/tornado",
                    "Set it to the folder of the TornadoVM SDK " + SDK_VERSION + "; until then use --backend simd"));
        }
        try {
            Object runtime = Class.forName(RUNTIME).getDeclaredConstructor().newInstance();
            return question.apply((DeviceRuntime) runtime);
        } catch (ClassNotFoundException e) {
            return otherwise.apply(Availability.no(
                    "this build holds no device kernels, since it was made without the SDK",
                    "Build again with " + SDK_VARIABLE + " set, as ./einthoven does by itself; until then use --backend"
                            + " simd"));
        } catch (ReflectiveOperationException | LinkageError e) {
            return otherwise.apply(Availability.no(
                    "TornadoVM is not in this JVM (" + e + ")",
                    "Start with ./einthoven, or add @" + SDK_VARIABLE + "/tornado-argfile to the options of java"
                            + " (docs/gpu.md)"));
        }
    }
}
