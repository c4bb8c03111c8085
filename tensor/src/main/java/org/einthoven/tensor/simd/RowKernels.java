package org.einthoven.tensor.simd;

import static org.einthoven.tensor.simd.Lanes.F;
import static org.einthoven.tensor.simd.Lanes.L;

import jdk.incubator.vector.FloatVector;
import org.einthoven.tensor.Layout;
import org.einthoven.tensor.Tensor;
import org.einthoven.tensor.Workspace;
import org.einthoven.tensor.op.Op;

/** Softmax and rotary embedding: each row of the last axis by itself, so its neighbours do not matter. */
final class RowKernels {
    private RowKernels() {}

    /** Floats that a stretch of rows may have to stay in the first-level cache. */
    private static final int STRETCH = 2048;

    /** Computes {@code rows} rows of {@code d} elements. */
    interface Rows {
        void run(float[] x, int xo, float[] y, int yo, int rows, int d);
    }

    /** A kernel over the rows of the last axis, of which it gets as many at a time as stay in the first-level cache. */
    static Tensor rows(Tensor x, long cost, Rows kernel) {
        Tensor c = Moves.contiguous(x);
        float[] v = Elementwise.array(c);
        int at = c.layout().offset();
        int d = x.shape().dim(-1);
        float[] y = Workspace.floats(x.shape().intSize("rows"));
        if (y.length > 0) {
            int stretch = Math.max(1, STRETCH / d);
            Chunks.ranges(y.length / d, cost * d, (from, to) -> {
                for (int r = from; r < to; r += stretch) {
                    kernel.run(v, at + r * d, y, r * d, Math.min(stretch, to - r), d);
                }
            });
        }
        return Tensor.of(y, x.shape().toArray());
    }

    /** The exponentials of several rows are taken at once, so that short rows fill vectors too. */
    static Tensor softmax(Tensor x) {
        return rows(x, 8, RowKernels::softmax);
    }

    static void softmax(float[] x, int xo, float[] y, int yo, int rows, int d) {
        lessTheirLargest(x, xo, y, yo, rows, d);
        Exp.run(y, yo, y, yo, rows * d);
        for (int i = yo; i < yo + rows * d; i += d) {
            BinaryKernels.mul(y, i, 1f / RowSums.sum(y, i, d), y, i, d);
        }
    }

    static Tensor logSoftmax(Tensor x) {
        return rows(x, 8, (v, at, y, to, rows, d) -> {
            float[] e = Scratch.mine().rows(rows * d);
            lessTheirLargest(v, at, y, to, rows, d);
            Exp.run(y, to, e, 0, rows * d);
            for (int r = 0; r < rows; r++) {
                float log = (float) StrictMath.log(RowSums.sum(e, r * d, d));
                BinaryKernels.add(y, to + r * d, -log, y, to + r * d, d);
            }
        });
    }

    private static void lessTheirLargest(float[] x, int xo, float[] y, int yo, int rows, int d) {
        for (int r = 0; r < rows; r++) {
            BinaryKernels.add(x, xo + r * d, -RowSums.max(x, xo + r * d, d), y, yo + r * d, d);
        }
    }

    /** cos and sin are [T, D/2] and serve every leading index. */
    static Tensor rope(Tensor x, Tensor cos, Tensor sin, Op.Rope op) {
        Tensor c = Moves.contiguous(x);
        float[] v = Elementwise.array(c);
        int at = c.layout().offset();
        float[] y = Workspace.floats(x.shape().intSize("rope"));
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
                turn(
                        v,
                        at + r * d,
                        y,
                        r * d,
                        step,
                        gap,
                        cs,
                        cl.offset() + angles,
                        sn,
                        sl.offset() + angles,
                        sign,
                        half);
            }
        });
        return Tensor.of(y, x.shape().toArray());
    }

    /** Turns {@code pairs} pairs, whose first elements are {@code step} apart and whose second is {@code gap} further on. */
    static void turn(
            float[] x,
            int xo,
            float[] y,
            int yo,
            int step,
            int gap,
            float[] cos,
            int co,
            float[] sin,
            int so,
            float sign,
            int pairs) {
        int end = step == 1 && pairs >= L ? F.loopBound(pairs) : 0;
        for (int i = 0; i < end; i += L) {
            FloatVector a = FloatVector.fromArray(F, x, xo + i);
            FloatVector b = FloatVector.fromArray(F, x, xo + i + gap);
            FloatVector c = FloatVector.fromArray(F, cos, co + i);
            FloatVector s = FloatVector.fromArray(F, sin, so + i).mul(sign);
            a.fma(c, b.mul(s).neg()).intoArray(y, yo + i);
            b.fma(c, a.mul(s)).intoArray(y, yo + i + gap);
        }
        for (int i = end; i < pairs; i++) {
            float a = x[xo + i * step];
            float b = x[xo + i * step + gap];
            float c = cos[co + i];
            float s = sin[so + i] * sign;
            y[yo + i * step] = Math.fma(a, c, -(b * s));
            y[yo + i * step + gap] = Math.fma(b, c, a * s);
        }
    }
}
