package org.einthoven.autograd;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.einthoven.tensor.Dispatch;
import org.einthoven.tensor.Nullable;
import org.einthoven.tensor.Origin;
import org.einthoven.tensor.Tensor;
import org.einthoven.tensor.TensorException;
import org.einthoven.tensor.explain.Explanation;
import org.einthoven.tensor.op.Op;

/** Reverse-mode differentiation. The derivatives themselves stand in {@link Vjp}; here is only the walk. */
public final class Grad {
    private Grad() {}

    /**
     * f and df/dparams at a point.
     *
     * <p>In mode {@code DIFFERENTIABLE} parameters that are tracked already stay what they are, so the result can be
     * differentiated further, also with respect to what they were computed from: this is what MAML does.
     *
     * @param f a scalar loss of the parameters
     * @throws TensorException when f's result is not a floating scalar
     */
    public static Graded valueAndGrad(Function<Params, Tensor> f, Params at, GradMode mode) {
        Params leaves = at.withTensors(leaves(at.tensors(), mode));
        // The walk alone holds the loss, so that it can let go of the graph behind it.
        Walk walk = new Walk(loss(f.apply(leaves)), leaves.tensors(), mode);
        return new Graded(walk.value, leaves.withTensors(walk.back(one(walk.value))));
    }

    static Tensor loss(Tensor y) {
        if (y.size() != 1 || !y.dtype().isFloating()) {
            throw new TensorException("grad: the loss must be one F32 or F64 number, got " + y.dtype() + " " + y.shape()
                    + "; sum() or mean() it");
        }
        return y;
    }

    /**
     * The loss and its gradient written down as tensor operations, forward and backward, each value once. A loss that is
     * itself computed by {@code valueAndGrad} in mode {@code DIFFERENTIABLE} gives the program of a second derivative.
     *
     * @param loss a scalar of the parameters, computed once
     * @throws TensorException when its result is not a floating scalar
     */
    public static Explanation explain(Function<Params, Tensor> loss, Params at) {
        return BackwardProgram.of(loss, at);
    }

    /** What to differentiate by. A tensor that stands twice becomes two, or each place would be given the sum of both. */
    static List<Tensor> leaves(List<Tensor> at, GradMode mode) {
        Set<Tensor> met = Collections.newSetFromMap(new IdentityHashMap<>());
        List<Tensor> leaves = new ArrayList<>(at.size());
        for (Tensor t : at) {
            Tensor leaf = (mode == GradMode.DIFFERENTIABLE ? t : t.detach()).track();
            leaves.add(met.add(leaf) ? leaf : Dispatch.apply(new Op.Reshape(leaf.shape()), leaf));
        }
        return leaves;
    }

    /** df/dx of a scalar function of one tensor. */
    public static Tensor grad(Function<Tensor, Tensor> f, Tensor x, GradMode mode) {
        return valueAndGrad(p -> f.apply(p.get("x")), Params.of("x", x), mode)
                .grads()
                .get("x");
    }

    /** The Hessian of a scalar function times a direction: d/dx &lt;df/dx, v&gt;. */
    public static Tensor hvp(Function<Tensor, Tensor> f, Tensor x, Tensor v) {
        return grad(z -> grad(f, z, GradMode.DIFFERENTIABLE).mul(v).sum(), x, GradMode.CONSTANT);
    }

    /**
     * The vector-Jacobian products cotangent^T dy/dx for several tracked tensors x. A walk from y back: each tensor is met
     * after everything computed from it, its cotangent is then complete, is passed on by {@link Vjp}, and is dropped.
     *
     * @param xs tracked tensors; y is cut there, so what they were computed from plays no part
     * @param cotangent of y's shape and type
     * @return one cotangent for each x, zeros where y does not depend on it
     */
    public static List<Tensor> vjp(Tensor y, List<Tensor> xs, Tensor cotangent, GradMode mode) {
        if (!cotangent.shape().equals(y.shape()) || cotangent.dtype() != y.dtype()) {
            throw new TensorException("vjp: the cotangent " + cotangent.dtype() + " " + cotangent.shape()
                    + " must be like the result, " + y.dtype() + " " + y.shape());
        }
        return new Walk(y, xs, mode).back(cotangent);
    }

    private static Tensor one(Tensor y) {
        return Tensor.full(y.dtype(), 1, y.shape().toArray());
    }

    /**
     * The tensors between y and the targets, inputs before results, and the way back through them. Where the gradient is a
     * constant, each tensor is let go of as its cotangent has been passed on, so that what nobody else holds is freed while
     * the walk is still under way. Iterative: graphs are deeper than stacks.
     */
    static final class Walk {
        /** That of y; in mode {@code CONSTANT} without its history. */
        final Tensor value;

        private final GradMode mode;
        private final List<Tensor> xs;
        private final Set<Tensor> targets = Collections.newSetFromMap(new IdentityHashMap<>());
        private final Set<Tensor> leads = Collections.newSetFromMap(new IdentityHashMap<>());
        private final List<Tensor> order = new ArrayList<>();
        private final Map<Tensor, Tensor> cotangents = new IdentityHashMap<>();

        Walk(Tensor y, List<Tensor> xs, GradMode mode) {
            this.value = mode == GradMode.CONSTANT ? y.detach() : y;
            this.mode = mode;
            this.xs = xs;
            for (Tensor x : xs) {
                if (!x.isTracked()) {
                    throw new TensorException(
                            "vjp: " + x.dtype() + " " + x.shape() + " is not tracked; track() it before use");
                }
                targets.add(x);
            }
            sort(y);
        }

        private void sort(Tensor y) {
            ArrayDeque<Tensor> stack = new ArrayDeque<>();
            Set<Tensor> opened = Collections.newSetFromMap(new IdentityHashMap<>());
            Set<Tensor> closed = Collections.newSetFromMap(new IdentityHashMap<>());
            stack.push(y);
            while (!stack.isEmpty()) {
                Tensor t = stack.peek();
                boolean leaf = !t.isTracked() || t.origin() == null || targets.contains(t);
                if (!leaf && opened.add(t)) {
                    for (Tensor x : t.inputs()) {
                        if (!closed.contains(x) && x.isTracked()) {
                            stack.push(x);
                        }
                    }
                    continue;
                }
                stack.pop();
                if (!closed.add(t)) {
                    continue;
                }
                if (targets.contains(t) || !leaf && t.inputs().stream().anyMatch(leads::contains)) {
                    leads.add(t);
                    order.add(t);
                }
            }
        }

        /** The tensors met, inputs before results; what is taken off it is let go of. */
        List<Tensor> order() {
            return order;
        }

        /** Takes the walk, once: the cotangents of the targets, given that of y. */
        List<Tensor> back(Tensor cotangent) {
            if (!order.isEmpty()) { // else y depends on no target
                cotangents.put(order.getLast(), mode == GradMode.CONSTANT ? cotangent.detach() : cotangent);
            }
            while (!order.isEmpty()) {
                Tensor t = order.removeLast();
                if (!targets.contains(t)) {
                    pass(t, cotangents.remove(t));
                    leads.remove(t);
                }
            }
            List<Tensor> result = new ArrayList<>(xs.size());
            for (Tensor x : xs) {
                Tensor g = cotangents.get(x);
                result.add(g != null ? g : Tensor.zeros(x.dtype(), x.shape().toArray()));
            }
            return result;
        }

        /** Hands the complete cotangent g of t, null for none, to the inputs of t. */
        private void pass(Tensor t, @Nullable Tensor g) {
            if (g == null) {
                return;
            }
            Origin o = t.requireOrigin();
            boolean constant = mode == GradMode.CONSTANT;
            Tensor[] x = o.inputs().toArray(Tensor[]::new);
            if (constant) {
                Arrays.setAll(x, i -> x[i].detach());
            }
            Vjp.Cotangent[] rule = Vjp.of(o.op(), g, x, constant ? t.detach() : t);
            for (int i = 0; i < rule.length; i++) {
                Tensor input = o.inputs().get(i);
                if (leads.contains(input)) {
                    Tensor c = rule[i].get();
                    if (c != null) {
                        // What broadcast on the way forward is summed on the way back, here and nowhere else.
                        cotangents.merge(input, c.sumTo(input.shape()), Tensor::add);
                    }
                }
            }
        }
    }
}
