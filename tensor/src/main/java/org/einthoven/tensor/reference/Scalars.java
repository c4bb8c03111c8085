package org.einthoven.tensor.reference;

import org.einthoven.tensor.op.Op;

/** The elementwise ops on one double. */
public final class Scalars {
    private Scalars() {}

    public static double apply(Op.Unary op, double x) {
        return switch (op) {
            case Op.Neg() -> -x;
            case Op.Exp() -> Math.exp(x);
            case Op.Log() -> Math.log(x);
            case Op.Sqrt() -> Math.sqrt(x);
            case Op.Recip() -> 1 / x;
            case Op.Tanh() -> Math.tanh(x);
            case Op.Sigmoid() -> sigmoid(x);
            case Op.Softplus() -> Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
            case Op.Sin() -> Math.sin(x);
            case Op.Cos() -> Math.cos(x);
            case Op.Erf() -> ErrorFunction.erf(x);
            case Op.Abs() -> Math.abs(x);
            case Op.Sign() -> Math.signum(x);
            case Op.Power(double p) -> Math.pow(x, p);
            case Op.LeakyRelu(double slope) -> x > 0 ? x : slope * x;
            case Op.Gelu() -> 0.5 * x * (1 + ErrorFunction.erf(x / Math.sqrt(2)));
            case Op.GeluSlope() ->
                0.5 * (1 + ErrorFunction.erf(x / Math.sqrt(2))) + x * Math.exp(-0.5 * x * x) / Math.sqrt(2 * Math.PI);
            case Op.Silu() -> x * sigmoid(x);
            case Op.Clamp(double low, double high) -> Math.min(Math.max(x, low), high);
        };
    }

    public static double apply(Op.Binary op, double a, double b) {
        return switch (op) {
            case Op.Add() -> a + b;
            case Op.Sub() -> a - b;
            case Op.Mul() -> a * b;
            case Op.Div() -> a / b;
            case Op.Maximum() -> Math.max(a, b);
        };
    }

    public static boolean holds(Op.Relation r, double a, double b) {
        return switch (r) {
            case LT -> a < b;
            case LE -> a <= b;
            case GT -> a > b;
            case GE -> a >= b;
            case EQ -> a == b;
            case NE -> a != b;
        };
    }

    private static double sigmoid(double x) {
        double e = Math.exp(-Math.abs(x));
        return x >= 0 ? 1 / (1 + e) : e / (1 + e);
    }
}
