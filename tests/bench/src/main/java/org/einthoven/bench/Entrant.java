package org.einthoven.bench;

import java.util.function.Function;
import java.util.function.Supplier;

/** One library's way to compute a {@link Work}. */
public interface Entrant {
    /** Computes it once. What is returned keeps the work from being optimised away. */
    Object run();

    /** Computes it once and gives the numbers, row-major, so that it can be seen that all entrants compute the same. */
    float[] result();

    static <T> Entrant of(Supplier<T> compute, Function<T, float[]> read) {
        return new Entrant() {
            @Override
            public Object run() {
                return compute.get();
            }

            @Override
            public float[] result() {
                return read.apply(compute.get());
            }
        };
    }
}
