package org.einthoven.tensor.simd;

import static jdk.incubator.vector.VectorOperators.ASHR;
import static jdk.incubator.vector.VectorOperators.EQ;
import static jdk.incubator.vector.VectorOperators.I2F;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LT;
import static jdk.incubator.vector.VectorOperators.NE;
import static org.einthoven.tensor.simd.Lanes.F;
import static org.einthoven.tensor.simd.Lanes.L;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;

/**
 * log x within 1 unit in the last place: x = 2^n (1 + f) with 1 + f between the roots of 1/2 and 2, and a minimax polynomial
 * in f. Same bits on vectors and on one float, as in {@link Exp}.
 */
final class Log {
    private static final int ROOT_HALF = Float.floatToRawIntBits(0.70710678f);
    private static final float LN2 = 0.693147182f;

    /** What LN2 is too large by. */
    private static final float LN2_REST = 1.90465421e-9f;

    /** (log(1 + f) - f + f^2/2) / f^3, lowest power first; error 6e-9. */
    private static final float P0 = 0.3333333f;

    private static final float P1 = -0.25000829f;
    private static final float P2 = 0.2000126f;
    private static final float P3 = -0.1662306f;
    private static final float P4 = 0.14200735f;
    private static final float P5 = -0.13162196f;
    private static final float P6 = 0.12770309f;
    private static final float P7 = -0.07640227f;

    private Log() {}

    /** y[yo + i] = log x[xo + i] for i below n; y may be x. */
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
        FloatVector p0 = FloatVector.broadcast(F, P0);
        FloatVector p1 = FloatVector.broadcast(F, P1);
        FloatVector p2 = FloatVector.broadcast(F, P2);
        FloatVector p3 = FloatVector.broadcast(F, P3);
        FloatVector p4 = FloatVector.broadcast(F, P4);
        FloatVector p5 = FloatVector.broadcast(F, P5);
        FloatVector p6 = FloatVector.broadcast(F, P6);
        FloatVector p7 = FloatVector.broadcast(F, P7);
        FloatVector minusHalf = FloatVector.broadcast(F, -0.5f);
        FloatVector ln2 = FloatVector.broadcast(F, LN2);
        FloatVector rest = FloatVector.broadcast(F, -LN2_REST);
        for (int i = 0; i < end; i += L) {
            FloatVector v = FloatVector.fromArray(F, x, xo + i);
            VectorMask<Float> tiny = v.compare(LT, Float.MIN_NORMAL);
            IntVector bits = v.blend(v.mul(0x1p23f), tiny).reinterpretAsInts();
            IntVector e = bits.sub(ROOT_HALF).lanewise(ASHR, 23);
            FloatVector f = bits.sub(e.lanewise(LSHL, 23)).reinterpretAsFloats().sub(1f);
            FloatVector n = (FloatVector) e.convert(I2F, 0);
            n = n.blend(n.sub(23f), tiny);
            FloatVector p = f.fma(p7, p6)
                    .fma(f, p5)
                    .fma(f, p4)
                    .fma(f, p3)
                    .fma(f, p2)
                    .fma(f, p1)
                    .fma(f, p0);
            FloatVector square = f.mul(f);
            FloatVector r = n.fma(rest, p.mul(square).mul(f));
            r = square.fma(minusHalf, r).add(f);
            r = n.fma(ln2, r);
            r = r.blend(Float.POSITIVE_INFINITY, v.compare(EQ, Float.POSITIVE_INFINITY));
            r = r.blend(Float.NaN, v.compare(LT, 0f));
            r = r.blend(Float.NEGATIVE_INFINITY, v.compare(EQ, 0f));
            r.blend(v, v.compare(NE, v)).intoArray(y, yo + i);
        }
    }

    /** The same for one value. */
    static float of(float x) {
        boolean tiny = x < Float.MIN_NORMAL;
        int bits = Float.floatToRawIntBits(tiny ? x * 0x1p23f : x);
        int e = (bits - ROOT_HALF) >> 23;
        float f = Float.intBitsToFloat(bits - (e << 23)) - 1f;
        float n = tiny ? e - 23f : e;
        float p = Math.fma(f, P7, P6);
        p = Math.fma(p, f, P5);
        p = Math.fma(p, f, P4);
        p = Math.fma(p, f, P3);
        p = Math.fma(p, f, P2);
        p = Math.fma(p, f, P1);
        p = Math.fma(p, f, P0);
        float square = f * f;
        float r = Math.fma(n, -LN2_REST, p * square * f);
        r = Math.fma(square, -0.5f, r) + f;
        r = Math.fma(n, LN2, r);
        if (x == Float.POSITIVE_INFINITY || Float.isNaN(x)) {
            return x;
        }
        return x < 0f ? Float.NaN : x == 0f ? Float.NEGATIVE_INFINITY : r;
    }
}
