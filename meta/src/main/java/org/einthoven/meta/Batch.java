package org.einthoven.meta;

import java.util.ArrayList;
import java.util.List;
import org.einthoven.autograd.Params;
import org.einthoven.tensor.Tensor;

/** Adds up the directions of the tasks of a batch, in order, and keeps what is not finite out. */
final class Batch {
    /** What one task gives. */
    record Direction(TaskTrace trace, Params gradient) {}

    /** Computes one task's direction. */
    interface Each {
        Direction of(Task task, int index);
    }

    private Batch() {}

    static MetaGradient mean(Params theta, List<? extends Task> tasks, NonFinite policy, Each each) {
        if (tasks.isEmpty()) {
            throw new IllegalArgumentException("a batch needs at least one task");
        }
        Params sum = null;
        double loss = 0;
        List<TaskTrace> traces = new ArrayList<>();
        List<String> skipped = new ArrayList<>();
        for (int i = 0; i < tasks.size(); i++) {
            try {
                Direction d = each.of(tasks.get(i), i);
                check(d);
                sum = sum == null ? d.gradient() : sum.zip(d.gradient(), Tensor::add);
                loss += d.trace().objective();
                traces.add(d.trace());
            } catch (NonFiniteException e) {
                if (policy == NonFinite.FAIL) {
                    throw e;
                }
                skipped.add(e.getMessage());
            }
        }
        int n = traces.size();
        Params gradient = sum == null
                ? theta.map(w -> Tensor.zeros(w.dtype(), w.shape().toArray()))
                : n == 1 ? sum : sum.map(g -> g.div(n));
        return new MetaGradient(n == 0 ? Double.NaN : loss / n, gradient, traces, skipped);
    }

    private static void check(Direction d) {
        if (!Double.isFinite(d.trace().objective())) {
            throw new NonFiniteException(
                    d.trace().task(), "the query loss is " + d.trace().objective());
        }
        d.gradient().forEach((path, g) -> {
            if (!Finite.all(g)) {
                throw new NonFiniteException(d.trace().task(), "the meta-gradient of '" + path + "' is not finite");
            }
        });
    }
}
