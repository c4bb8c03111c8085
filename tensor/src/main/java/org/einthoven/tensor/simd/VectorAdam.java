package org.einthoven.tensor.simd;

import static org.einthoven.tensor.simd.Lanes.D;
import static org.einthoven.tensor.simd.Lanes.F;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import org.einthoven.tensor.backend.AdamKernel;

/** {@link AdamKernel}. No multiply-add is fused, since those of tensor operations are not. */
final class VectorAdam implements AdamKernel {
    /** Simple operations for one element: a root and a division among them, and seven streams of memory. */
    private static final int COST = 8;

    @Override
    public void run(Step step, float[] g, float[] w, float[] m, float[] v, float[] top) {
        Chunks.ranges(w.length, COST, (from, to) -> range(step, g, w, m, v, top, from, to));
    }

    @Override
    public void run(Step step, double[] g, double[] w, double[] m, double[] v, double[] top) {
        Chunks.ranges(w.length, COST, (from, to) -> range(step, g, w, m, v, top, from, to));
    }

    private static void range(Step step, float[] g, float[] w, float[] m, float[] v, float[] top, int from, int to) {
        float keep1 = (float) step.beta1();
        float add1 = (float) (1 - step.beta1());
        float keep2 = (float) step.beta2();
        float add2 = (float) (1 - step.beta2());
        float decay = (float) step.decay();
        float unbias = (float) step.unbias();
        float eps = (float) step.eps();
        float rate = (float) step.rate();
        int end = from + Lanes.end(to - from);
        for (int i = from; i < end; i += Lanes.L) {
            FloatVector d = FloatVector.fromArray(F, g, i);
            FloatVector a = FloatVector.fromArray(F, m, i).mul(keep1).add(d.mul(add1));
            FloatVector b =
                    FloatVector.fromArray(F, v, i).mul(keep2).add(d.mul(d).mul(add2));
            a.intoArray(m, i);
            b.intoArray(v, i);
            FloatVector largest = FloatVector.fromArray(F, top, i).max(b);
            largest.intoArray(top, i);
            FloatVector move = a.div(largest.sqrt().mul(unbias).add(eps)).mul(rate);
            FloatVector.fromArray(F, w, i).mul(decay).sub(move).intoArray(w, i);
        }
        for (int i = end; i < to; i++) {
            m[i] = m[i] * keep1 + g[i] * add1;
            v[i] = v[i] * keep2 + g[i] * g[i] * add2;
            top[i] = Math.max(top[i], v[i]);
            w[i] = w[i] * decay - m[i] / ((float) Math.sqrt(top[i]) * unbias + eps) * rate;
        }
    }

    private static void range(
            Step step, double[] g, double[] w, double[] m, double[] v, double[] top, int from, int to) {
        double add1 = 1 - step.beta1();
        double add2 = 1 - step.beta2();
        int end = to - from < Lanes.SHORT ? from : from + D.loopBound(to - from);
        for (int i = from; i < end; i += D.length()) {
            DoubleVector d = DoubleVector.fromArray(D, g, i);
            DoubleVector a = DoubleVector.fromArray(D, m, i).mul(step.beta1()).add(d.mul(add1));
            DoubleVector b = DoubleVector.fromArray(D, v, i)
                    .mul(step.beta2())
                    .add(d.mul(d).mul(add2));
            a.intoArray(m, i);
            b.intoArray(v, i);
            DoubleVector largest = DoubleVector.fromArray(D, top, i).max(b);
            largest.intoArray(top, i);
            DoubleVector move =
                    a.div(largest.sqrt().mul(step.unbias()).add(step.eps())).mul(step.rate());
            DoubleVector.fromArray(D, w, i).mul(step.decay()).sub(move).intoArray(w, i);
        }
        for (int i = end; i < to; i++) {
            m[i] = m[i] * step.beta1() + g[i] * add1;
            v[i] = v[i] * step.beta2() + g[i] * g[i] * add2;
            top[i] = Math.max(top[i], v[i]);
            w[i] = w[i] * step.decay() - m[i] / (Math.sqrt(top[i]) * step.unbias() + step.eps()) * step.rate();
        }
    }
}
