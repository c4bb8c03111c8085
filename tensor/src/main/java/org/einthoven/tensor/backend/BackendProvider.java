package org.einthoven.tensor.backend;

/** Found with {@link java.util.ServiceLoader}. The available provider of the highest rank is taken, unless one is named. */
public interface BackendProvider {
    /** As in {@code --backend NAME}. */
    String name();

    int rank();

    /** Must be cheap and must not throw. */
    Availability available();

    /** Called only when {@link #available()} is ok. */
    Backend create();
}
