package org.einthoven.tensor.explain;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.einthoven.tensor.Tensor;

/**
 * What a value was computed from, as far back as some number of operations. The walks are iterative: histories are deeper
 * than stacks.
 *
 * @param order the value and all within reach, inputs before results
 * @param cut those of them whose own operation is too far back to be shown
 */
record History(List<Tensor> order, Set<Tensor> cut) {

    /** Back from a value, over at most {@code depth} operations, and no further than what is known already. */
    static History of(Tensor value, int depth, Set<Tensor> known) {
        Map<Tensor, Integer> distance = distances(value, depth, known);
        Set<Tensor> cut = identitySet();
        distance.forEach((t, d) -> {
            if (d == depth && t.origin() != null) {
                cut.add(t);
            }
        });
        List<Tensor> order = new ArrayList<>();
        Set<Tensor> opened = identitySet();
        Set<Tensor> done = identitySet();
        ArrayDeque<Tensor> stack = new ArrayDeque<>();
        if (distance.containsKey(value)) {
            stack.push(value);
        }
        while (!stack.isEmpty()) {
            Tensor t = stack.peek();
            if (opened.add(t) && t.origin() != null && !cut.contains(t)) {
                for (Tensor x : t.origin().inputs().reversed()) { // so that the first input comes first
                    if (distance.containsKey(x) && !opened.contains(x)) {
                        stack.push(x);
                    }
                }
                continue;
            }
            stack.pop();
            if (done.add(t)) {
                order.add(t);
            }
        }
        return new History(order, cut);
    }

    /** The number of operations on the shortest way from each tensor within reach to the value. */
    private static Map<Tensor, Integer> distances(Tensor value, int depth, Set<Tensor> known) {
        Map<Tensor, Integer> distance = new IdentityHashMap<>();
        ArrayDeque<Tensor> queue = new ArrayDeque<>();
        if (!known.contains(value)) {
            distance.put(value, 0);
            queue.add(value);
        }
        while (!queue.isEmpty()) {
            Tensor t = queue.remove();
            int next = distance.getOrDefault(t, 0) + 1;
            if (next > depth) {
                continue;
            }
            for (Tensor x : t.inputs()) {
                if (!known.contains(x) && distance.putIfAbsent(x, next) == null) {
                    queue.add(x);
                }
            }
        }
        return distance;
    }

    /** How many operations led to a value, its own included. */
    static int operations(Tensor value) {
        Set<Tensor> met = identitySet();
        ArrayDeque<Tensor> todo = new ArrayDeque<>(List.of(value));
        while (!todo.isEmpty()) {
            Tensor t = todo.pop();
            if (t.origin() != null && met.add(t)) {
                t.origin().inputs().forEach(todo::push);
            }
        }
        return met.size();
    }

    private static Set<Tensor> identitySet() {
        return Collections.newSetFromMap(new IdentityHashMap<>());
    }
}
