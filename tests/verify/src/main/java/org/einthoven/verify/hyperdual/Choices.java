package org.einthoven.verify.hyperdual;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.einthoven.tensor.DType;
import org.einthoven.tensor.Tensor;
import org.einthoven.tensor.op.Op;

/**
 * The indices and conditions that a recorded program was written with: those of a maximum, of an order, of a mask. They were
 * chosen by comparing numbers outside of the record, so a replay cannot see that two of these were equal; but then a program
 * recorded a little to one side is written with others.
 *
 * @param all in the order in which the program, walked from its result, comes to them
 */
record Choices(List<Choice> all) {
    /** The elements of an index or mask, and the op that goes by it. */
    private record Choice(Op by, double[] values) {}

    static Choices of(Tensor y) {
        List<Choice> all = new ArrayList<>();
        Set<Tensor> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        Deque<Tensor> open = new ArrayDeque<>(List.of(y));
        while (!open.isEmpty()) {
            Tensor t = open.pop();
            if (t.origin() == null || !seen.add(t)) {
                continue;
            }
            for (Tensor x : t.origin().inputs()) {
                if (x.dtype() == DType.I32 || x.dtype() == DType.BOOL) {
                    all.add(new Choice(t.origin().op(), x.toDoubles()));
                }
                open.push(x);
            }
        }
        return new Choices(all);
    }

    /** The first choice that is another one in {@code beside}, the same program recorded {@code distance} away. */
    Optional<Kink> changed(Choices beside, double distance) {
        for (int i = 0; i < Math.min(all.size(), beside.all.size()); i++) {
            double[] here = all.get(i).values;
            double[] there = beside.all.get(i).values;
            int at = Arrays.mismatch(here, there);
            if (at >= 0 && at < here.length) {
                return Optional.of(new Kink(
                        all.get(i).by,
                        at,
                        "its index or condition is " + Math.round(here[at]) + " here and " + Math.round(there[at]) + " "
                                + distance + " away"));
            }
        }
        return Optional.empty();
    }
}
