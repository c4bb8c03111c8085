package org.einthoven.tensor.simd;

import static jdk.incubator.vector.VectorOperators.EQ;
import static jdk.incubator.vector.VectorOperators.LE;
import static jdk.incubator.vector.VectorOperators.LT;
import static org.einthoven.tensor.simd.Lanes.F;
import static org.einthoven.tensor.simd.Lanes.L;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/**
 * Comparisons and selection over one row, whose operands have a step of 0 (one value) or more. Vectors where the steps are 0
 * or 1: not so much for speed as because a branch on data is mispredicted every other time.
 */
final class Masks {
    private Masks() {}

    /** First element that is left to scalar code. */
    private static int end(int n, int as, int bs) {
        return as >>> 1 == 0 && bs >>> 1 == 0 ? Lanes.end(n) : 0;
    }

    private static FloatVector load(float[] x, int at, int step, int i) {
        return step == 0 ? FloatVector.broadcast(F, x[at]) : FloatVector.fromArray(F, x, at + i);
    }

    /** y[yo + i] = a[ao + i * as] < b[bo + i * bs] for i below n. */
    static void less(float[] a, int ao, int as, float[] b, int bo, int bs, boolean[] y, int yo, int n) {
        int end = end(n, as, bs);
        for (int i = 0; i < end; i += L) {
            load(a, ao, as, i).compare(LT, load(b, bo, bs, i)).intoArray(y, yo + i);
        }
        for (int i = end; i < n; i++) {
            y[yo + i] = a[ao + i * as] < b[bo + i * bs];
        }
    }

    /** y[yo + i] = a[ao + i * as] <= b[bo + i * bs] for i below n. */
    static void lessOrEqual(float[] a, int ao, int as, float[] b, int bo, int bs, boolean[] y, int yo, int n) {
        int end = end(n, as, bs);
        for (int i = 0; i < end; i += L) {
            load(a, ao, as, i).compare(LE, load(b, bo, bs, i)).intoArray(y, yo + i);
        }
        for (int i = end; i < n; i++) {
            y[yo + i] = a[ao + i * as] <= b[bo + i * bs];
        }
    }

    /** y[yo + i] = (a[ao + i * as] == b[bo + i * bs]) == is for i below n. */
    static void equal(boolean is, float[] a, int ao, int as, float[] b, int bo, int bs, boolean[] y, int yo, int n) {
        int end = end(n, as, bs);
        for (int i = 0; i < end; i += L) {
            VectorMask<Float> m = load(a, ao, as, i).compare(EQ, load(b, bo, bs, i));
            (is ? m : m.not()).intoArray(y, yo + i);
        }
        for (int i = end; i < n; i++) {
            y[yo + i] = a[ao + i * as] == b[bo + i * bs] == is;
        }
    }

    /** y[yo + i] = c[co + i * cs] ? a[ao + i * as] : b[bo + i * bs] for i below n. */
    static void select(
            boolean[] c,
            int co,
            int cs,
            float[] a,
            int ao,
            int as,
            float[] b,
            int bo,
            int bs,
            float[] y,
            int yo,
            int n) {
        int end = cs == 1 ? end(n, as, bs) : 0;
        for (int i = 0; i < end; i += L) {
            VectorMask<Float> m = VectorMask.fromArray(F, c, co + i);
            load(b, bo, bs, i).blend(load(a, ao, as, i), m).intoArray(y, yo + i);
        }
        for (int i = end; i < n; i++) {
            y[yo + i] = c[co + i * cs] ? a[ao + i * as] : b[bo + i * bs];
        }
    }
}
