package org.einthoven.verify.hyperdual;

import org.einthoven.tensor.op.Op;

/** The elementwise ops on one hyper-dual number, away from kinks. */
final class Elementwise {
    private Elementwise() {}

    static HyperDual apply(Op.Unary op, HyperDual x) {
        double f = x.f();
        return switch (op) {
            case Op.Neg() -> x.negated();
            case Op.Exp() -> x.exp();
            case Op.Log() -> x.log();
            case Op.Sqrt() -> x.sqrt();
            case Op.Recip() -> x.recip();
            case Op.Tanh() -> x.tanh();
            case Op.Sigmoid() -> x.sigmoid();
            case Op.Softplus() -> x.softplus();
            case Op.Sin() -> x.sin();
            case Op.Cos() -> x.cos();
            case Op.Erf() -> x.erf();
            case Op.Abs() -> f < 0 ? x.negated() : x;
            case Op.Sign() -> HyperDual.constant(Math.signum(f));
            case Op.Power(double p) -> x.pow(p);
            case Op.LeakyRelu(double slope) -> f > 0 ? x : x.times(slope);
            case Op.Gelu() -> x.times(normalCdf(x));
            case Op.GeluSlope() -> normalCdf(x).plus(x.times(normalDensity(x)));
            case Op.Silu() -> x.times(x.sigmoid());
            case Op.Clamp(double low, double high) ->
                f < low ? HyperDual.constant(low) : f > high ? HyperDual.constant(high) : x;
        };
    }

    private static HyperDual normalCdf(HyperDual x) {
        return x.times(Math.sqrt(0.5)).erf().plus(1).times(0.5);
    }

    private static HyperDual normalDensity(HyperDual x) {
        return x.times(x).times(-0.5).exp().times(1 / Math.sqrt(2 * Math.PI));
    }

    static HyperDual apply(Op.Binary op, HyperDual a, HyperDual b) {
        return switch (op) {
            case Op.Add() -> a.plus(b);
            case Op.Sub() -> a.minus(b);
            case Op.Mul() -> a.times(b);
            case Op.Div() -> a.over(b);
            case Op.Maximum() -> a.f() >= b.f() ? a : b;
        };
    }

    static boolean holds(Op.Relation r, double a, double b) {
        return switch (r) {
            case LT -> a < b;
            case LE -> a <= b;
            case GT -> a > b;
            case GE -> a >= b;
            case EQ -> a == b;
            case NE -> a != b;
        };
    }
}
