package org.einthoven.tensor.simd;

import static jdk.incubator.vector.VectorOperators.LT;
import static org.einthoven.tensor.simd.Lanes.F;
import static org.einthoven.tensor.simd.Lanes.L;

import jdk.incubator.vector.FloatVector;

/**
 * Functions made of {@link Exp}, {@link Log} and {@link Erf}: pass after pass over a stretch that stays in the first-level
 * cache, since one long loop would box its vectors. Same bits on vectors and on one float.
 */
final class Activations {
    private static final int STRETCH = 1024;
    private static final float HALF_ROOT = 0.70710678f;

    /** 1 / sqrt(2 pi): the normal density at 0. */
    private static final float DENSITY = 0.3989423f;

    /** (tanh(x) / x - 1) / x^2 in powers of x^2 on |x| &lt; 0.63; error 5e-9. */
    private static final float T0 = -0.3333328f;

    private static final float T1 = 0.13331383f;
    private static final float T2 = -0.053734f;
    private static final float T3 = 0.020618122f;
    private static final float T4 = -0.0056793038f;

    private Activations() {}

    /** 1 / (1 + e^-x), by e^-|x|, which cannot overflow. */
    static void sigmoid(float[] x, int xo, float[] y, int yo, int n) {
        for (int i = 0; i < n; i += STRETCH) {
            sigmoidStretch(x, xo + i, y, yo + i, Math.min(STRETCH, n - i));
        }
    }

    private static void sigmoidStretch(float[] x, int xo, float[] y, int yo, int n) {
        absolute(-1f, x, xo, y, yo, n);
        Exp.run(y, yo, y, yo, n);
        int end = Lanes.end(n);
        FloatVector one = FloatVector.broadcast(F, 1f);
        for (int i = 0; i < end; i += L) {
            FloatVector e = FloatVector.fromArray(F, y, yo + i);
            FloatVector top = one.blend(e, FloatVector.fromArray(F, x, xo + i).compare(LT, 0f));
            top.div(e.add(1f)).intoArray(y, yo + i);
        }
        for (int i = end; i < n; i++) {
            float e = y[yo + i];
            y[yo + i] = (x[xo + i] < 0f ? e : 1f) / (e + 1f);
        }
    }

    /** x sigmoid(x). */
    static void silu(float[] x, int xo, float[] y, int yo, int n) {
        for (int i = 0; i < n; i += STRETCH) {
            int m = Math.min(STRETCH, n - i);
            sigmoidStretch(x, xo + i, y, yo + i, m);
            BinaryKernels.mul(x, xo + i, y, yo + i, y, yo + i, m);
        }
    }

    /** scale * |x|. */
    private static void absolute(float scale, float[] x, int xo, float[] y, int yo, int n) {
        int end = Lanes.end(n);
        for (int i = 0; i < end; i += L) {
            FloatVector.fromArray(F, x, xo + i).abs().mul(scale).intoArray(y, yo + i);
        }
        for (int i = end; i < n; i++) {
            y[yo + i] = Math.abs(x[xo + i]) * scale;
        }
    }

    /** 1 - 2 / (e^2|x| + 1) with the sign of x, and a polynomial where that would cancel. */
    static void tanh(float[] x, int xo, float[] y, int yo, int n) {
        for (int i = 0; i < n; i += STRETCH) {
            int m = Math.min(STRETCH, n - i);
            absolute(2f, x, xo + i, y, yo + i, m);
            Exp.run(y, yo + i, y, yo + i, m);
            tanhOfExp(x, xo + i, y, yo + i, m);
        }
    }

    private static void tanhOfExp(float[] x, int xo, float[] y, int yo, int n) {
        int end = Lanes.end(n);
        FloatVector one = FloatVector.broadcast(F, 1f);
        FloatVector two = FloatVector.broadcast(F, 2f);
        FloatVector t0 = FloatVector.broadcast(F, T0);
        FloatVector t1 = FloatVector.broadcast(F, T1);
        FloatVector t2 = FloatVector.broadcast(F, T2);
        FloatVector t3 = FloatVector.broadcast(F, T3);
        FloatVector t4 = FloatVector.broadcast(F, T4);
        for (int i = 0; i < end; i += L) {
            FloatVector v = FloatVector.fromArray(F, x, xo + i);
            FloatVector z = v.mul(v);
            FloatVector near =
                    z.fma(t4, t3).fma(z, t2).fma(z, t1).fma(z, t0).mul(z).fma(v, v);
            FloatVector far =
                    one.sub(two.div(FloatVector.fromArray(F, y, yo + i).add(1f)));
            far = far.blend(far.neg(), v.compare(LT, 0f));
            far.blend(near, v.abs().compare(LT, 0.625f)).intoArray(y, yo + i);
        }
        for (int i = end; i < n; i++) {
            float v = x[xo + i];
            float z = v * v;
            if (Math.abs(v) < 0.625f) {
                float p = Math.fma(z, T4, T3);
                p = Math.fma(p, z, T2);
                p = Math.fma(p, z, T1);
                p = Math.fma(p, z, T0);
                y[yo + i] = Math.fma(p * z, v, v);
            } else {
                float far = 1f - 2f / (y[yo + i] + 1f);
                y[yo + i] = v < 0f ? -far : far;
            }
        }
    }

    /** log(1 + e^x) = max(x, 0) + log(1 + e^-|x|); what 1 + e loses to rounding is added to its logarithm. */
    static void softplus(float[] x, int xo, float[] y, int yo, int n) {
        float[] e = Scratch.mine().rows(STRETCH);
        for (int i = 0; i < n; i += STRETCH) {
            int m = Math.min(STRETCH, n - i);
            absolute(-1f, x, xo + i, e, 0, m);
            Exp.run(e, 0, e, 0, m);
            BinaryKernels.add(e, 0, 1f, y, yo + i, m);
            Log.run(y, yo + i, y, yo + i, m);
            softplusOfLog(x, xo + i, e, y, yo + i, m);
        }
    }

    private static void softplusOfLog(float[] x, int xo, float[] e, float[] y, int yo, int n) {
        int end = Lanes.end(n);
        for (int i = 0; i < end; i += L) {
            FloatVector v = FloatVector.fromArray(F, x, xo + i);
            FloatVector t = FloatVector.fromArray(F, e, i);
            FloatVector u = t.add(1f);
            FloatVector lost = t.sub(u.sub(1f)).div(u);
            FloatVector log = FloatVector.fromArray(F, y, yo + i).add(lost);
            v.blend(0f, v.compare(LT, 0f)).add(log).intoArray(y, yo + i);
        }
        for (int i = end; i < n; i++) {
            float v = x[xo + i];
            float u = e[i] + 1f;
            float lost = (e[i] - (u - 1f)) / u;
            y[yo + i] = (v < 0f ? 0f : v) + (y[yo + i] + lost);
        }
    }

    /** x Phi(x) = x/2 (1 + erf(x / sqrt 2)). */
    static void gelu(float[] x, int xo, float[] y, int yo, int n) {
        for (int i = 0; i < n; i += STRETCH) {
            int m = Math.min(STRETCH, n - i);
            Erf.run(x, xo + i, HALF_ROOT, y, yo + i, m);
            geluOfErf(x, xo + i, y, yo + i, m);
        }
    }

    /** Phi(x) + x phi(x) = 1/2 (1 + erf(x / sqrt 2)) + x e^(-x^2/2) / sqrt(2 pi). */
    static void geluSlope(float[] x, int xo, float[] y, int yo, int n) {
        float[] bell = Scratch.mine().rows(STRETCH);
        for (int i = 0; i < n; i += STRETCH) {
            int m = Math.min(STRETCH, n - i);
            minusHalfSquare(x, xo + i, bell, m);
            Exp.run(bell, 0, bell, 0, m);
            Erf.run(x, xo + i, HALF_ROOT, y, yo + i, m);
            geluSlopeOfBoth(x, xo + i, bell, y, yo + i, m);
        }
    }

    private static void minusHalfSquare(float[] x, int xo, float[] y, int n) {
        int end = Lanes.end(n);
        for (int i = 0; i < end; i += L) {
            FloatVector v = FloatVector.fromArray(F, x, xo + i);
            v.mul(-0.5f).mul(v).intoArray(y, i);
        }
        for (int i = end; i < n; i++) {
            y[i] = x[xo + i] * -0.5f * x[xo + i];
        }
    }

    private static void geluSlopeOfBoth(float[] x, int xo, float[] bell, float[] y, int yo, int n) {
        int end = Lanes.end(n);
        FloatVector half = FloatVector.broadcast(F, 0.5f);
        for (int i = 0; i < end; i += L) {
            FloatVector density = FloatVector.fromArray(F, bell, i).mul(DENSITY);
            FloatVector phi = FloatVector.fromArray(F, y, yo + i).fma(half, half);
            FloatVector.fromArray(F, x, xo + i).fma(density, phi).intoArray(y, yo + i);
        }
        for (int i = end; i < n; i++) {
            float phi = Math.fma(y[yo + i], 0.5f, 0.5f);
            y[yo + i] = Math.fma(x[xo + i], bell[i] * DENSITY, phi);
        }
    }

    private static void geluOfErf(float[] x, int xo, float[] y, int yo, int n) {
        int end = Lanes.end(n);
        for (int i = 0; i < end; i += L) {
            FloatVector h = FloatVector.fromArray(F, x, xo + i).mul(0.5f);
            FloatVector.fromArray(F, y, yo + i).fma(h, h).intoArray(y, yo + i);
        }
        for (int i = end; i < n; i++) {
            float h = x[xo + i] * 0.5f;
            y[yo + i] = Math.fma(y[yo + i], h, h);
        }
    }
}
