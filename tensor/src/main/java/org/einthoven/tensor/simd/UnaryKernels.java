package org.einthoven.tensor.simd;

import static org.einthoven.tensor.simd.Lanes.F;
import static org.einthoven.tensor.simd.Lanes.L;

import jdk.incubator.vector.FloatVector;
import org.einthoven.tensor.op.Op;

/**
 * Functions of one operand over one row. Arithmetic is in plain loops, which C2 vectorises; the elementary functions are
 * {@link VectorMath}'s, on vectors while a whole one is left. A row shorter than SHORT stays scalar: vectors are slow
 * before C2 has compiled them, and the bits are the same.
 */
final class UnaryKernels {
    private static final int SHORT = 64;

    private UnaryKernels() {}

    /** Simple operations that one element costs. */
    static long cost(Op.Unary op) {
        return switch (op) {
            case Op.Neg(), Op.Abs(), Op.Sign(), Op.LeakyRelu(_), Op.Clamp(_, _) -> 1;
            case Op.Sqrt(), Op.Recip() -> 2;
            case Op.Exp(), Op.Log(), Op.Erf(), Op.Gelu() -> 4;
            case Op.Tanh(), Op.Sigmoid(), Op.Silu(), Op.Softplus(), Op.Sin(), Op.Cos() -> 8;
            case Op.Power(_) -> 32;
        };
    }

    /** y[yo + i] = op(x[xo + i]) for i below n. */
    static void run(Op.Unary op, float[] x, int xo, float[] y, int yo, int n) {
        switch (op) {
            case Op.Neg() -> {
                for (int i = 0; i < n; i++) {
                    y[yo + i] = -x[xo + i];
                }
            }
            case Op.Abs() -> {
                for (int i = 0; i < n; i++) {
                    y[yo + i] = Math.abs(x[xo + i]);
                }
            }
            case Op.Sign() -> {
                for (int i = 0; i < n; i++) {
                    y[yo + i] = Math.signum(x[xo + i]);
                }
            }
            case Op.Sqrt() -> {
                for (int i = 0; i < n; i++) {
                    y[yo + i] = (float) Math.sqrt(x[xo + i]);
                }
            }
            case Op.Recip() -> {
                for (int i = 0; i < n; i++) {
                    y[yo + i] = 1f / x[xo + i];
                }
            }
            case Op.LeakyRelu(double slope) -> leakyRelu((float) slope, x, xo, y, yo, n);
            case Op.Clamp(double low, double high) -> clamp((float) low, (float) high, x, xo, y, yo, n);
            case Op.Power(double p) -> power(p, x, xo, y, yo, n);
            case Op.Exp() -> exp(x, xo, y, yo, n);
            case Op.Log() -> log(x, xo, y, yo, n);
            case Op.Tanh() -> tanh(x, xo, y, yo, n);
            case Op.Sigmoid() -> sigmoid(x, xo, y, yo, n);
            case Op.Silu() -> silu(x, xo, y, yo, n);
            case Op.Softplus() -> softplus(x, xo, y, yo, n);
            case Op.Erf() -> erf(x, xo, y, yo, n);
            case Op.Gelu() -> gelu(x, xo, y, yo, n);
            case Op.Sin() -> sin(0, x, xo, y, yo, n);
            case Op.Cos() -> sin(1, x, xo, y, yo, n);
        }
    }

    private static void leakyRelu(float slope, float[] x, int xo, float[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            float v = x[xo + i];
            y[yo + i] = v > 0 ? v : slope * v;
        }
    }

    private static void clamp(float low, float high, float[] x, int xo, float[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = Math.min(Math.max(x[xo + i], low), high);
        }
    }

    private static void power(double p, float[] x, int xo, float[] y, int yo, int n) {
        if (p == 2) {
            for (int i = 0; i < n; i++) {
                y[yo + i] = x[xo + i] * x[xo + i];
            }
        } else if (p == -1) {
            for (int i = 0; i < n; i++) {
                y[yo + i] = 1f / x[xo + i];
            }
        } else {
            // StrictMath: C2 replaces some powers of Math by other operations, with other bits.
            for (int i = 0; i < n; i++) {
                y[yo + i] = (float) StrictMath.pow(x[xo + i], p);
            }
        }
    }

    /** First element that is left to scalar code. */
    private static int end(int n) {
        return n < SHORT ? 0 : F.loopBound(n);
    }

    private static void exp(float[] x, int xo, float[] y, int yo, int n) {
        int end = end(n);
        for (int i = 0; i < end; i += L) {
            FloatVector v = FloatVector.fromArray(F, x, xo + i);
            VectorMath.exp(v).intoArray(y, yo + i);
        }
        for (int i = end; i < n; i++) {
            float v = x[xo + i];
            y[yo + i] = VectorMath.exp(v);
        }
    }

    private static void log(float[] x, int xo, float[] y, int yo, int n) {
        int end = end(n);
        for (int i = 0; i < end; i += L) {
            FloatVector v = FloatVector.fromArray(F, x, xo + i);
            VectorMath.log(v).intoArray(y, yo + i);
        }
        for (int i = end; i < n; i++) {
            float v = x[xo + i];
            y[yo + i] = VectorMath.log(v);
        }
    }

    private static void tanh(float[] x, int xo, float[] y, int yo, int n) {
        int end = end(n);
        for (int i = 0; i < end; i += L) {
            FloatVector v = FloatVector.fromArray(F, x, xo + i);
            VectorMath.tanh(v).intoArray(y, yo + i);
        }
        for (int i = end; i < n; i++) {
            float v = x[xo + i];
            y[yo + i] = VectorMath.tanh(v);
        }
    }

    private static void sigmoid(float[] x, int xo, float[] y, int yo, int n) {
        int end = end(n);
        for (int i = 0; i < end; i += L) {
            FloatVector v = FloatVector.fromArray(F, x, xo + i);
            VectorMath.sigmoid(v).intoArray(y, yo + i);
        }
        for (int i = end; i < n; i++) {
            float v = x[xo + i];
            y[yo + i] = VectorMath.sigmoid(v);
        }
    }

    private static void silu(float[] x, int xo, float[] y, int yo, int n) {
        int end = end(n);
        for (int i = 0; i < end; i += L) {
            FloatVector v = FloatVector.fromArray(F, x, xo + i);
            v.mul(VectorMath.sigmoid(v)).intoArray(y, yo + i);
        }
        for (int i = end; i < n; i++) {
            float v = x[xo + i];
            y[yo + i] = v * VectorMath.sigmoid(v);
        }
    }

    private static void softplus(float[] x, int xo, float[] y, int yo, int n) {
        int end = end(n);
        for (int i = 0; i < end; i += L) {
            FloatVector v = FloatVector.fromArray(F, x, xo + i);
            VectorMath.softplus(v).intoArray(y, yo + i);
        }
        for (int i = end; i < n; i++) {
            float v = x[xo + i];
            y[yo + i] = VectorMath.softplus(v);
        }
    }

    private static void erf(float[] x, int xo, float[] y, int yo, int n) {
        int end = end(n);
        for (int i = 0; i < end; i += L) {
            FloatVector v = FloatVector.fromArray(F, x, xo + i);
            VectorMath.erf(v).intoArray(y, yo + i);
        }
        for (int i = end; i < n; i++) {
            float v = x[xo + i];
            y[yo + i] = VectorMath.erf(v);
        }
    }

    private static void gelu(float[] x, int xo, float[] y, int yo, int n) {
        int end = end(n);
        for (int i = 0; i < end; i += L) {
            FloatVector v = FloatVector.fromArray(F, x, xo + i);
            VectorMath.gelu(v).intoArray(y, yo + i);
        }
        for (int i = end; i < n; i++) {
            float v = x[xo + i];
            y[yo + i] = VectorMath.gelu(v);
        }
    }

    private static void sin(int quarters, float[] x, int xo, float[] y, int yo, int n) {
        int end = end(n);
        for (int i = 0; i < end; i += L) {
            FloatVector v = FloatVector.fromArray(F, x, xo + i);
            VectorMath.sin(v, quarters).intoArray(y, yo + i);
        }
        for (int i = end; i < n; i++) {
            float v = x[xo + i];
            y[yo + i] = VectorMath.sin(v, quarters);
        }
        for (int i = 0; i < n; i++) {
            float v = x[xo + i];
            if (Math.abs(v) > VectorMath.ANGLE_MAX) {
                y[yo + i] = (float) (quarters == 0 ? StrictMath.sin(v) : StrictMath.cos(v));
            }
        }
    }
}
