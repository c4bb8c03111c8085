package org.einthoven.gpu;

import java.util.Map;
import org.einthoven.tensor.TensorException;
import org.einthoven.tensor.backend.Availability;
import org.einthoven.tensor.backend.Backend;
import org.einthoven.tensor.backend.BackendProvider;

/**
 * Offers the backend {@code tornado}, which is to run tensor operations on a GPU through TornadoVM. This version holds no
 * device kernels, so it is never available, and says what it would take.
 *
 * @see <a href="https://github.com/beehive-lab/TornadoVM">TornadoVM</a>
 */
public final class TornadoBackendProvider implements BackendProvider {
    /** The environment variable that TornadoVM's own set-up script exports: the folder of its SDK. */
    static final String SDK_VARIABLE = "TORNADOVM_HOME";

    /** The SDK whose artifacts are built for this JDK. */
    static final String SDK_VERSION = "5.2.0-jdk25";

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

    /** Above the CPU backends: a device that is available is there because someone set it up. */
    @Override
    public int rank() {
        return 100;
    }

    @Override
    public Availability available() {
        String sdk = environment.get(SDK_VARIABLE);
        if (sdk == null || sdk.isBlank()) {
            return Availability.no(
                    "this build holds no device kernels, and " + SDK_VARIABLE + " is not set",
                    "It takes a version of Einthoven with TornadoVM kernels, the TornadoVM SDK " + SDK_VERSION
                            + " with a driver for the device, and " + SDK_VARIABLE
                            + " set to its folder; until then use --backend simd");
        }
        return Availability.no(
                "this build holds no device kernels (" + SDK_VARIABLE + " is " + sdk + ")",
                "It takes a version of Einthoven with TornadoVM kernels; until then use --backend simd");
    }

    /**
     * Never returns, as {@link #available()} is never ok.
     *
     * @throws TensorException with the reason and the remedy of {@link #available()}
     */
    @Override
    public Backend create() {
        Availability why = available();
        throw new TensorException("backend tornado is not available: " + why.reason() + ". " + why.remedy());
    }
}
