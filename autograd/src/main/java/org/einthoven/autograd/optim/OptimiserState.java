package org.einthoven.autograd.optim;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import org.einthoven.autograd.Params;

/**
 * What an optimiser remembers between steps: plain data, so a checkpoint can hold it.
 *
 * @param step number of steps done
 * @param slots named trees like the parameters, e.g. {@code "first"} and {@code "second"} moments
 */
public record OptimiserState(long step, Map<String, Params> slots) {
    public OptimiserState {
        slots = Collections.unmodifiableMap(new TreeMap<>(slots));
    }

    public static OptimiserState start() {
        return new OptimiserState(0, Map.of());
    }
}
