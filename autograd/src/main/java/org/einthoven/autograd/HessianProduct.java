package org.einthoven.autograd;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.einthoven.tensor.Nullable;
import org.einthoven.tensor.Tensor;
import org.einthoven.tensor.TensorException;

/**
 * A scalar function, its gradient and its Hessian times a direction, in mixed modes: the backward walk is taken once, and each
 * step of it carries along how it changes in that direction (Pearlmutter, Neural Computation 6, 1994; for meta-learning Kemaev
 * et al., "Scalable meta-learning via mixed-mode differentiation", 2025). Differentiating the gradient once more in reverse
 * gives the same product, but has to hold the graph of the whole backward walk; here no more lives than the forward graph and
 * as many tangents.
 *
 * @param product H v, path by path
 */
public record HessianProduct(Tensor value, Params gradient, Params product) {
    /**
     * @param f a scalar loss of the parameters
     * @param direction v, with the paths, shapes and types of {@code at}
     * @throws TensorException when f's result is not a floating scalar
     */
    public static HessianProduct of(Function<Params, Tensor> f, Params at, Params direction) {
        Params leaves = at.withTensors(Grad.leaves(at.tensors(), GradMode.CONSTANT));
        Tensor y = Grad.loss(f.apply(leaves));
        Tensor value = y.detach();
        Map<Tensor, Tensor> tangents = new IdentityHashMap<>();
        leaves.zip(direction, (leaf, v) -> {
            tangents.put(leaf, v.detach());
            return v;
        });
        MixedWalk walk = new MixedWalk(new Grad.Walk(y, leaves.tensors(), GradMode.CONSTANT).order(), leaves, tangents);
        walk.forward();
        walk.back(Tensor.ones(value.dtype()).expand(value.shape()));
        return new HessianProduct(value, leaves.map(walk::gradient), leaves.map(walk::product));
    }

    /** A cotangent on its way back, and its tangent; null for a tangent that is zero. */
    private record Cotangent(Tensor value, @Nullable Tensor tangent) {
        Cotangent and(Cotangent other) {
            return new Cotangent(value.add(other.value), Jvp.sum(tangent, other.tangent));
        }
    }

    /** Forward with tangents, then back with cotangents and theirs; each tensor is let go of once it has been passed. */
    private static final class MixedWalk {
        private final List<Tensor> order;
        private final Set<Tensor> leads = Collections.newSetFromMap(new IdentityHashMap<>());
        private final Set<Tensor> targets = Collections.newSetFromMap(new IdentityHashMap<>());
        private final Map<Tensor, Tensor> tangents;
        private final Map<Tensor, Cotangent> cotangents = new IdentityHashMap<>();

        MixedWalk(List<Tensor> order, Params leaves, Map<Tensor, Tensor> tangents) {
            this.order = order;
            this.leads.addAll(order);
            this.targets.addAll(leaves.tensors());
            this.tangents = tangents;
        }

        void forward() {
            for (Tensor t : order) {
                Tensor dt = targets.contains(t) ? null : Jvp.along(t, tangents);
                if (dt != null) {
                    tangents.put(t, dt);
                }
            }
        }

        void back(Tensor one) {
            if (!order.isEmpty()) { // else the loss depends on no parameter
                cotangents.put(order.getLast(), new Cotangent(one, null));
            }
            while (!order.isEmpty()) {
                Tensor t = order.removeLast();
                if (!targets.contains(t)) {
                    Cotangent g = cotangents.remove(t);
                    if (g != null) {
                        pass(t, g);
                    }
                    tangents.remove(t);
                    leads.remove(t);
                }
            }
        }

        Tensor gradient(Tensor leaf) {
            Cotangent c = cotangents.get(leaf);
            return c == null ? zeros(leaf) : c.value;
        }

        Tensor product(Tensor leaf) {
            Cotangent c = cotangents.get(leaf);
            return c == null || c.tangent == null ? zeros(leaf) : c.tangent;
        }

        /** Hands the cotangent of t to its inputs: the rule is run on a small graph of its own, along which tangents go. */
        private void pass(Tensor t, Cotangent g) {
            List<Tensor> inputs = t.inputs();
            Map<Tensor, Tensor> moving = new IdentityHashMap<>();
            Tensor cotangent = leaf(g.value, g.tangent, g.tangent != null, moving);
            Tensor[] x = inputs.stream()
                    .map(input -> leaf(input, tangents.get(input), leads.contains(input), moving))
                    .toArray(Tensor[]::new);
            Tensor result = leaf(t, tangents.get(t), tangents.containsKey(t), moving);
            Vjp.Cotangent[] rule = Vjp.of(t.requireOrigin().op(), cotangent, x, result);
            for (int i = 0; i < rule.length; i++) {
                Tensor input = inputs.get(i);
                Tensor c = leads.contains(input) ? rule[i].get() : null;
                if (c != null) {
                    Tensor summed = c.sumTo(input.shape());
                    Cotangent passed = new Cotangent(summed.detach(), Jvp.push(summed, moving));
                    cotangents.merge(input, passed, Cotangent::and);
                }
            }
        }

        private static Tensor leaf(Tensor t, @Nullable Tensor tangent, boolean tracked, Map<Tensor, Tensor> moving) {
            if (!tracked) {
                return t.detach();
            }
            Tensor leaf = t.detach().track();
            if (tangent != null) {
                moving.put(leaf, tangent);
            }
            return leaf;
        }

        private static Tensor zeros(Tensor like) {
            return Tensor.zeros(like.dtype(), like.shape().toArray());
        }
    }
}
