package org.einthoven.tensor.simd;

import static org.einthoven.tensor.simd.Lanes.F;
import static org.einthoven.tensor.simd.Lanes.L;

import jdk.incubator.vector.FloatVector;
import org.einthoven.tensor.Layout;
import org.einthoven.tensor.Tensor;
import org.einthoven.tensor.op.Op;

/** Softmax, the norms and rotary embedding: each row of the last axis by itself, so its neighbours do not matter. */
final class RowKernels {
    private RowKernels() {}

    private interface Row {
        void run(float[] x, int xo, float[] y, int yo, int n);
    }

    private static Tensor rows(Tensor x, long cost, Row kernel) {
        Tensor c = Moves.contiguous(x);
        float[] v = Elementwise.array(c);
        int at = c.layout().offset();
        int d = x.shape().dim(-1);
        float[] y = new float[x.shape().intSize("rows")];
        if (y.length > 0) {
            Chunks.ranges(y.length / d, cost * d, (from, to) -> {
                for (int r = from; r < to; r++) {
                    kernel.run(v, at + r * d, y, r * d, d);
                }
            });
        }
        return Tensor.of(y, x.shape().toArray());
    }

    static Tensor softmax(Tensor x) {
        return rows(x, 8, (v, at, y, to, n) -> {
            float top = RowSums.max(v, at, n);
            float sum = RowSums.exps(v, at, n, top, y, to);
            scale(y, to, 0f, 1f / sum, y, to, n);
        });
    }

    static Tensor logSoftmax(Tensor x) {
        return rows(x, 8, (v, at, y, to, n) -> {
            float top = RowSums.max(v, at, n);
            float sum = RowSums.exps(v, at, n, top, y, to);
            float log = (float) StrictMath.log(sum);
            for (int i = 0; i < n; i++) {
                y[to + i] = v[at + i] - top - log;
            }
        });
    }

    static Tensor layerNorm(Tensor x, double eps) {
        return rows(x, 4, (v, at, y, to, n) -> {
            float mean = RowSums.sum(v, at, n) / n;
            float var = RowSums.squares(v, at, n, mean) / n;
            scale(v, at, mean, (float) (1 / Math.sqrt(var + eps)), y, to, n);
        });
    }

    static Tensor rmsNorm(Tensor x, double eps) {
        return rows(x, 4, (v, at, y, to, n) -> {
            float square = RowSums.squares(v, at, n, 0f) / n;
            scale(v, at, 0f, (float) (1 / Math.sqrt(square + eps)), y, to, n);
        });
    }

    /** y = (x - shift) * factor. */
    private static void scale(float[] x, int xo, float shift, float factor, float[] y, int yo, int n) {
        int i = 0;
        if (n >= 4 * L) {
            for (; i <= n - L; i += L) {
                FloatVector.fromArray(F, x, xo + i).sub(shift).mul(factor).intoArray(y, yo + i);
            }
        }
        for (; i < n; i++) {
            y[yo + i] = (x[xo + i] - shift) * factor;
        }
    }

    /** cos and sin are [T, D/2] and serve every leading index. */
    static Tensor rope(Tensor x, Tensor cos, Tensor sin, Op.Rope op) {
        Tensor c = Moves.contiguous(x);
        float[] v = Elementwise.array(c);
        int at = c.layout().offset();
        float[] y = new float[x.shape().intSize("rope")];
        if (y.length == 0) {
            return Tensor.of(y, x.shape().toArray());
        }
        Tensor cc = Moves.contiguous(cos);
        Tensor ss = Moves.contiguous(sin);
        float[] cs = Elementwise.array(cc);
        float[] sn = Elementwise.array(ss);
        int time = x.shape().dim(-2);
        int d = x.shape().dim(-1);
        int half = d / 2;
        float sign = op.inverse() ? -1f : 1f;
        int gap = op.interleaved() ? 1 : half;
        int step = op.interleaved() ? 2 : 1;
        Layout cl = cc.layout();
        Layout sl = ss.layout();
        Chunks.ranges(y.length / d, 2L * d, (from, to) -> {
            for (int r = from; r < to; r++) {
                int angles = r % time * half;
                turn(v, at + r * d, y, r * d, step, gap, cs, cl.offset() + angles, sn, sl.offset() + angles, sign, half);
            }
        });
        return Tensor.of(y, x.shape().toArray());
    }

    private static void turn(
            float[] x, int xo, float[] y, int yo, int step, int gap, float[] cos, int co, float[] sin, int so, float sign,
            int pairs) {
        for (int i = 0; i < pairs; i++) {
            float a = x[xo + i * step];
            float b = x[xo + i * step + gap];
            float c = cos[co + i];
            float s = sign * sin[so + i];
            y[yo + i * step] = Math.fma(a, c, -(b * s));
            y[yo + i * step + gap] = Math.fma(b, c, a * s);
        }
    }
}
