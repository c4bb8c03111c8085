package org.einthoven.autograd;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.einthoven.tensor.Dispatch;
import org.einthoven.tensor.Nullable;
import org.einthoven.tensor.Tensor;
import org.einthoven.tensor.op.Op;

/**
 * Forward mode: for each op y = f(x0, x1, ...) the tangent of y, given those of its inputs; null stands for a tangent that is
 * zero. Most rows need no derivative of their own: where the Jacobian is its own transpose, the rule of {@link Vjp} is the
 * rule here too; a linear op acts on the tangent as on its input; a bilinear one follows the product rule.
 *
 * <p>The switch has no default: an op without a rule does not compile.
 */
final class Jvp {
    private static final @Nullable Tensor ZERO = null;

    private Jvp() {}

    // spotless:off
    static @Nullable Tensor of(Op op, Tensor[] x, Tensor[] dx, Tensor y) {
        if (Arrays.stream(dx).allMatch(d -> d == ZERO)) {
            return ZERO;
        }
        return switch (op) {
            // ---- a Jacobian that is diagonal, or symmetric within rows
            case Op.Unary u -> asCotangents(op, x, dx, y);
            case Op.Binary b -> asCotangents(op, x, dx, y);
            case Op.Where w -> asCotangents(op, x, dx, y);
            case Op.Softmax s -> asCotangents(op, x, dx, y);
            case Op.Norm n -> asCotangents(op, x, dx, y);
            case Op.NormGrad n -> asCotangents(op, x, dx, y); // in x too: it is the gradient of <g, norm(x)>, a Hessian
            case Op.LogSoftmax s -> dx[0].sub(y.exp().mul(dx[0]).sum(true, -1)); // dx - <e^y, dx>

            // ---- linear in their first input
            case Op.Reshape r -> dx[0].reshape(r.to()); // a tangent may lie otherwise in memory, and be no view
            case Op.View v -> run(op, dx[0]);
            case Op.SumTo s -> run(op, dx[0]);
            case Op.CumSum c -> run(op, dx[0]);
            case Op.Pad p -> run(op, dx[0]);
            case Op.Contiguous c -> run(op, dx[0]);
            case Op.Cast c -> run(op, dx[0]);
            case Op.FrozenLinear f -> run(op, dx[0]);
            case Op.Gather g -> run(op, dx[0], x[1]);
            case Op.ScatterAdd s -> run(op, dx[0], x[1]);
            case Op.Embedding e -> run(op, dx[0], x[1]);
            case Op.EmbeddingGrad e -> run(op, dx[0], x[1]);
            case Op.Cat c -> run(op, filled(x, dx));

            // ---- linear in each input with the others held
            case Op.MatMul m -> productRule(op, x, dx);
            case Op.Convolution c -> productRule(op, x, dx);
            case Op.Rope r -> sum( // linear in x, and in cosine and sine together
                    dx[0] == ZERO ? ZERO : run(op, dx[0], x[1], x[2]),
                    dx[1] == ZERO && dx[2] == ZERO ? ZERO : run(op, x[0], filled(x[1], dx[1]), filled(x[2], dx[2])));
            case Op.ScaledNorm(Op.Norm n) -> scaledNorm(op, n, x, dx);
            case Op.Attention a -> AttentionRule.tangent(a, x, filled(Arrays.copyOf(x, 3), dx));
            case Op.AttentionGrad(Op.Attention a) -> attentionGrad(op, a, x, dx);

            // ---- computed again, or a user's own
            case Op.Recompute r -> ofSegment(r.segment(), x, dx);
            case Op.CustomOp c -> transposedTwice(op, x, dx, y);

            // ---- counts and comparisons act by steps
            case Op.Compare c -> ZERO;
            case Op.ArgMax a -> ZERO;
            case Op.ArgSort a -> ZERO;
        };
    }
    // spotless:on

    /**
     * The tangent of y along given tangents of tracked tensors that it was computed from, in one walk from them to y.
     *
     * @return null where it is zero
     */
    static @Nullable Tensor push(Tensor y, Map<Tensor, Tensor> tangents) {
        if (!y.isTracked()) {
            return ZERO;
        }
        Map<Tensor, Tensor> known = new IdentityHashMap<>(tangents);
        List<Tensor> from = List.copyOf(tangents.keySet());
        for (Tensor t : new Grad.Walk(y, from, GradMode.CONSTANT).order()) {
            if (!tangents.containsKey(t)) {
                Tensor dt = along(t, known);
                if (dt != null) {
                    known.put(t, dt);
                }
            }
        }
        return known.get(y);
    }

    /** The tangent of t, those of its inputs being known. */
    static @Nullable Tensor along(Tensor t, Map<Tensor, Tensor> known) {
        Tensor[] inputs = t.inputs().toArray(Tensor[]::new);
        Tensor[] x = Arrays.stream(inputs).map(Tensor::detach).toArray(Tensor[]::new);
        Tensor[] dx = Arrays.stream(inputs).map(known::get).toArray(Tensor[]::new);
        return of(t.requireOrigin().op(), x, dx, t.detach());
    }

    static @Nullable Tensor sum(@Nullable Tensor a, @Nullable Tensor b) {
        return a == null ? b : b == null ? a : a.add(b);
    }

    private static @Nullable Tensor asCotangents(Op op, Tensor[] x, Tensor[] dx, Tensor y) {
        Tensor tangent = ZERO;
        for (int i = 0; i < x.length; i++) {
            if (dx[i] != ZERO) {
                tangent = sum(tangent, Vjp.of(op, dx[i].expand(y.shape()), x, y)[i].get());
            }
        }
        return tangent;
    }

    private static @Nullable Tensor productRule(Op op, Tensor[] x, Tensor[] dx) {
        Tensor tangent = ZERO;
        for (int i = 0; i < x.length; i++) {
            if (dx[i] != ZERO) {
                Tensor[] one = x.clone();
                one[i] = dx[i];
                tangent = sum(tangent, run(op, one));
            }
        }
        return tangent;
    }

    /** w J dx, and linear in weight and bias together. */
    private static @Nullable Tensor scaledNorm(Op op, Op.Norm norm, Tensor[] x, Tensor[] dx) {
        Tensor[] scale = filled(x, dx);
        scale[0] = x[0];
        boolean scaled = Arrays.stream(dx, 1, dx.length).anyMatch(d -> d != ZERO);
        return sum(
                dx[0] == ZERO ? ZERO : run(new Op.NormGrad(norm), dx[0], x[0]).mul(x[1]),
                scaled ? run(op, scale) : ZERO);
    }

    /** Linear in g; along the others a Hessian. */
    private static @Nullable Tensor attentionGrad(Op op, Op.Attention of, Tensor[] x, Tensor[] dx) {
        Tensor[] linear = x.clone();
        linear[0] = dx[0];
        Tensor[] along = Arrays.copyOfRange(dx, 1, 4);
        boolean curved = Arrays.stream(along).anyMatch(d -> d != ZERO);
        return sum(
                dx[0] == ZERO ? ZERO : run(op, linear),
                curved ? AttentionRule.tangentOfGradient(of, x, filled(Arrays.copyOfRange(x, 1, 4), along)) : ZERO);
    }

    private static @Nullable Tensor ofSegment(Op.Segment segment, Tensor[] x, Tensor[] dx) {
        Map<Tensor, Tensor> tangents = new IdentityHashMap<>();
        List<Tensor> inputs = new ArrayList<>();
        for (int i = 0; i < x.length; i++) {
            inputs.add(dx[i] == ZERO ? x[i] : x[i].track());
            if (dx[i] != ZERO) {
                tangents.put(inputs.get(i), dx[i]);
            }
        }
        return push(segment.apply(inputs), tangents);
    }

    /** Of an op that is known by its cotangents c -> J^T c alone: the gradient of {@code <J^T c, dx>} with respect to c. */
    private static @Nullable Tensor transposedTwice(Op op, Tensor[] x, Tensor[] dx, Tensor y) {
        Tensor c = Tensor.zeros(y.dtype(), y.shape().toArray()).track();
        Vjp.Cotangent[] back = Vjp.of(op, c, x, y);
        Tensor product = ZERO;
        for (int i = 0; i < x.length; i++) {
            Tensor jc = dx[i] == ZERO ? ZERO : back[i].get();
            product = sum(product, jc == null ? ZERO : jc.mul(dx[i]).sum());
        }
        return product == null || !product.isTracked()
                ? ZERO
                : Grad.vjp(product, List.of(c), Tensor.ones(product.dtype()), GradMode.CONSTANT)
                        .getFirst();
    }

    private static Tensor[] filled(Tensor[] x, Tensor[] dx) {
        Tensor[] all = new Tensor[x.length];
        Arrays.setAll(all, i -> filled(x[i], dx[i]));
        return all;
    }

    private static Tensor filled(Tensor x, @Nullable Tensor dx) {
        return dx == null ? Tensor.zeros(x.dtype(), x.shape().toArray()) : dx;
    }

    private static Tensor run(Op op, Tensor... x) {
        return Dispatch.apply(op, x);
    }
}
