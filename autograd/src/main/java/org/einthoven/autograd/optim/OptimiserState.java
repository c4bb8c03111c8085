package org.einthoven.autograd.optim;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import org.einthoven.autograd.Params;
import org.einthoven.tensor.TensorException;

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

    /**
     * The tree that is remembered under a name.
     *
     * @throws TensorException when there is none: another optimiser made this state
     */
    Params slot(String name) {
        Params slot = slots.get(name);
        if (slot == null) {
            throw new TensorException("optimiser: the state after step " + step + " remembers " + slots.keySet()
                    + " and not '" + name + "'; go on with the optimiser that made it, or from OptimiserState.start()");
        }
        return slot;
    }

    public static OptimiserState start() {
        return new OptimiserState(0, Map.of());
    }
}
