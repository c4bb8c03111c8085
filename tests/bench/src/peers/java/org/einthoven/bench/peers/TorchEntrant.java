package org.einthoven.bench.peers;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDScope;
import java.util.function.Supplier;
import org.einthoven.bench.Entrant;
import org.einthoven.bench.Floats;

/** A computation of which every array is freed as soon as it is done, as C++ would. */
record TorchEntrant(Supplier<NDArray> compute) implements Entrant {
    @Override
    @SuppressWarnings("try") // the scope is there to be closed
    public Object run() {
        try (NDScope scope = new NDScope()) {
            return compute.get().getShape();
        }
    }

    @Override
    @SuppressWarnings("try")
    public float[] result() {
        try (NDScope scope = new NDScope()) {
            NDArray y = compute.get();
            return switch (y.getDataType()) {
                case FLOAT64 -> Floats.of(y.toDoubleArray());
                default -> y.toFloatArray();
            };
        }
    }
}
