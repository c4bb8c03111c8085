package org.einthoven.autograd;

import java.util.Arrays;
import java.util.List;
import org.einthoven.tensor.Tensor;
import org.einthoven.tensor.op.Op;

/**
 * The derivative of a segment that was not recorded: run it again on tracked inputs and walk that small graph. When the
 * inputs are tracked already, the walk is differentiable and the cotangents keep their history, so this nests to any order.
 */
final class RecomputeRule {
    private RecomputeRule() {}

    static Vjp.Cotangent[] of(Op.Segment segment, Tensor g, Tensor[] x) {
        Tensor[][] once = new Tensor[1][];
        Vjp.Cotangent[] c = new Vjp.Cotangent[x.length];
        for (int i = 0; i < x.length; i++) {
            int at = i;
            c[i] = () -> {
                if (once[0] == null) {
                    once[0] = cotangents(segment, g, x);
                }
                return once[0][at];
            };
        }
        return c;
    }

    private static Tensor[] cotangents(Op.Segment segment, Tensor g, Tensor[] x) {
        boolean differentiable = g.isTracked() || Arrays.stream(x).anyMatch(Tensor::isTracked);
        List<Tensor> leaves =
                Grad.leaves(Arrays.stream(x).filter(t -> t.dtype().isFloating()).toList(), GradMode.DIFFERENTIABLE);
        Tensor[] inputs = new Tensor[x.length];
        for (int i = 0, j = 0; i < x.length; i++) {
            inputs[i] = x[i].dtype().isFloating() ? leaves.get(j++) : x[i];
        }
        Tensor y = segment.apply(List.of(inputs));
        List<Tensor> found = Grad.vjp(y, leaves, g, differentiable ? GradMode.DIFFERENTIABLE : GradMode.CONSTANT);
        Tensor[] all = new Tensor[x.length];
        for (int i = 0, j = 0; i < x.length; i++) {
            all[i] = x[i].dtype().isFloating() ? found.get(j++) : null;
        }
        return all;
    }
}
