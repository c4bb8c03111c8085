package org.einthoven.autograd;

import java.util.Arrays;
import java.util.function.Supplier;
import org.einthoven.tensor.Dispatch;
import org.einthoven.tensor.Nullable;
import org.einthoven.tensor.Shape;
import org.einthoven.tensor.Tensor;
import org.einthoven.tensor.op.Op;
import org.einthoven.tensor.op.Sight;

/**
 * Derivatives of attention. The first is an op, {@link Op.AttentionGrad}; those of that op are composed here of products and
 * rows, over whole [T, S] scores, so that any order is there.
 *
 * <p>With R = a Q K^T, S = c tanh(R / c), P = softmax(S), and a point above for the change along (dQ, dK, dV):
 *
 * <pre>
 * Y  = P V                        Y. = P. V + P dV
 * P. = P (S. - rowsum(P S.))      S. = S' R.      R. = a (dQ K^T + Q dK^T)
 * </pre>
 *
 * The gradient of &lt;G, Y&gt; is (a Z S' K, a (Z S')^T Q, P^T G), where U = G V^T and Z = P (U - rowsum(P U)). Its change is a
 * Hessian times (dQ, dK, dV), so it serves both ways.
 */
final class AttentionRule {
    private final Op.Attention op;
    private final Tensor q;
    private final Tensor k;
    private final Tensor v;
    private final Tensor dq;
    private final Tensor dk;
    private final Tensor dv;

    /** Null where there is no cap. */
    private final @Nullable Tensor tanh;

    private final Tensor p;
    private final Tensor rawChange;
    private final Tensor change;

    /** Attention at x = (q, k, v, perhaps hidden), moving along (dq, dk, dv). */
    private AttentionRule(Op.Attention op, Tensor[] x, Tensor... along) {
        this.op = op;
        q = x[0];
        k = x[1];
        v = x[2];
        dq = along[0];
        dk = along[1];
        dv = along[2];
        Tensor raw = scaled(byKeys(q, k));
        tanh = op.isCapped() ? raw.mul(1 / op.cap()).tanh() : null;
        p = hide(tanh == null ? raw : tanh.mul(op.cap()), x).softmax();
        rawChange = scaled(byKeys(dq, k).add(byKeys(q, dk)));
        Tensor scoreChange = sloped(rawChange);
        change = p.mul(scoreChange.sub(rowSum(p.mul(scoreChange))));
    }

    // ---------------------------------------------------------------- what Vjp and Jvp ask for

    /** The cotangents of (q, k, v), given that of the result. */
    static Vjp.Cotangent[] cotangents(Op.Attention op, Tensor g, Tensor[] x) {
        Supplier<Tensor[]> all = new Once<>(() -> unpacked(gradient(op, g, x), x[0], x[1], x[2]));
        return padded(x, () -> all.get()[0], () -> all.get()[1], () -> all.get()[2]);
    }

    /** The cotangents of (g, q, k, v), given that of the gradient. */
    static Vjp.Cotangent[] cotangentsOfGradient(Op.Attention op, Tensor packed, Tensor[] x) {
        Tensor[] of = Arrays.copyOfRange(x, 1, x.length);
        Supplier<AttentionRule> moved =
                new Once<>(() -> new AttentionRule(op, of, unpacked(packed, of[0], of[1], of[2])));
        Supplier<Tensor[]> all = new Once<>(() -> moved.get().gradientChange(x[0]));
        return padded(x, () -> moved.get().resultChange(), () -> all.get()[0], () -> all.get()[1], () -> all.get()[2]);
    }

    /** The tangent of attention, along (dq, dk, dv). */
    static Tensor tangent(Op.Attention op, Tensor[] x, Tensor[] along) {
        return new AttentionRule(op, x, along).resultChange();
    }

    /** The tangent of the gradient at (g, q, k, v), along (dq, dk, dv) and not g. */
    static Tensor tangentOfGradient(Op.Attention op, Tensor[] x, Tensor[] along) {
        Tensor[] of = Arrays.copyOfRange(x, 1, x.length);
        Tensor[] all = new AttentionRule(op, of, along).gradientChange(x[0]);
        return Tensor.cat(0, Arrays.stream(all).map(t -> heads(t).reshape(-1)).toArray(Tensor[]::new));
    }

    private static Tensor gradient(Op.Attention op, Tensor g, Tensor[] x) {
        Tensor[] all = new Tensor[x.length + 1];
        all[0] = g;
        System.arraycopy(x, 0, all, 1, x.length);
        return Dispatch.apply(new Op.AttentionGrad(op), all);
    }

    /** What is hidden has no derivative. */
    private static Vjp.Cotangent[] padded(Tensor[] x, Vjp.Cotangent... c) {
        Vjp.Cotangent[] all = Arrays.copyOf(c, x.length);
        Arrays.fill(all, c.length, x.length, Vjp.NONE);
        return all;
    }

    // ---------------------------------------------------------------- the change of result and gradient

    private Tensor resultChange() {
        return mixed(change, v).add(mixed(p, dv));
    }

    private Tensor[] gradientChange(Tensor g) {
        Tensor u = byKeys(g, v);
        Tensor du = byKeys(g, dv);
        Tensor centred = u.sub(rowSum(p.mul(u)));
        Tensor z = p.mul(centred);
        Tensor dz = change.mul(centred).add(p.mul(du.sub(rowSum(change.mul(u).add(p.mul(du))))));
        if (tanh != null) {
            Tensor bend = tanh.mul(rawChange).mul(-2 / op.cap()); // S'' R. / S'
            dz = sloped(dz.add(z.mul(bend)));
            z = sloped(z);
        }
        return new Tensor[] {
            scaled(mixed(dz, k).add(mixed(z, dk))), scaled(turned(dz, q).add(turned(z, dq))), turned(change, g)
        };
    }

    /** Times S' = 1 - tanh^2, the slope of the cap. */
    private Tensor sloped(Tensor x) {
        return tanh == null ? x : x.mul(Tensor.ones(x.dtype()).sub(tanh.square()));
    }

    private Tensor scaled(Tensor x) {
        return x.mul(op.scale());
    }

    private static Tensor rowSum(Tensor x) {
        return x.sum(true, -1);
    }

    // ---------------------------------------------------------------- products, one for the heads that share a key

    /** rows [..., H, T, D] with keys [..., G, S, D] to [..., H, T, S]. */
    private static Tensor byKeys(Tensor rows, Tensor keys) {
        Tensor product = grouped(rows, keys).matmul(keys.t());
        return product.reshape(rows.shape().with(-1, keys.dim(-2)));
    }

    /** scores [..., H, T, S] of values [..., G, S, D] to [..., H, T, D]. */
    private static Tensor mixed(Tensor scores, Tensor values) {
        Tensor product = grouped(scores, values).matmul(values);
        return product.reshape(scores.shape().with(-1, values.dim(-1)));
    }

    /** scores [..., H, T, S] with rows [..., H, T, D] to [..., G, S, D]. */
    private Tensor turned(Tensor scores, Tensor rows) {
        return grouped(scores, k).t().matmul(grouped(rows, k));
    }

    /** [..., H, T, D] as [..., G, (H/G) T, D]. */
    private static Tensor grouped(Tensor x, Tensor keys) {
        int groups = keys.dim(-3);
        int rows = groups == 0 ? 0 : x.dim(-3) / groups * x.dim(-2);
        return x.reshape(x.shape().with(-3, groups).with(-2, rows));
    }

    // ---------------------------------------------------------------- what is seen

    private Tensor hide(Tensor scores, Tensor[] x) {
        int queries = q.dim(-2);
        int keys = k.dim(-2);
        Tensor seen = op.sight().isAll(queries, keys) ? scores : hidden(scores, beyond(op.sight(), queries, keys));
        return x.length > 3 ? hidden(seen, x[3]) : seen;
    }

    private static Tensor hidden(Tensor scores, Tensor mask) {
        return scores.maskedFill(mask, Double.NEGATIVE_INFINITY);
    }

    /** BOOL [T, S], true where a query does not see a key. */
    private static Tensor beyond(Sight sight, int queries, int keys) {
        boolean[] mask = new boolean[queries * keys];
        for (int t = 0; t < queries; t++) {
            Arrays.fill(mask, t * keys, t * keys + sight.first(t, queries, keys), true);
            Arrays.fill(mask, t * keys + sight.end(t, queries, keys), (t + 1) * keys, true);
        }
        return Tensor.of(mask, queries, keys);
    }

    // ---------------------------------------------------------------- the vector of an AttentionGrad

    /** Its parts, each in the shape of one of {@code like}. */
    private static Tensor[] unpacked(Tensor packed, Tensor... like) {
        Tensor[] parts = new Tensor[like.length];
        int from = 0;
        for (int i = 0; i < like.length; i++) {
            int to = from + (int) like[i].size();
            Shape s = like[i].shape();
            Shape turned = s.with(-3, s.dim(-2)).with(-2, s.dim(-3));
            parts[i] = heads(packed.slice(0, from, to).reshape(turned));
            from = to;
        }
        return parts;
    }

    /** [..., T, H, D] to [..., H, T, D], and back. */
    private static Tensor heads(Tensor x) {
        return x.transpose(-3, -2);
    }
}
