package org.einthoven.tensor.reference;

import org.einthoven.tensor.backend.Availability;
import org.einthoven.tensor.backend.Backend;
import org.einthoven.tensor.backend.BackendProvider;

/** Always there, never fast. */
public final class ReferenceBackendProvider implements BackendProvider {
    @Override
    public String name() {
        return "reference";
    }

    @Override
    public int rank() {
        return 0;
    }

    @Override
    public Availability available() {
        return Availability.yes("scalar Java, the definition of every op");
    }

    @Override
    public Backend create() {
        return new ReferenceBackend();
    }
}
