package org.einthoven.tensor.simd;

import static jdk.incubator.vector.VectorOperators.ASHR;
import static jdk.incubator.vector.VectorOperators.EQ;
import static jdk.incubator.vector.VectorOperators.GE;
import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LT;
import static org.einthoven.tensor.simd.Lanes.F;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;

/**
 * Elementary functions, each twice: on a vector and on one float, by the same operations in the same order, so the two have
 * the same bits. ({@code lanewise(EXP)} is as fast, but cold code and hot give other bits.) Within 1 to 4 units in the last
 * place. The polynomials are minimax fits made for this file; the reductions are those of Cody and Waite, "Software Manual
 * for the Elementary Functions" (1980).
 */
final class VectorMath {
    /** Adding it rounds to an integer, which then stands in the low bits. */
    private static final float MAGIC = 0x1.8p23f;

    private static final int MAGIC_BITS = Float.floatToRawIntBits(MAGIC);

    private static final float LOG2_E = 1.44269504f;
    private static final float LN2 = 0.693147182f;

    /** What LN2 is too large by. */
    private static final float LN2_REST = 1.90465421e-9f;

    /** Below, e^x rounds to 0; above, to infinity. */
    private static final float EXP_MIN = -104f;

    private static final float EXP_MAX = 89f;

    /** (e^r - 1 - r) / r^2 on |r| &lt; ln(2)/2, lowest power first; error 3e-9. */
    private static final float[] EXP = {0.49999994f, 0.1666652f, 0.041668393f, 0.008368781f, 0.0013814465f};

    /** (log(1 + f) - f + f^2/2) / f^3 for 1 + f between the roots of 1/2 and 2; error 6e-9. */
    private static final float[] LOG = {
        0.3333333f, -0.25000829f, 0.2000126f, -0.1662306f, 0.14200735f, -0.13162196f, 0.12770309f, -0.07640227f
    };

    /** (tanh(x) / x - 1) / x^2 in powers of x^2 on |x| &lt; 0.63; error 5e-9. */
    private static final float[] TANH = {-0.3333328f, 0.13331383f, -0.053734f, 0.020618122f, -0.0056793038f};

    /** erf(x) / x = P(x^2) / Q(x^2) on |x| &lt; 3.95, Q(0) = 1; error 2e-8. */
    private static final float[] ERF_P = {
        1.1283791f, 0.19155109f, 0.05287543f, 0.0038081647f, 0.00028468267f, 2.0258337e-6f
    };

    private static final float[] ERF_Q = {
        1f, 0.50309044f, 0.11455984f, 0.015055097f, 0.0011707172f, 3.7830767e-5f
    };

    /** From here on erf rounds to 1. */
    private static final float ERF_MAX = 3.92f;

    private static final float HALF_ROOT = 0.70710678f;

    private static final float TWO_OVER_PI = 0.636619772f;
    private static final float HALF_PI_0 = 1.57079637f;
    private static final float HALF_PI_1 = -4.37113883e-8f;
    private static final float HALF_PI_2 = -1.71512451e-15f;

    /** (sin(r) / r - 1) / r^2 in powers of r^2 on |r| &lt; pi/4; error 4e-9. */
    private static final float[] SIN = {-0.16666654f, 0.0083321314f, -0.00019510838f};

    /** (cos(r) - 1 + r^2/2) / r^4 in powers of r^2 on |r| &lt; pi/4; error 1e-10. */
    private static final float[] COS = {0.041666646f, -0.0013887306f, 2.4431203e-5f};

    /** Larger angles have lost too many digits to this reduction; the caller takes StrictMath. */
    static final float ANGLE_MAX = 32_768f;

    private VectorMath() {}

    // ------------------------------------------------------------------------------------------------ e^x

    static FloatVector exp(FloatVector x) {
        FloatVector v = x.blend(EXP_MIN, x.compare(LT, EXP_MIN));
        v = v.blend(EXP_MAX, v.compare(GT, EXP_MAX));
        FloatVector z = fma(v, LOG2_E, MAGIC);
        FloatVector n = z.sub(MAGIC);
        FloatVector r = fma(n, -LN2, v);
        r = fma(n, LN2_REST, r);
        FloatVector p = fma(r, EXP[4], EXP[3]);
        p = fma(p, r, EXP[2]);
        p = fma(p, r, EXP[1]);
        p = fma(p, r, EXP[0]);
        p = p.mul(r).fma(r, r).add(1f);
        // 2^n in two factors, for results below the normal numbers.
        IntVector i = z.reinterpretAsInts().sub(MAGIC_BITS);
        IntVector half = i.lanewise(ASHR, 1);
        FloatVector s = half.add(127).lanewise(LSHL, 23).reinterpretAsFloats();
        FloatVector t = i.sub(half).add(127).lanewise(LSHL, 23).reinterpretAsFloats();
        return p.mul(s).mul(t);
    }

    static float exp(float x) {
        float v = x < EXP_MIN ? EXP_MIN : x;
        v = v > EXP_MAX ? EXP_MAX : v;
        float z = Math.fma(v, LOG2_E, MAGIC);
        float n = z - MAGIC;
        float r = Math.fma(n, -LN2, v);
        r = Math.fma(n, LN2_REST, r);
        float p = Math.fma(r, EXP[4], EXP[3]);
        p = Math.fma(p, r, EXP[2]);
        p = Math.fma(p, r, EXP[1]);
        p = Math.fma(p, r, EXP[0]);
        p = Math.fma(p * r, r, r) + 1f;
        int i = Float.floatToRawIntBits(z) - MAGIC_BITS;
        int half = i >> 1;
        float s = Float.intBitsToFloat((half + 127) << 23);
        float t = Float.intBitsToFloat((i - half + 127) << 23);
        return p * s * t;
    }

    // ------------------------------------------------------------------------------------------------ log

    static FloatVector log(FloatVector x) {
        var tiny = x.compare(LT, Float.MIN_NORMAL);
        FloatVector v = x.blend(x.mul(0x1p23f), tiny);
        IntVector bits = v.reinterpretAsInts();
        IntVector e = bits.sub(Float.floatToRawIntBits(HALF_ROOT)).lanewise(ASHR, 23);
        FloatVector f = bits.sub(e.lanewise(LSHL, 23)).reinterpretAsFloats().sub(1f);
        FloatVector n = (FloatVector) e.convert(jdk.incubator.vector.VectorOperators.I2F, 0);
        n = n.blend(n.sub(23f), tiny);
        FloatVector p = fma(f, LOG[7], LOG[6]);
        p = fma(p, f, LOG[5]);
        p = fma(p, f, LOG[4]);
        p = fma(p, f, LOG[3]);
        p = fma(p, f, LOG[2]);
        p = fma(p, f, LOG[1]);
        p = fma(p, f, LOG[0]);
        FloatVector square = f.mul(f);
        FloatVector y = p.mul(square).mul(f);
        y = fma(n, -LN2_REST, y);
        y = fma(square, -0.5f, y).add(f);
        y = fma(n, LN2, y);
        y = y.blend(Float.POSITIVE_INFINITY, x.compare(EQ, Float.POSITIVE_INFINITY));
        y = y.blend(Float.NEGATIVE_INFINITY, x.compare(EQ, 0f));
        return y.blend(Float.NaN, x.compare(GE, 0f).not());
    }

    static float log(float x) {
        boolean tiny = x < Float.MIN_NORMAL;
        float v = tiny ? x * 0x1p23f : x;
        int bits = Float.floatToRawIntBits(v);
        int e = (bits - Float.floatToRawIntBits(HALF_ROOT)) >> 23;
        float f = Float.intBitsToFloat(bits - (e << 23)) - 1f;
        float n = tiny ? e - 23f : e;
        float p = Math.fma(f, LOG[7], LOG[6]);
        p = Math.fma(p, f, LOG[5]);
        p = Math.fma(p, f, LOG[4]);
        p = Math.fma(p, f, LOG[3]);
        p = Math.fma(p, f, LOG[2]);
        p = Math.fma(p, f, LOG[1]);
        p = Math.fma(p, f, LOG[0]);
        float square = f * f;
        float y = p * square * f;
        y = Math.fma(n, -LN2_REST, y);
        y = Math.fma(square, -0.5f, y) + f;
        y = Math.fma(n, LN2, y);
        y = x == Float.POSITIVE_INFINITY ? Float.POSITIVE_INFINITY : y;
        y = x == 0f ? Float.NEGATIVE_INFINITY : y;
        return x >= 0f ? y : Float.NaN;
    }

    // ------------------------------------------------------------------------------------------------ from e^x and log

    static FloatVector tanh(FloatVector x) {
        FloatVector a = x.abs();
        FloatVector z = x.mul(x);
        FloatVector p = fma(z, TANH[4], TANH[3]);
        p = fma(p, z, TANH[2]);
        p = fma(p, z, TANH[1]);
        p = fma(p, z, TANH[0]);
        FloatVector near = p.mul(z).fma(x, x);
        FloatVector far = FloatVector.broadcast(F, 1f).sub(FloatVector.broadcast(F, 2f).div(exp(a.add(a)).add(1f)));
        far = far.blend(far.neg(), x.compare(LT, 0f));
        return far.blend(near, a.compare(LT, 0.625f));
    }

    static float tanh(float x) {
        float a = Math.abs(x);
        if (a < 0.625f) {
            float z = x * x;
            float p = Math.fma(z, TANH[4], TANH[3]);
            p = Math.fma(p, z, TANH[2]);
            p = Math.fma(p, z, TANH[1]);
            p = Math.fma(p, z, TANH[0]);
            return Math.fma(p * z, x, x);
        }
        float far = 1f - 2f / (exp(a + a) + 1f);
        return x < 0f ? -far : far;
    }

    /** 1 / (1 + e^-x), by e^-|x|, which cannot overflow. */
    static FloatVector sigmoid(FloatVector x) {
        FloatVector e = exp(x.abs().neg());
        FloatVector d = e.add(1f);
        return FloatVector.broadcast(F, 1f).blend(e, x.compare(LT, 0f)).div(d);
    }

    static float sigmoid(float x) {
        float e = exp(-Math.abs(x));
        return (x < 0f ? e : 1f) / (e + 1f);
    }

    /** log(1 + e^x) = max(x, 0) + log(1 + e^-|x|); what 1 + e loses to rounding is added to its logarithm. */
    static FloatVector softplus(FloatVector x) {
        FloatVector e = exp(x.abs().neg());
        FloatVector u = e.add(1f);
        FloatVector lost = e.sub(u.sub(1f)).div(u);
        return x.blend(0f, x.compare(LT, 0f)).add(log(u).add(lost));
    }

    static float softplus(float x) {
        float e = exp(-Math.abs(x));
        float u = e + 1f;
        float lost = (e - (u - 1f)) / u;
        return (x < 0f ? 0f : x) + (log(u) + lost);
    }

    // ------------------------------------------------------------------------------------------------ error function

    static FloatVector erf(FloatVector x) {
        FloatVector z = x.mul(x);
        FloatVector p = fma(z, ERF_P[5], ERF_P[4]);
        p = fma(p, z, ERF_P[3]);
        p = fma(p, z, ERF_P[2]);
        p = fma(p, z, ERF_P[1]);
        p = fma(p, z, ERF_P[0]);
        FloatVector q = fma(z, ERF_Q[5], ERF_Q[4]);
        q = fma(q, z, ERF_Q[3]);
        q = fma(q, z, ERF_Q[2]);
        q = fma(q, z, ERF_Q[1]);
        q = fma(q, z, ERF_Q[0]);
        FloatVector y = x.mul(p).div(q);
        y = y.blend(1f, x.compare(GE, ERF_MAX));
        return y.blend(-1f, x.compare(jdk.incubator.vector.VectorOperators.LE, -ERF_MAX));
    }

    static float erf(float x) {
        float z = x * x;
        float p = Math.fma(z, ERF_P[5], ERF_P[4]);
        p = Math.fma(p, z, ERF_P[3]);
        p = Math.fma(p, z, ERF_P[2]);
        p = Math.fma(p, z, ERF_P[1]);
        p = Math.fma(p, z, ERF_P[0]);
        float q = Math.fma(z, ERF_Q[5], ERF_Q[4]);
        q = Math.fma(q, z, ERF_Q[3]);
        q = Math.fma(q, z, ERF_Q[2]);
        q = Math.fma(q, z, ERF_Q[1]);
        q = Math.fma(q, z, ERF_Q[0]);
        float y = x * p / q;
        return x >= ERF_MAX ? 1f : x <= -ERF_MAX ? -1f : y;
    }

    /** x Phi(x) = x/2 (1 + erf(x / sqrt 2)). */
    static FloatVector gelu(FloatVector x) {
        FloatVector h = x.mul(0.5f);
        return erf(x.mul(HALF_ROOT)).fma(h, h);
    }

    static float gelu(float x) {
        float h = x * 0.5f;
        return Math.fma(erf(x * HALF_ROOT), h, h);
    }

    // ------------------------------------------------------------------------------------------------ sine and cosine

    /** sin(x + quarters pi/2) for |x| up to ANGLE_MAX. */
    static FloatVector sin(FloatVector x, int quarters) {
        FloatVector k = fma(x, TWO_OVER_PI, MAGIC);
        IntVector quadrant = k.reinterpretAsInts().sub(MAGIC_BITS).add(quarters);
        k = k.sub(MAGIC);
        FloatVector r = fma(k, -HALF_PI_0, x);
        r = fma(k, -HALF_PI_1, r);
        r = fma(k, -HALF_PI_2, r);
        FloatVector z = r.mul(r);
        FloatVector s = fma(z, SIN[2], SIN[1]);
        s = fma(s, z, SIN[0]);
        s = s.mul(z).fma(r, r);
        FloatVector c = fma(z, COS[2], COS[1]);
        c = fma(c, z, COS[0]);
        c = c.mul(z).fma(z, fma(z, -0.5f, 1f));
        FloatVector y = s.blend(c, quadrant.and(1).compare(EQ, 1).cast(F));
        return y.blend(y.neg(), quadrant.and(2).compare(EQ, 2).cast(F));
    }

    static float sin(float x, int quarters) {
        float k = Math.fma(x, TWO_OVER_PI, MAGIC);
        int quadrant = Float.floatToRawIntBits(k) - MAGIC_BITS + quarters;
        k = k - MAGIC;
        float r = Math.fma(k, -HALF_PI_0, x);
        r = Math.fma(k, -HALF_PI_1, r);
        r = Math.fma(k, -HALF_PI_2, r);
        float z = r * r;
        float y;
        if ((quadrant & 1) == 0) {
            float s = Math.fma(z, SIN[2], SIN[1]);
            s = Math.fma(s, z, SIN[0]);
            y = Math.fma(s * z, r, r);
        } else {
            float c = Math.fma(z, COS[2], COS[1]);
            c = Math.fma(c, z, COS[0]);
            y = Math.fma(c * z, z, Math.fma(z, -0.5f, 1f));
        }
        return (quadrant & 2) == 0 ? y : -y;
    }

    private static FloatVector fma(FloatVector a, float b, float c) {
        return a.fma(FloatVector.broadcast(F, b), FloatVector.broadcast(F, c));
    }

    private static FloatVector fma(FloatVector a, float b, FloatVector c) {
        return a.fma(FloatVector.broadcast(F, b), c);
    }

    private static FloatVector fma(FloatVector a, FloatVector b, float c) {
        return a.fma(b, FloatVector.broadcast(F, c));
    }
}
