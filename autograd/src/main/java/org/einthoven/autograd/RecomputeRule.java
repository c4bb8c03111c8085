package org.einthoven.autograd;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.einthoven.tensor.DType;
import org.einthoven.tensor.Tensor;
import org.einthoven.tensor.op.Op;

/**
 * The derivative of a segment that was not recorded: run it again on tracked inputs and walk that small graph.
 *
 * <p>A cotangent that is itself to be differentiated is a segment too, a function of the inputs and of the cotangent of the
 * result, so it keeps no intermediates either: memory stays that of one segment's graph at a time, to any order.
 */
final class RecomputeRule {
    private RecomputeRule() {}

    static Vjp.Cotangent[] of(Op.Segment segment, Tensor g, Tensor[] x) {
        Supplier<Tensor[]> all = new Once<>(() -> cotangents(segment, g, x));
        Vjp.Cotangent[] c = new Vjp.Cotangent[x.length];
        Arrays.setAll(c, i -> () -> all.get()[i]);
        return c;
    }

    private static Tensor[] cotangents(Op.Segment segment, Tensor g, Tensor[] x) {
        boolean differentiable = g.isTracked() || Arrays.stream(x).anyMatch(Tensor::isTracked);
        if (!differentiable) {
            return walked(segment, g, x, each(x, t -> t.dtype().isFloating()));
        }
        Tensor[] all = new Tensor[x.length];
        // An op has one result and one type, so cotangents of a type travel as one long vector.
        for (DType type : List.of(DType.F32, DType.F64)) {
            int[] wanted = each(x, t -> t.isTracked() && t.dtype() == type);
            if (wanted.length > 0) {
                unpack(Recompute.of(in -> packed(segment, in, wanted), withLast(x, g)), wanted, x, all);
            }
        }
        return all;
    }

    /** The cotangents of the wanted inputs, in the mode that inputs and g call for. */
    private static Tensor[] walked(Op.Segment segment, Tensor g, Tensor[] x, int[] wanted) {
        boolean differentiable = g.isTracked() || Arrays.stream(x).anyMatch(Tensor::isTracked);
        List<Tensor> leaves =
                Grad.leaves(Arrays.stream(wanted).mapToObj(i -> x[i]).toList(), GradMode.DIFFERENTIABLE);
        Tensor[] inputs = x.clone();
        for (int i = 0; i < wanted.length; i++) {
            inputs[wanted[i]] = leaves.get(i);
        }
        List<Tensor> found = new Grad.Walk(
                        segment.apply(List.of(inputs)),
                        leaves,
                        differentiable ? GradMode.DIFFERENTIABLE : GradMode.CONSTANT)
                .back(g);
        Tensor[] all = new Tensor[x.length];
        for (int i = 0; i < wanted.length; i++) {
            all[wanted[i]] = found.get(i);
        }
        return all;
    }

    /** The segment of the cotangents: of (inputs, g) to the wanted cotangents, end to end. */
    private static Tensor packed(Op.Segment segment, List<Tensor> in, int[] wanted) {
        Tensor[] x = in.subList(0, in.size() - 1).toArray(Tensor[]::new);
        Tensor[] all = walked(segment, in.getLast(), x, wanted);
        return wanted.length == 1
                ? all[wanted[0]]
                : Tensor.cat(
                        0,
                        Arrays.stream(wanted).mapToObj(i -> all[i].reshape(-1)).toArray(Tensor[]::new));
    }

    private static void unpack(Tensor packed, int[] wanted, Tensor[] x, Tensor[] all) {
        if (wanted.length == 1) {
            all[wanted[0]] = packed;
            return;
        }
        int from = 0;
        for (int i : wanted) {
            int to = from + (int) x[i].size();
            all[i] = packed.slice(0, from, to).reshape(x[i].shape());
            from = to;
        }
    }

    private static Tensor[] withLast(Tensor[] x, Tensor last) {
        List<Tensor> all = new ArrayList<>(Arrays.asList(x));
        all.add(last);
        return all.toArray(Tensor[]::new);
    }

    private static int[] each(Tensor[] x, Predicate<Tensor> holds) {
        return IntStream.range(0, x.length).filter(i -> holds.test(x[i])).toArray();
    }
}
