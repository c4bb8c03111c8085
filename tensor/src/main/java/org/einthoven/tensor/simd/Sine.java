package org.einthoven.tensor.simd;

import static jdk.incubator.vector.VectorOperators.NE;
import static org.einthoven.tensor.simd.Lanes.F;
import static org.einthoven.tensor.simd.Lanes.L;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;

/**
 * Sine and cosine: x = k pi/2 + r with pi/2 in three parts, and a minimax polynomial in r. Larger angles, for which that
 * loses digits, are left to StrictMath. Same bits on vectors and on one float, as in {@link Exp}.
 */
final class Sine {
    private static final float MAX = 32_768f;
    private static final float MAGIC = 0x1.8p23f;
    private static final int MAGIC_BITS = Float.floatToRawIntBits(MAGIC);
    private static final float TWO_OVER_PI = 0.636619772f;
    private static final float PART0 = 1.57079637f;
    private static final float PART1 = -4.37113883e-8f;
    private static final float PART2 = -1.71512451e-15f;

    /** (sin(r) / r - 1) / r^2 in powers of r^2 on |r| &lt; pi/4; error 4e-9. */
    private static final float S0 = -0.16666654f;

    private static final float S1 = 0.0083321314f;
    private static final float S2 = -0.00019510838f;

    /** (cos(r) - 1 + r^2/2) / r^4 in powers of r^2 on |r| &lt; pi/4; error 1e-10. */
    private static final float C0 = 0.041666646f;

    private static final float C1 = -0.0013887306f;
    private static final float C2 = 2.4431203e-5f;

    private Sine() {}

    /** y[yo + i] = sin(x[xo + i] + quarters pi/2) for i below n: the sine for 0 quarters, the cosine for 1. */
    static void run(float[] x, int xo, int quarters, float[] y, int yo, int n) {
        int end = Lanes.end(n);
        if (end > 0) {
            vectors(x, xo, quarters, y, yo, end);
        }
        for (int i = end; i < n; i++) {
            y[yo + i] = of(x[xo + i], quarters);
        }
        for (int i = 0; i < n; i++) {
            float v = x[xo + i];
            if (Math.abs(v) > MAX) {
                y[yo + i] = (float) (quarters == 0 ? StrictMath.sin(v) : StrictMath.cos(v));
            }
        }
    }

    private static void vectors(float[] x, int xo, int quarters, float[] y, int yo, int end) {
        FloatVector toQuarters = FloatVector.broadcast(F, TWO_OVER_PI);
        FloatVector magic = FloatVector.broadcast(F, MAGIC);
        FloatVector part0 = FloatVector.broadcast(F, -PART0);
        FloatVector part1 = FloatVector.broadcast(F, -PART1);
        FloatVector part2 = FloatVector.broadcast(F, -PART2);
        FloatVector s0 = FloatVector.broadcast(F, S0);
        FloatVector s1 = FloatVector.broadcast(F, S1);
        FloatVector s2 = FloatVector.broadcast(F, S2);
        FloatVector c0 = FloatVector.broadcast(F, C0);
        FloatVector c1 = FloatVector.broadcast(F, C1);
        FloatVector c2 = FloatVector.broadcast(F, C2);
        FloatVector one = FloatVector.broadcast(F, 1f);
        FloatVector minusHalf = FloatVector.broadcast(F, -0.5f);
        for (int i = 0; i < end; i += L) {
            FloatVector v = FloatVector.fromArray(F, x, xo + i);
            FloatVector k = v.fma(toQuarters, magic);
            IntVector quadrant = k.reinterpretAsInts().sub(MAGIC_BITS).add(quarters);
            k = k.sub(magic);
            FloatVector r = k.fma(part0, v);
            r = k.fma(part1, r);
            r = k.fma(part2, r);
            FloatVector z = r.mul(r);
            FloatVector s = z.fma(s2, s1).fma(z, s0).mul(z).fma(r, r);
            FloatVector c = z.fma(c2, c1).fma(z, c0).mul(z).fma(z, z.fma(minusHalf, one));
            FloatVector w = s.blend(c, quadrant.and(1).compare(NE, 0).cast(F));
            w.blend(w.neg(), quadrant.and(2).compare(NE, 0).cast(F)).intoArray(y, yo + i);
        }
    }

    private static float of(float x, int quarters) {
        float k = Math.fma(x, TWO_OVER_PI, MAGIC);
        int quadrant = Float.floatToRawIntBits(k) - MAGIC_BITS + quarters;
        k = k - MAGIC;
        float r = Math.fma(k, -PART0, x);
        r = Math.fma(k, -PART1, r);
        r = Math.fma(k, -PART2, r);
        float z = r * r;
        float w;
        if ((quadrant & 1) == 0) {
            float s = Math.fma(z, S2, S1);
            s = Math.fma(s, z, S0);
            w = Math.fma(s * z, r, r);
        } else {
            float c = Math.fma(z, C2, C1);
            c = Math.fma(c, z, C0);
            w = Math.fma(c * z, z, Math.fma(z, -0.5f, 1f));
        }
        return (quadrant & 2) == 0 ? w : -w;
    }
}
