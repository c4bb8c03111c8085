package org.einthoven.tensor.simd;

import static jdk.incubator.vector.VectorOperators.ASHR;
import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LT;
import static org.einthoven.tensor.simd.Lanes.F;
import static org.einthoven.tensor.simd.Lanes.L;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;

/**
 * e^x within 1 unit in the last place: x = n ln 2 + r with |r| below ln(2)/2 (Cody and Waite, "Software Manual for the
 * Elementary Functions", 1980), a minimax polynomial in r, and 2^n by its exponent bits.
 *
 * <p>The vector loop and the scalar function do the same operations in the same order, so they have the same bits.
 * ({@code lanewise(EXP)} is as fast, but cold code and hot disagree.) A loop calls methods of the JDK only: vectors that pass
 * through helpers of our own are sometimes not inlined, and then boxed.
 */
final class Exp {
    /** Adding it rounds to an integer, which then stands in the low bits. */
    private static final float MAGIC = 0x1.8p23f;

    private static final int MAGIC_BITS = Float.floatToRawIntBits(MAGIC);
    private static final float LOG2_E = 1.44269504f;
    private static final float LN2 = 0.693147182f;

    /** What LN2 is too large by. */
    private static final float LN2_REST = 1.90465421e-9f;

    /** Below, e^x rounds to 0; above, to infinity. */
    private static final float MIN = -104f;

    private static final float MAX = 89f;

    /** (e^r - 1 - r) / r^2 on |r| &lt; ln(2)/2, lowest power first; error 3e-9. */
    private static final float E0 = 0.49999994f;

    private static final float E1 = 0.1666652f;
    private static final float E2 = 0.041668393f;
    private static final float E3 = 0.008368781f;
    private static final float E4 = 0.0013814465f;

    private Exp() {}

    /** y[yo + i] = e^x[xo + i] for i below n; y may be x. */
    static void run(float[] x, int xo, float[] y, int yo, int n) {
        int end = Lanes.end(n);
        if (end > 0) {
            vectors(x, xo, y, yo, end);
        }
        for (int i = end; i < n; i++) {
            y[yo + i] = of(x[xo + i]);
        }
    }

    private static void vectors(float[] x, int xo, float[] y, int yo, int end) {
        FloatVector log2e = FloatVector.broadcast(F, LOG2_E);
        FloatVector magic = FloatVector.broadcast(F, MAGIC);
        FloatVector ln2 = FloatVector.broadcast(F, -LN2);
        FloatVector rest = FloatVector.broadcast(F, LN2_REST);
        FloatVector e0 = FloatVector.broadcast(F, E0);
        FloatVector e1 = FloatVector.broadcast(F, E1);
        FloatVector e2 = FloatVector.broadcast(F, E2);
        FloatVector e3 = FloatVector.broadcast(F, E3);
        FloatVector e4 = FloatVector.broadcast(F, E4);
        for (int i = 0; i < end; i += L) {
            FloatVector v = FloatVector.fromArray(F, x, xo + i);
            v = v.blend(MIN, v.compare(LT, MIN));
            v = v.blend(MAX, v.compare(GT, MAX));
            FloatVector z = v.fma(log2e, magic);
            FloatVector k = z.sub(magic);
            FloatVector r = k.fma(ln2, v);
            r = k.fma(rest, r);
            FloatVector p = r.fma(e4, e3).fma(r, e2).fma(r, e1).fma(r, e0);
            p = p.mul(r).fma(r, r).add(1f);
            // 2^k in two factors, for results below the normal numbers.
            IntVector exponent = z.reinterpretAsInts().sub(MAGIC_BITS);
            IntVector half = exponent.lanewise(ASHR, 1);
            FloatVector s = half.add(127).lanewise(LSHL, 23).reinterpretAsFloats();
            FloatVector t = exponent.sub(half).add(127).lanewise(LSHL, 23).reinterpretAsFloats();
            p.mul(s).mul(t).intoArray(y, yo + i);
        }
    }

    /** The same for one value. */
    static float of(float x) {
        float v = x < MIN ? MIN : x;
        v = v > MAX ? MAX : v;
        float z = Math.fma(v, LOG2_E, MAGIC);
        float k = z - MAGIC;
        float r = Math.fma(k, -LN2, v);
        r = Math.fma(k, LN2_REST, r);
        float p = Math.fma(r, E4, E3);
        p = Math.fma(p, r, E2);
        p = Math.fma(p, r, E1);
        p = Math.fma(p, r, E0);
        p = Math.fma(p * r, r, r) + 1f;
        int exponent = Float.floatToRawIntBits(z) - MAGIC_BITS;
        int half = exponent >> 1;
        float s = Float.intBitsToFloat((half + 127) << 23);
        float t = Float.intBitsToFloat((exponent - half + 127) << 23);
        return p * s * t;
    }
}
