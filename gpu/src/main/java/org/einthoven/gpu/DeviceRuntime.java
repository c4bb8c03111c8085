package org.einthoven.gpu;

import org.einthoven.tensor.backend.Availability;
import org.einthoven.tensor.backend.Backend;

/** The device code of a build that was made with the SDK, behind the provider, which every build has. */
public interface DeviceRuntime {
    /** Whether the device computes, and computes rightly: tried once, then known. Names device and reason. */
    Availability available();

    /** Whether the device is a graphics processor, rather than the host's own processor through a driver. */
    boolean isGpu();

    /** The backend on this device. Called only when {@link #available()} is ok. */
    Backend create();
}
