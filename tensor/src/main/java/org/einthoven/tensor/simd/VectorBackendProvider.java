package org.einthoven.tensor.simd;

import org.einthoven.tensor.backend.Availability;
import org.einthoven.tensor.backend.Backend;
import org.einthoven.tensor.backend.BackendProvider;

/** The Vector API backend, when its incubator module is in the boot layer. */
public final class VectorBackendProvider implements BackendProvider {
    @Override
    public String name() {
        return "simd";
    }

    @Override
    public int rank() {
        return 10;
    }

    @Override
    public Availability available() {
        if (ModuleLayer.boot().findModule("jdk.incubator.vector").isEmpty()) {
            return Availability.no(
                    "the module jdk.incubator.vector is not loaded",
                    "Start java with --add-modules jdk.incubator.vector, or run on the module path.");
        }
        return VectorBackend.availability();
    }

    @Override
    public Backend create() {
        return new VectorBackend();
    }
}
