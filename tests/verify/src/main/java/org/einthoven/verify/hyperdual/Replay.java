package org.einthoven.verify.hyperdual;

import java.util.ArrayDeque;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Objects;
import org.einthoven.tensor.Tensor;

/**
 * Runs the recorded program of a tensor once more, over hyper-dual numbers. The program may be a forward computation, or the
 * backward one of a differentiable gradient, which is then differentiated forwards.
 *
 * <p>What was not recorded does not move: conditions and indices are those of the first run.
 */
public final class Replay {
    private final HyperDualBackend backend;
    private final Map<Tensor, HyperTensor> known = new IdentityHashMap<>();

    /**
     * @param moving tracked tensors of the program and what stands for them; those that they were computed from play no part
     */
    public Replay(HyperDualBackend backend, Map<Tensor, HyperTensor> moving) {
        this.backend = backend;
        known.putAll(moving);
    }

    /** y over hyper-dual numbers. Iterative: graphs are deeper than stacks. */
    public HyperTensor of(Tensor y) {
        ArrayDeque<Tensor> stack = new ArrayDeque<>();
        stack.push(y);
        while (!stack.isEmpty()) {
            Tensor t = stack.peek();
            if (known.containsKey(t)) {
                stack.pop();
            } else if (t.origin() == null) {
                known.put(stack.pop(), HyperTensor.constant(t));
            } else if (!openInputs(t, stack)) {
                known.put(stack.pop(), run(t));
            }
        }
        return Objects.requireNonNull(known.get(y), "y was the last to leave the stack");
    }

    private boolean openInputs(Tensor t, ArrayDeque<Tensor> stack) {
        int before = stack.size();
        t.inputs().stream().filter(x -> !known.containsKey(x)).forEach(stack::push);
        return stack.size() > before;
    }

    private HyperTensor run(Tensor t) {
        HyperTensor[] x = t.inputs().stream().map(known::get).toArray(HyperTensor[]::new);
        return backend.run(t.requireOrigin().op(), x);
    }
}
