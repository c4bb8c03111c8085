package org.einthoven.autograd;

import java.util.Arrays;
import java.util.List;
import org.einthoven.tensor.DType;
import org.einthoven.tensor.Dispatch;
import org.einthoven.tensor.Ints;
import org.einthoven.tensor.Nullable;
import org.einthoven.tensor.Shape;
import org.einthoven.tensor.Tensor;
import org.einthoven.tensor.TensorException;
import org.einthoven.tensor.op.Op;
import org.einthoven.tensor.op.Shapes;

/**
 * THE derivative table: for each op y = f(x0, x1, ...) the cotangents of its inputs, given the cotangent g of y. Every rule
 * is written in differentiable tensor ops, so derivatives of any order need nothing more. Rules are bare: what broadcast is
 * summed back by the walk in {@link Grad}, which also asks only for the inputs that matter.
 *
 * <p>The switch has no default: an op without a rule does not compile.
 */
final class Vjp {
    /** The cotangent of one input, computed when asked for; null where the derivative is zero. */
    interface Cotangent {
        @Nullable
        Tensor get();
    }

    /** The input is an index, a condition, or acts by steps only: its derivative is zero. */
    static final Cotangent NONE = () -> null;

    private Vjp() {}

    // spotless:off
    static Cotangent[] of(Op op, Tensor g, Tensor[] x, Tensor y) {
        return switch (op) {
            // ---- one input, element by element: y = f(x), dx = g f'(x)
            case Op.Neg() -> of(() -> g.neg());
            case Op.Exp() -> of(() -> g.mul(y));
            case Op.Log() -> of(() -> g.div(x[0]));
            case Op.Sqrt() -> of(() -> g.div(y).mul(0.5)); // 1 / (2 sqrt x)
            case Op.Recip() -> of(() -> g.mul(y.square()).neg()); // -1 / x^2
            case Op.Tanh() -> of(() -> g.mul(one(y).sub(y.square()))); // 1 - tanh^2
            case Op.Sigmoid() -> of(() -> g.mul(y.mul(one(y).sub(y)))); // s (1 - s)
            case Op.Softplus() -> of(() -> g.mul(x[0].sigmoid()));
            case Op.Sin() -> of(() -> g.mul(x[0].cos()));
            case Op.Cos() -> of(() -> g.mul(x[0].sin()).neg());
            case Op.Erf() -> of(() -> g.mul(x[0].square().neg().exp()).mul(2 / Math.sqrt(Math.PI)));
            case Op.Abs() -> of(() -> g.mul(x[0].sign()));
            case Op.Sign() -> of(NONE);
            case Op.Power(double p) -> of(p == 0 ? NONE : () -> g.mul(x[0].pow(p - 1)).mul(p)); // p x^(p-1), also at x = 0
            case Op.LeakyRelu(double slope) -> of(() -> x[0].gt(0).where(g, g.mul(slope)));
            case Op.Gelu() -> of(() -> g.mul(run(new Op.GeluSlope(), x[0]))); // Phi + x phi
            case Op.GeluSlope() -> of(() -> g.mul(normalDensity(x[0]).mul(one(g).mul(2).sub(x[0].square())))); // phi (2 - x^2)
            case Op.Silu() -> of(() -> g.mul(siluSlope(x[0], x[0].sigmoid()))); // s (1 + x (1 - s))
            case Op.Clamp(double low, double high) -> of(() -> within(x[0], low, high).where(g, zero(g)));

            // ---- two inputs, element by element
            case Op.Add() -> of(() -> g, () -> g);
            case Op.Sub() -> of(() -> g, () -> g.neg());
            case Op.Mul() -> of(() -> g.mul(x[1]), () -> g.mul(x[0]));
            case Op.Div() -> of(() -> g.div(x[1]), () -> g.mul(y).div(x[1]).neg()); // a/b: 1/b, -y/b
            case Op.Maximum() -> of(
                    () -> x[0].compare(Op.Relation.GE, x[1]).where(g, zero(g)),
                    () -> x[0].compare(Op.Relation.GE, x[1]).where(zero(g), g)); // the first of equals
            case Op.Where() -> of(NONE, () -> x[0].where(g, zero(g)), () -> x[0].where(zero(g), g));

            // ---- sums and their transposes
            case Op.SumTo s -> of(() -> g.expand(x[0].shape()));
            case Op.Expand e -> of(() -> g.sumTo(x[0].shape()));
            case Op.CumSum(int axis, boolean reverse) -> of(() -> run(new Op.CumSum(axis, !reverse), g));

            // ---- moves: the cotangent moves back
            case Op.Reshape r -> of(() -> g.reshape(x[0].shape()));
            case Op.Permute p -> of(() -> g.permute(inverse(p.axes())));
            case Op.Slice s -> of(() -> run(new Op.Pad(x[0].shape(), s.start(), s.step()), g));
            case Op.Pad p -> of(() -> run(new Op.Slice(p.start(), x[0].shape(), p.step()), g));
            case Op.Cat(int axis) -> slices(g, axis, x);
            case Op.Contiguous() -> of(() -> g);
            case Op.Cast c -> of(() -> g.cast(x[0].dtype()));
            case Op.Gather(int axis) -> of(() -> run(new Op.ScatterAdd(axis, x[0].dim(axis)), g, x[1]), NONE);
            case Op.ScatterAdd(int axis, int size) -> of(() -> g.gather(axis, x[1]), NONE);
            case Op.Embedding() -> of(() -> run(new Op.EmbeddingGrad(x[0].dim(0)), g, x[1]), NONE);
            case Op.EmbeddingGrad e -> of(() -> g.embedding(x[1]), NONE);

            // ---- products: each input meets the cotangent with the others held
            case Op.MatMul() -> of(() -> product(g, x[1].t(), x[0]), () -> product(x[0].t(), g, x[1])); // g B^T, A^T g
            case Op.FrozenLinear(Tensor w, boolean transposed) -> of(() -> run(new Op.FrozenLinear(w, !transposed), g));
            case Op.Conv1d c -> of(() -> run(inputGrad(c, x[0].dim(2)), g, x[1]), () -> run(weightGrad(c, x[1].dim(2)), x[0], g));
            case Op.Conv1dInputGrad c -> of(() -> run(conv(c), g, x[1]), () -> run(weightGrad(c, x[1].dim(2)), g, x[0]));
            case Op.Conv1dWeightGrad c -> of(() -> run(inputGrad(c, x[0].dim(2)), x[1], g), () -> run(conv(c), x[0], g));
            case Op.Rope r -> of(() -> run(new Op.Rope(r.interleaved(), !r.inverse()), g, x[1], x[2]),
                    () -> pairs(r, g.mul(x[0])), () -> pairs(r, g.mul(quarterTurn(r, x[0]))));

            // ---- rows
            case Op.Softmax() -> of(() -> y.mul(g.sub(g.mul(y).sum(true, -1)))); // y (g - <g, y>)
            case Op.LogSoftmax() -> of(() -> g.sub(y.exp().mul(g.sum(true, -1)))); // g - e^y sum g
            case Op.Norm n -> of(() -> run(new Op.NormGrad(n), g, x[0])); // J g
            case Op.ScaledNorm(Op.Norm n) -> scaledNorm(n, g, x);
            case Op.NormGrad(Op.Norm n) -> of(() -> run(op, g, x[1]), () -> normCurvature(n, g, x[0], y, x[1])); // J is symmetric

            // ---- attention: its gradient is an op, and that op's derivatives are composed
            case Op.Attention a -> AttentionRule.cotangents(a, g, x);
            case Op.AttentionGrad(Op.Attention a) -> AttentionRule.cotangentsOfGradient(a, g, x);

            // ---- computed again, or a user's own
            case Op.Recompute r -> RecomputeRule.of(r.segment(), g, x);
            case Op.CustomOp c -> custom(c, g, x, y);

            // ---- integers and truth values have no cotangent
            case Op.Compare c -> throw notDifferentiable(op);
            case Op.ArgMax a -> throw notDifferentiable(op);
            case Op.ArgSort a -> throw notDifferentiable(op);
        };
    }
    // spotless:on

    private static Cotangent[] of(Cotangent... c) {
        return c;
    }

    private static Tensor run(Op op, Tensor... x) {
        return Dispatch.apply(op, x);
    }

    private static Tensor one(Tensor like) {
        return Tensor.ones(like.dtype());
    }

    private static Tensor zero(Tensor like) {
        return Tensor.zeros(like.dtype());
    }

    private static Tensor normalDensity(Tensor x) {
        return x.square().mul(-0.5).exp().mul(1 / Math.sqrt(2 * Math.PI));
    }

    private static Tensor siluSlope(Tensor x, Tensor s) {
        return s.mul(x.mul(one(x).sub(s)).add(1));
    }

    private static Tensor within(Tensor x, double low, double high) {
        return x.compare(Op.Relation.GE, Tensor.full(x.dtype(), low))
                .where(x.compare(Op.Relation.LE, Tensor.full(x.dtype(), high)), Tensor.full(DType.BOOL, 0));
    }

    /** J (g w), g norm(x) and g; a root-mean-square norm has no bias. */
    private static Cotangent[] scaledNorm(Op.Norm norm, Tensor g, Tensor[] x) {
        Cotangent[] all =
                of(() -> run(new Op.NormGrad(norm), g.mul(x[1]), x[0]), () -> g.mul(run(norm, x[0])), () -> g);
        return Arrays.copyOf(all, x.length);
    }

    /**
     * The gradient of h . J g by x for the Jacobian J of a norm y at x: with J = (C - y y^T / n) / s, where C takes the mean
     * away or nothing and s is the row's size, it is -(y mean(h Jg) + Jg mean(h y) + Jh mean(g y)) / s.
     */
    private static Tensor normCurvature(Op.Norm norm, Tensor h, Tensor g, Tensor jg, Tensor x) {
        Tensor centred = norm instanceof Op.LayerNorm ? x.sub(x.mean(true, -1)) : x;
        Tensor size = centred.square().mean(true, -1).add(norm.eps()).sqrt();
        Tensor y = centred.div(size);
        Tensor jh = run(new Op.NormGrad(norm), h, x);
        return y.mul(rowMean(h, jg))
                .add(jg.mul(rowMean(h, y)))
                .add(jh.mul(rowMean(g, y)))
                .div(size)
                .neg();
    }

    private static Tensor rowMean(Tensor a, Tensor b) {
        return a.mul(b).mean(true, -1);
    }

    /** a b, lying in memory as {@code like} does: behind a transposed weight comes a gradient that is transposed too. */
    private static Tensor product(Tensor a, Tensor b, Tensor like) {
        boolean transposed = like.layout().stride(-2) == 1 && like.layout().stride(-1) > 1;
        return transposed ? b.t().matmul(a.t()).t() : a.matmul(b);
    }

    private static int[] inverse(Ints axes) {
        int[] back = new int[axes.size()];
        for (int i = 0; i < back.length; i++) {
            back[axes.get(i)] = i;
        }
        return back;
    }

    private static Cotangent[] slices(Tensor g, int axis, Tensor[] x) {
        Cotangent[] c = new Cotangent[x.length];
        int from = 0;
        for (int i = 0; i < x.length; i++) {
            int start = from;
            int end = from + x[i].dim(axis);
            c[i] = () -> g.slice(axis, start, end);
            from = end;
        }
        return c;
    }

    private static Op conv(Op.Convolution c) {
        return new Op.Conv1d(c.stride(), c.padding(), c.dilation(), c.groups());
    }

    private static Op inputGrad(Op.Convolution c, int time) {
        return new Op.Conv1dInputGrad(c.stride(), c.padding(), c.dilation(), c.groups(), time);
    }

    private static Op weightGrad(Op.Convolution c, int kernel) {
        return new Op.Conv1dWeightGrad(c.stride(), c.padding(), c.dilation(), c.groups(), kernel);
    }

    /** A user's rule gives all cotangents at once. */
    private static Cotangent[] custom(Op.CustomOp op, Tensor g, Tensor[] x, Tensor y) {
        List<Tensor> all = op.vjp(g, Arrays.asList(x), y);
        if (all.size() != x.length) {
            throw new TensorException(
                    op.name() + ": its vjp gave " + all.size() + " cotangents for " + x.length + " inputs");
        }
        return all.stream().map(t -> (Cotangent) () -> t).toArray(Cotangent[]::new);
    }

    /** The rotation by 90 degrees: the derivative with respect to the sine. */
    private static Tensor quarterTurn(Op.Rope r, Tensor x) {
        Shape angles = Shape.of(x.dim(-2), x.dim(-1) / 2);
        return run(r, x, zero(x).expand(angles), one(x).expand(angles));
    }

    /** Sums the two members of each pair that is turned together. */
    private static Tensor pairs(Op.Rope r, Tensor z) {
        int d = z.dim(-1);
        return r.interleaved()
                ? z.slice(-1, 0, d, 2).add(z.slice(-1, 1, d, 2))
                : z.slice(-1, 0, d / 2).add(z.slice(-1, d / 2, d));
    }

    private static TensorException notDifferentiable(Op op) {
        return new TensorException(Shapes.name(op) + ": its result counts or compares and has no derivative");
    }
}
