package org.einthoven.verify.hyperdual;

import org.einthoven.tensor.Nullable;
import org.einthoven.tensor.op.Op;
import org.einthoven.tensor.op.Shapes;

/**
 * A point without a derivative. It is reported, and the derivatives that come out of it are not-a-number: what an
 * implementation gives there is a convention and no fact that an oracle could confirm.
 *
 * @param entry of the op's result, row-major
 * @param why e.g. {@code "x = 0.0, slope 0.0 on the left and 1.0 on the right"}
 */
public record Kink(Op op, int entry, String why) {

    /** Why op has no derivative at x, or null. */
    static @Nullable String of(Op.Unary op, double x) {
        return switch (op) {
            case Op.Abs() -> x == 0 ? slopes(x, -1, 1) : null;
            case Op.Sign() -> x == 0 ? "x = " + x + ", a jump from -1 to 1" : null;
            case Op.LeakyRelu(double slope) -> x == 0 && slope != 1 ? slopes(x, slope, 1) : null;
            case Op.Clamp(double low, double high) -> x == low ? slopes(x, 0, 1) : x == high ? slopes(x, 1, 0) : null;
            case Op.Neg n -> null;
            case Op.Exp e -> null;
            case Op.Log l -> null;
            case Op.Sqrt s -> null;
            case Op.Recip r -> null;
            case Op.Tanh t -> null;
            case Op.Sigmoid s -> null;
            case Op.Softplus s -> null;
            case Op.Sin s -> null;
            case Op.Cos c -> null;
            case Op.Erf e -> null;
            case Op.Power p -> null;
            case Op.Gelu g -> null;
            case Op.GeluSlope g -> null;
            case Op.Silu s -> null;
        };
    }

    private static String slopes(double x, double left, double right) {
        return "x = " + x + ", slope " + left + " on the left and " + right + " on the right";
    }

    /** Two numbers that are equal here and move apart: which of them is larger, or first, changes at this point. */
    static boolean tie(HyperDual a, HyperDual b) {
        return a.f() == b.f() && (a.f1() != b.f1() || a.f2() != b.f2() || a.f12() != b.f12());
    }

    @Override
    public String toString() {
        return Shapes.name(op) + " has no derivative at entry " + entry + ": " + why;
    }
}
