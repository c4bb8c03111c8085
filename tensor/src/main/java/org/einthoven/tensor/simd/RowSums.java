package org.einthoven.tensor.simd;

import static jdk.incubator.vector.VectorOperators.MAX;
import static org.einthoven.tensor.simd.Lanes.F;
import static org.einthoven.tensor.simd.Lanes.L;

import jdk.incubator.vector.FloatVector;

/**
 * Sums over one dense row. The order is fixed by the row's length: four vectors of partial sums over blocks of 4 L, single
 * vectors into the first of them, the rest lane by lane, then the tree of {@link Lanes#sum}. Short rows are scalar code that
 * adds in the same order.
 */
final class RowSums {
    private RowSums() {}

    /** Sum of x[at .. at + n - 1]. */
    static float sum(float[] x, int at, int n) {
        float[] lanes = new float[L];
        int i = 0;
        if (n >= 4 * L) {
            FloatVector a = FloatVector.zero(F);
            FloatVector b = a;
            FloatVector c = a;
            FloatVector d = a;
            for (; i <= n - 4 * L; i += 4 * L) {
                a = a.add(FloatVector.fromArray(F, x, at + i));
                b = b.add(FloatVector.fromArray(F, x, at + i + L));
                c = c.add(FloatVector.fromArray(F, x, at + i + 2 * L));
                d = d.add(FloatVector.fromArray(F, x, at + i + 3 * L));
            }
            a.add(b).add(c.add(d)).intoArray(lanes, 0);
        }
        for (int j = 0; i + j < n; j++) {
            lanes[j % L] += x[at + i + j];
        }
        return Lanes.sum(lanes);
    }

    /** Sum of (x[i] - mean)^2. */
    static float squares(float[] x, int at, int n, float mean) {
        float[] lanes = new float[L];
        int i = 0;
        if (n >= 4 * L) {
            FloatVector a = FloatVector.zero(F);
            FloatVector b = a;
            FloatVector c = a;
            FloatVector d = a;
            FloatVector m = FloatVector.broadcast(F, mean);
            for (; i <= n - 4 * L; i += 4 * L) {
                FloatVector p = FloatVector.fromArray(F, x, at + i).sub(m);
                FloatVector q = FloatVector.fromArray(F, x, at + i + L).sub(m);
                FloatVector r = FloatVector.fromArray(F, x, at + i + 2 * L).sub(m);
                FloatVector s = FloatVector.fromArray(F, x, at + i + 3 * L).sub(m);
                a = p.fma(p, a);
                b = q.fma(q, b);
                c = r.fma(r, c);
                d = s.fma(s, d);
            }
            a.add(b).add(c.add(d)).intoArray(lanes, 0);
        }
        for (int j = 0; i + j < n; j++) {
            float d = x[at + i + j] - mean;
            lanes[j % L] = Math.fma(d, d, lanes[j % L]);
        }
        return Lanes.sum(lanes);
    }

    /** Largest element; NaN if there is one. Any order gives the same bits. */
    static float max(float[] x, int at, int n) {
        float top = Float.NEGATIVE_INFINITY;
        int i = 0;
        if (n >= 4 * L) {
            FloatVector a = FloatVector.fromArray(F, x, at);
            for (i = L; i <= n - L; i += L) {
                a = a.max(FloatVector.fromArray(F, x, at + i));
            }
            top = a.reduceLanes(MAX);
        }
        for (; i < n; i++) {
            top = Math.max(top, x[at + i]);
        }
        return top;
    }

    /** y[i] = e^(x[i] - top), and their sum. */
    static float exps(float[] x, int at, int n, float top, float[] y, int yo) {
        float[] lanes = new float[L];
        int i = 0;
        if (n >= 4 * L) {
            FloatVector a = FloatVector.zero(F);
            FloatVector t = FloatVector.broadcast(F, top);
            for (; i <= n - L; i += L) {
                FloatVector e = VectorMath.exp(FloatVector.fromArray(F, x, at + i).sub(t));
                e.intoArray(y, yo + i);
                a = a.add(e);
            }
            a.intoArray(lanes, 0);
        }
        for (int j = 0; i + j < n; j++) {
            float e = VectorMath.exp(x[at + i + j] - top);
            y[yo + i + j] = e;
            lanes[j % L] += e;
        }
        return Lanes.sum(lanes);
    }
}
