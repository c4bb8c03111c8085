package org.einthoven.tensor.simd;

import static org.einthoven.tensor.simd.Lanes.F;
import static org.einthoven.tensor.simd.Lanes.L;

import jdk.incubator.vector.FloatVector;

/** F32 rows in an array. */
final class DotF32 implements PackedDot {
    private final float[] w;
    private final int first;
    private final int down;
    private final float[] x;
    private final int at;
    private final int k;

    DotF32(float[] w, int first, int down, float[] x, int at, int k) {
        this.w = w;
        this.first = first;
        this.down = down;
        this.x = x;
        this.at = at;
        this.k = k;
    }

    @Override
    public void four(int r, int apart, float[] y, int yo) {
        if (k < 4 * L) {
            for (int i = 0; i < 4; i++) {
                one(r + i * apart, y, yo);
            }
            return;
        }
        float[] lanes = Scratch.mine().lanes();
        FloatVector a0 = FloatVector.zero(F);
        FloatVector a1 = a0;
        FloatVector a2 = a0;
        FloatVector a3 = a0;
        FloatVector b0 = a0;
        FloatVector b1 = a0;
        FloatVector b2 = a0;
        FloatVector b3 = a0;
        int p0 = first + r * down;
        int p1 = p0 + apart * down;
        int p2 = p1 + apart * down;
        int p3 = p2 + apart * down;
        int end = k - 2 * L + 1;
        int i = 0;
        for (; i < end; i += 2 * L) {
            FloatVector u = FloatVector.fromArray(F, x, at + i);
            FloatVector v = FloatVector.fromArray(F, x, at + i + L);
            a0 = u.fma(FloatVector.fromArray(F, w, p0 + i), a0);
            b0 = v.fma(FloatVector.fromArray(F, w, p0 + i + L), b0);
            a1 = u.fma(FloatVector.fromArray(F, w, p1 + i), a1);
            b1 = v.fma(FloatVector.fromArray(F, w, p1 + i + L), b1);
            a2 = u.fma(FloatVector.fromArray(F, w, p2 + i), a2);
            b2 = v.fma(FloatVector.fromArray(F, w, p2 + i + L), b2);
            a3 = u.fma(FloatVector.fromArray(F, w, p3 + i), a3);
            b3 = v.fma(FloatVector.fromArray(F, w, p3 + i + L), b3);
        }
        a0.add(b0).intoArray(lanes, 0);
        y[yo + r] = rest(p0, i, Lanes.sum(lanes));
        a1.add(b1).intoArray(lanes, 0);
        y[yo + r + apart] = rest(p1, i, Lanes.sum(lanes));
        a2.add(b2).intoArray(lanes, 0);
        y[yo + r + 2 * apart] = rest(p2, i, Lanes.sum(lanes));
        a3.add(b3).intoArray(lanes, 0);
        y[yo + r + 3 * apart] = rest(p3, i, Lanes.sum(lanes));
    }

    @Override
    public void one(int r, float[] y, int yo) {
        y[yo + r] = sum(w, first + r * down, x, at, k);
    }

    /** Sum of the k products of w from {@code p} and x from {@code at}. */
    static float sum(float[] w, int p, float[] x, int at, int k) {
        int i = 0;
        float sum = 0;
        if (k >= 4 * L) {
            float[] lanes = Scratch.mine().lanes();
            FloatVector a = FloatVector.zero(F);
            FloatVector b = a;
            for (; i < k - 2 * L + 1; i += 2 * L) {
                a = FloatVector.fromArray(F, x, at + i).fma(FloatVector.fromArray(F, w, p + i), a);
                b = FloatVector.fromArray(F, x, at + i + L).fma(FloatVector.fromArray(F, w, p + i + L), b);
            }
            a.add(b).intoArray(lanes, 0);
            sum = Lanes.sum(lanes);
        }
        return rest(w, p, x, at, i, k, sum);
    }

    private float rest(int p, int i, float sum) {
        return rest(w, p, x, at, i, k, sum);
    }

    private static float rest(float[] w, int p, float[] x, int at, int i, int k, float sum) {
        for (; i < k; i++) {
            sum = Math.fma(x[at + i], w[p + i], sum);
        }
        return sum;
    }
}
