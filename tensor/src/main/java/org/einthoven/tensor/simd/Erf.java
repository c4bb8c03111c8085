package org.einthoven.tensor.simd;

import static jdk.incubator.vector.VectorOperators.GE;
import static jdk.incubator.vector.VectorOperators.LE;
import static org.einthoven.tensor.simd.Lanes.F;
import static org.einthoven.tensor.simd.Lanes.L;

import jdk.incubator.vector.FloatVector;

/**
 * The error function within 5 units in the last place, as x P(x^2) / Q(x^2) with a minimax fit made for this file. Same bits
 * on vectors and on one float, as in {@link Exp}.
 */
final class Erf {
    /** erf(x) / x = P / Q on |x| &lt; 3.95, lowest power first, Q0 = 1; error 2e-8. */
    private static final float P0 = 1.1283791f;

    private static final float P1 = 0.19155109f;
    private static final float P2 = 0.05287543f;
    private static final float P3 = 0.0038081647f;
    private static final float P4 = 0.00028468267f;
    private static final float P5 = 2.0258337e-6f;
    private static final float Q1 = 0.50309044f;
    private static final float Q2 = 0.11455984f;
    private static final float Q3 = 0.015055097f;
    private static final float Q4 = 0.0011707172f;
    private static final float Q5 = 3.7830767e-5f;

    /** From here on erf rounds to 1. */
    private static final float MAX = 3.92f;

    private Erf() {}

    /** y[yo + i] = erf(scale * x[xo + i]) for i below n. */
    static void run(float[] x, int xo, float scale, float[] y, int yo, int n) {
        int end = Lanes.end(n);
        if (end > 0) {
            vectors(x, xo, scale, y, yo, end);
        }
        for (int i = end; i < n; i++) {
            y[yo + i] = of(scale * x[xo + i]);
        }
    }

    private static void vectors(float[] x, int xo, float scale, float[] y, int yo, int end) {
        FloatVector p0 = FloatVector.broadcast(F, P0);
        FloatVector p1 = FloatVector.broadcast(F, P1);
        FloatVector p2 = FloatVector.broadcast(F, P2);
        FloatVector p3 = FloatVector.broadcast(F, P3);
        FloatVector p4 = FloatVector.broadcast(F, P4);
        FloatVector p5 = FloatVector.broadcast(F, P5);
        FloatVector q0 = FloatVector.broadcast(F, 1f);
        FloatVector q1 = FloatVector.broadcast(F, Q1);
        FloatVector q2 = FloatVector.broadcast(F, Q2);
        FloatVector q3 = FloatVector.broadcast(F, Q3);
        FloatVector q4 = FloatVector.broadcast(F, Q4);
        FloatVector q5 = FloatVector.broadcast(F, Q5);
        for (int i = 0; i < end; i += L) {
            FloatVector v = FloatVector.fromArray(F, x, xo + i).mul(scale);
            FloatVector z = v.mul(v);
            FloatVector p = z.fma(p5, p4).fma(z, p3).fma(z, p2).fma(z, p1).fma(z, p0);
            FloatVector q = z.fma(q5, q4).fma(z, q3).fma(z, q2).fma(z, q1).fma(z, q0);
            FloatVector r = v.mul(p).div(q);
            r = r.blend(1f, v.compare(GE, MAX));
            r.blend(-1f, v.compare(LE, -MAX)).intoArray(y, yo + i);
        }
    }

    /** The same for one value. */
    static float of(float x) {
        float z = x * x;
        float p = Math.fma(z, P5, P4);
        p = Math.fma(p, z, P3);
        p = Math.fma(p, z, P2);
        p = Math.fma(p, z, P1);
        p = Math.fma(p, z, P0);
        float q = Math.fma(z, Q5, Q4);
        q = Math.fma(q, z, Q3);
        q = Math.fma(q, z, Q2);
        q = Math.fma(q, z, Q1);
        q = Math.fma(q, z, 1f);
        return x >= MAX ? 1f : x <= -MAX ? -1f : x * p / q;
    }
}
