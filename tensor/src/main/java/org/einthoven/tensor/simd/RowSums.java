package org.einthoven.tensor.simd;

import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.MAX;
import static org.einthoven.tensor.simd.Lanes.F;
import static org.einthoven.tensor.simd.Lanes.L;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/**
 * Sums over one dense row, in an order that the row's length fixes: four vectors of partial sums over blocks of 4 L, what is
 * left into the first of them, then the tree of {@link Lanes#sum}. Short rows are scalar code that adds in the same order.
 */
final class RowSums {
    private RowSums() {}

    /** Sum of x[at .. at + n - 1]. */
    static float sum(float[] x, int at, int n) {
        if (n < 4 * L) {
            float[] lanes = zeros();
            for (int i = 0; i < n; i++) {
                lanes[i % L] += x[at + i];
            }
            return Lanes.sum(lanes);
        }
        float[] lanes = Scratch.mine().lanes();
        FloatVector a = FloatVector.zero(F);
        FloatVector b = a;
        FloatVector c = a;
        FloatVector d = a;
        int i = 0;
        for (; i <= n - 4 * L; i += 4 * L) {
            a = a.add(FloatVector.fromArray(F, x, at + i));
            b = b.add(FloatVector.fromArray(F, x, at + i + L));
            c = c.add(FloatVector.fromArray(F, x, at + i + 2 * L));
            d = d.add(FloatVector.fromArray(F, x, at + i + 3 * L));
        }
        for (; i <= n - L; i += L) {
            a = a.add(FloatVector.fromArray(F, x, at + i));
        }
        if (i < n) {
            a = a.add(FloatVector.fromArray(F, x, at + i, F.indexInRange(i, n)));
        }
        a.add(b).add(c.add(d)).intoArray(lanes, 0);
        return Lanes.sumStored(lanes);
    }

    /** Sum of (x[i] - mean)^2. */
    static float squares(float[] x, int at, int n, float mean) {
        if (n < 4 * L) {
            float[] lanes = zeros();
            for (int i = 0; i < n; i++) {
                float d = x[at + i] - mean;
                lanes[i % L] = Math.fma(d, d, lanes[i % L]);
            }
            return Lanes.sum(lanes);
        }
        float[] lanes = Scratch.mine().lanes();
        FloatVector a = FloatVector.zero(F);
        FloatVector b = a;
        FloatVector c = a;
        FloatVector d = a;
        int i = 0;
        for (; i <= n - 4 * L; i += 4 * L) {
            FloatVector p = FloatVector.fromArray(F, x, at + i).sub(mean);
            FloatVector q = FloatVector.fromArray(F, x, at + i + L).sub(mean);
            FloatVector r = FloatVector.fromArray(F, x, at + i + 2 * L).sub(mean);
            FloatVector s = FloatVector.fromArray(F, x, at + i + 3 * L).sub(mean);
            a = p.fma(p, a);
            b = q.fma(q, b);
            c = r.fma(r, c);
            d = s.fma(s, d);
        }
        for (; i <= n - L; i += L) {
            FloatVector p = FloatVector.fromArray(F, x, at + i).sub(mean);
            a = p.fma(p, a);
        }
        if (i < n) {
            VectorMask<Float> tail = F.indexInRange(i, n);
            FloatVector p = FloatVector.fromArray(F, x, at + i, tail).sub(mean, tail);
            a = p.fma(p, a);
        }
        a.add(b).add(c.add(d)).intoArray(lanes, 0);
        return Lanes.sumStored(lanes);
    }

    /** Sum of a[i] (b[i] - shift). */
    static float products(float[] a, int ao, float[] b, int bo, int n, float shift) {
        if (n < 4 * L) {
            float[] lanes = zeros();
            for (int i = 0; i < n; i++) {
                lanes[i % L] = Math.fma(a[ao + i], b[bo + i] - shift, lanes[i % L]);
            }
            return Lanes.sum(lanes);
        }
        float[] lanes = Scratch.mine().lanes();
        FloatVector p = FloatVector.zero(F);
        FloatVector q = p;
        FloatVector r = p;
        FloatVector s = p;
        int i = 0;
        for (; i <= n - 4 * L; i += 4 * L) {
            p = FloatVector.fromArray(F, a, ao + i)
                    .fma(FloatVector.fromArray(F, b, bo + i).sub(shift), p);
            q = FloatVector.fromArray(F, a, ao + i + L)
                    .fma(FloatVector.fromArray(F, b, bo + i + L).sub(shift), q);
            r = FloatVector.fromArray(F, a, ao + i + 2 * L)
                    .fma(FloatVector.fromArray(F, b, bo + i + 2 * L).sub(shift), r);
            s = FloatVector.fromArray(F, a, ao + i + 3 * L)
                    .fma(FloatVector.fromArray(F, b, bo + i + 3 * L).sub(shift), s);
        }
        for (; i <= n - L; i += L) {
            p = FloatVector.fromArray(F, a, ao + i)
                    .fma(FloatVector.fromArray(F, b, bo + i).sub(shift), p);
        }
        if (i < n) {
            VectorMask<Float> tail = F.indexInRange(i, n);
            FloatVector v = FloatVector.fromArray(F, b, bo + i, tail).sub(shift, tail);
            p = FloatVector.fromArray(F, a, ao + i, tail).fma(v, p);
        }
        p.add(q).add(r.add(s)).intoArray(lanes, 0);
        return Lanes.sumStored(lanes);
    }

    private static float[] zeros() {
        float[] lanes = Scratch.mine().lanes();
        Arrays.fill(lanes, 0f);
        return lanes;
    }

    /**
     * Largest element of those that are numbers; minus infinity where none is. What {@code max} of vectors does besides, which is
     * to look for NaN and for the sign of zero, a softmax does not need: its sum is NaN when one element is.
     */
    static float max(float[] x, int at, int n) {
        float top = Float.NEGATIVE_INFINITY;
        if (n < 4 * L) {
            for (int i = 0; i < n; i++) {
                top = x[at + i] > top ? x[at + i] : top;
            }
            return top;
        }
        FloatVector a = FloatVector.broadcast(F, top);
        FloatVector b = a;
        int i = 0;
        for (; i <= n - 2 * L; i += 2 * L) {
            FloatVector v = FloatVector.fromArray(F, x, at + i);
            FloatVector w = FloatVector.fromArray(F, x, at + i + L);
            a = a.blend(v, v.compare(GT, a));
            b = b.blend(w, w.compare(GT, b));
        }
        for (; i < n; i += L) {
            FloatVector v = FloatVector.fromArray(F, x, at + Math.min(i, n - L));
            a = a.blend(v, v.compare(GT, a));
        }
        return a.max(b).reduceLanes(MAX);
    }
}
