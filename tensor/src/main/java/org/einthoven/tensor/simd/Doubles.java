package org.einthoven.tensor.simd;

import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;
import org.einthoven.tensor.Layout;
import org.einthoven.tensor.Shape;
import org.einthoven.tensor.Storage;
import org.einthoven.tensor.Tensor;
import org.einthoven.tensor.Workspace;
import org.einthoven.tensor.op.Op;
import org.einthoven.tensor.reference.Scalars;

/** What gradient checks in F64 spend their time on, in plain loops but for large matrix products ({@link GemmF64}). */
final class Doubles {
    /** Up to this many multiply-adds plain loops are fast enough, and they are so before C2 has seen them. */
    private static final int PLAIN = 32_768;

    private Doubles() {}

    private static double[] array(Tensor t) {
        return ((Storage.F64) t.storage()).array();
    }

    static Tensor unary(Op.Unary op, Tensor x) {
        DoubleUnaryOperator f =
                switch (op) {
                    case Op.Neg() -> v -> -v;
                    case Op.Exp() -> Math::exp;
                    case Op.Recip() -> v -> 1 / v;
                    case Op.Sqrt() -> Math::sqrt;
                    default -> v -> Scalars.apply(op, v);
                };
        Tensor c = Moves.contiguous(x);
        double[] v = array(c);
        int at = c.layout().offset();
        double[] y = Workspace.doubles(x.shape().intSize("elementwise"));
        Chunks.ranges(y.length, 16, (from, to) -> {
            for (int i = from; i < to; i++) {
                y[i] = f.applyAsDouble(v[at + i]);
            }
        });
        return Tensor.of(y, x.shape().toArray());
    }

    static Tensor binary(Op.Binary op, Tensor a, Tensor b, Shape out) {
        DoubleBinaryOperator f =
                switch (op) {
                    case Op.Add() -> Double::sum;
                    case Op.Sub() -> (p, q) -> p - q;
                    case Op.Mul() -> (p, q) -> p * q;
                    case Op.Div() -> (p, q) -> p / q;
                    case Op.Maximum() -> Math::max;
                };
        double[] x = array(a);
        double[] z = array(b);
        double[] y = Workspace.doubles(out.intSize("elementwise"));
        if (y.length > 0) {
            Nest nest = new Nest(out, a.layout(), b.layout());
            int n = nest.inner();
            int xs = nest.step(0);
            int zs = nest.step(1);
            Chunks.ranges(
                    nest.outer(),
                    4L * n + 8,
                    (from, to) -> nest.rows(from, to, (row, at) -> {
                        for (int i = 0; i < n; i++) {
                            y[row * n + i] = f.applyAsDouble(x[at[0] + i * xs], z[at[1] + i * zs]);
                        }
                    }));
        }
        return Tensor.of(y, out.toArray());
    }

    /** One running sum for each element of the result, over the operand in row-major order. */
    static Tensor sumTo(Tensor x, Shape to) {
        double[] v = array(x);
        double[] y = Workspace.zeroedDoubles(to.intSize("sum"));
        if (x.size() > 0) {
            Nest nest = new Nest(x.shape(), x.layout(), Layout.contiguous(to));
            int n = nest.inner();
            int xs = nest.step(0);
            int ys = nest.step(1);
            nest.rows(0, nest.outer(), (row, at) -> {
                for (int i = 0; i < n; i++) {
                    y[at[1] + i * ys] += v[at[0] + i * xs];
                }
            });
        }
        return Tensor.of(y, to.toArray());
    }

    static Tensor matmul(Tensor a, Tensor b, Shape out) {
        int m = out.dim(-2);
        int n = out.dim(-1);
        int k = a.shape().dim(-1);
        double[] y = Workspace.zeroedDoubles(out.intSize("matmul"));
        if (y.length == 0 || k == 0) {
            return Tensor.of(y, out.toArray());
        }
        if (m >= 4 && (long) m * n * k > PLAIN) {
            blocked(y, a, b, out);
            return Tensor.of(y, out.toArray());
        }
        Tensor x = Moves.contiguous(a.detach().expand(out.with(-1, k)));
        Tensor z = Moves.contiguous(b.detach().expand(out.with(-2, k)));
        double[] xs = array(x);
        double[] zs = array(z);
        int xo = x.layout().offset();
        int zo = z.layout().offset();
        Chunks.ranges(y.length / n, (long) n * k, (from, to) -> {
            for (int row = from; row < to; row++) {
                int right = zo + row / m * k * n;
                for (int p = 0; p < k; p++) {
                    axpy(xs[xo + row * k + p], zs, right + p * n, y, row * n, n);
                }
            }
        });
        return Tensor.of(y, out.toArray());
    }

    private static void blocked(double[] y, Tensor a, Tensor b, Shape out) {
        int m = out.dim(-2);
        int n = out.dim(-1);
        int k = a.shape().dim(-1);
        Layout la = a.layout().expand(out.with(-1, k));
        Layout lb = b.layout().expand(out.with(-2, k));
        Chunks.each(y.length / (m * n), (long) m * n * k / 4, i -> {
            var left = new GemmF64.Matrix(array(a), MatMul.start(la, i), la.stride(-2), la.stride(-1));
            var right = new GemmF64.Matrix(array(b), MatMul.start(lb, i), lb.stride(-2), lb.stride(-1));
            GemmF64.multiply(m, n, k, left, right, y, i * m * n);
        });
    }

    private static void axpy(double a, double[] x, int xo, double[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = Math.fma(a, x[xo + i], y[yo + i]);
        }
    }
}
