package org.einthoven.tensor.simd;

import static jdk.incubator.vector.VectorOperators.GT;
import static org.einthoven.tensor.simd.Lanes.F;
import static org.einthoven.tensor.simd.Lanes.L;

import jdk.incubator.vector.FloatVector;
import org.einthoven.tensor.op.Op;

/** Functions of one operand over one row. */
final class UnaryKernels {
    private UnaryKernels() {}

    /** Simple operations that one element costs. */
    static long cost(Op.Unary op) {
        return switch (op) {
            case Op.Neg(), Op.Abs(), Op.Sign() -> 1;
            case Op.LeakyRelu l -> 1;
            case Op.Clamp c -> 1;
            case Op.Sqrt(), Op.Recip() -> 2;
            case Op.Exp(), Op.Log(), Op.Erf(), Op.Gelu() -> 4;
            case Op.Tanh(), Op.Sigmoid(), Op.Silu(), Op.Softplus(), Op.Sin(), Op.Cos(), Op.GeluSlope() -> 8;
            case Op.Power p -> 32;
        };
    }

    /** y[yo + i] = op(x[xo + i]) for i below n. */
    static void run(Op.Unary op, float[] x, int xo, float[] y, int yo, int n) {
        switch (op) {
            case Op.Neg() -> neg(x, xo, y, yo, n);
            case Op.Abs() -> abs(x, xo, y, yo, n);
            case Op.Sign() -> sign(x, xo, y, yo, n);
            case Op.Sqrt() -> sqrt(x, xo, y, yo, n);
            case Op.Recip() -> BinaryKernels.div(1f, x, xo, y, yo, n);
            case Op.LeakyRelu u -> leakyRelu((float) u.slope(), x, xo, y, yo, n);
            case Op.Clamp u -> clamp((float) u.low(), (float) u.high(), x, xo, y, yo, n);
            case Op.Power u -> power(u.exponent(), x, xo, y, yo, n);
            case Op.Exp() -> Exp.run(x, xo, y, yo, n);
            case Op.Log() -> Log.run(x, xo, y, yo, n);
            case Op.Tanh() -> Activations.tanh(x, xo, y, yo, n);
            case Op.Sigmoid() -> Activations.sigmoid(x, xo, y, yo, n);
            case Op.Silu() -> Activations.silu(x, xo, y, yo, n);
            case Op.Softplus() -> Activations.softplus(x, xo, y, yo, n);
            case Op.Erf() -> Erf.run(x, xo, 1f, y, yo, n);
            case Op.Gelu() -> Activations.gelu(x, xo, y, yo, n);
            case Op.GeluSlope() -> Activations.geluSlope(x, xo, y, yo, n);
            case Op.Sin() -> Sine.run(x, xo, 0, y, yo, n);
            case Op.Cos() -> Sine.run(x, xo, 1, y, yo, n);
        }
    }

    private static void neg(float[] x, int xo, float[] y, int yo, int n) {
        int end = Lanes.end(n);
        for (int i = 0; i < end; i += L) {
            FloatVector v = FloatVector.fromArray(F, x, xo + i);
            v.neg().intoArray(y, yo + i);
        }
        for (int i = end; i < n; i++) {
            y[yo + i] = -x[xo + i];
        }
    }

    private static void abs(float[] x, int xo, float[] y, int yo, int n) {
        int end = Lanes.end(n);
        for (int i = 0; i < end; i += L) {
            FloatVector v = FloatVector.fromArray(F, x, xo + i);
            v.abs().intoArray(y, yo + i);
        }
        for (int i = end; i < n; i++) {
            y[yo + i] = Math.abs(x[xo + i]);
        }
    }

    private static void sign(float[] x, int xo, float[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = Math.signum(x[xo + i]);
        }
    }

    private static void sqrt(float[] x, int xo, float[] y, int yo, int n) {
        int end = Lanes.end(n);
        for (int i = 0; i < end; i += L) {
            FloatVector v = FloatVector.fromArray(F, x, xo + i);
            v.sqrt().intoArray(y, yo + i);
        }
        for (int i = end; i < n; i++) {
            y[yo + i] = (float) Math.sqrt(x[xo + i]);
        }
    }

    private static void leakyRelu(float slope, float[] x, int xo, float[] y, int yo, int n) {
        int end = Lanes.end(n);
        for (int i = 0; i < end; i += L) {
            FloatVector v = FloatVector.fromArray(F, x, xo + i);
            v.mul(slope).blend(v, v.compare(GT, 0f)).intoArray(y, yo + i);
        }
        for (int i = end; i < n; i++) {
            y[yo + i] = x[xo + i] > 0f ? x[xo + i] : slope * x[xo + i];
        }
    }

    private static void clamp(float low, float high, float[] x, int xo, float[] y, int yo, int n) {
        int end = Lanes.end(n);
        for (int i = 0; i < end; i += L) {
            FloatVector v = FloatVector.fromArray(F, x, xo + i);
            v.max(low).min(high).intoArray(y, yo + i);
        }
        for (int i = end; i < n; i++) {
            y[yo + i] = Math.min(Math.max(x[xo + i], low), high);
        }
    }

    private static void power(double p, float[] x, int xo, float[] y, int yo, int n) {
        if (p == 2) {
            BinaryKernels.mul(x, xo, x, xo, y, yo, n);
        } else if (p == -1) {
            BinaryKernels.div(1f, x, xo, y, yo, n);
        } else {
            // StrictMath: C2 replaces some powers of Math by other operations, with other bits.
            for (int i = 0; i < n; i++) {
                y[yo + i] = (float) StrictMath.pow(x[xo + i], p);
            }
        }
    }
}
