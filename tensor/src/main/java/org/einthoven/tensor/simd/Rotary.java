package org.einthoven.tensor.simd;

import static org.einthoven.tensor.simd.Lanes.F;
import static org.einthoven.tensor.simd.Lanes.L;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorShuffle;
import org.einthoven.tensor.Layout;
import org.einthoven.tensor.Nullable;
import org.einthoven.tensor.Shape;
import org.einthoven.tensor.Tensor;
import org.einthoven.tensor.Workspace;
import org.einthoven.tensor.op.Op;

/**
 * Rotary embedding (Su et al., arXiv 2104.09864) of [..., T, E]: pairs of a row are turned by angles of their place. Of wide
 * heads a vector holds a part; narrow ones, of which a vector holds several, are taken as a projection leaves them, the heads
 * [..., H, T, E] of a token side by side. The bits are the same.
 */
final class Rotary {
    /** Fewer elements are left to scalar code. */
    private static final int FEW = 512;

    private Rotary() {}

    /** cos and sin are [T, E/2] and serve every leading index. */
    static Tensor run(Tensor x, Tensor cos, Tensor sin, Op.Rope op) {
        int size = x.shape().intSize("rope");
        if (size == 0) {
            return Tensor.of(Workspace.floats(0), x.shape().toArray());
        }
        Tensor c = Moves.contiguous(cos);
        Tensor s = Moves.contiguous(sin);
        Layout tokens = size < FEW ? null : tokens(x);
        return tokens == null ? rows(x, c, s, op, size) : sideBySide(x, tokens, c, s, op, size);
    }

    /** The layout as [tokens, H E], or null where heads are wide or do not lie side by side. */
    private static @Nullable Layout tokens(Tensor x) {
        Layout l = x.layout();
        int e = x.dim(-1);
        if (x.rank() < 3 || L % e != 0 || l.stride(-1) != 1 || l.stride(-3) != e) {
            return null;
        }
        int width = x.dim(-3) * e;
        Layout heads = x.transpose(-3, -2).layout();
        Layout tokens = heads.reshape(Shape.of((int) (x.size() / width), width));
        return tokens == null || tokens.stride(1) != 1 ? null : tokens;
    }

    /** The result lies in memory as [..., T, H, E], as the operand does. */
    private static Tensor sideBySide(Tensor x, Layout tokens, Tensor cos, Tensor sin, Op.Rope op, int size) {
        int e = x.dim(-1);
        int time = x.dim(-2);
        int width = tokens.shape().dim(1);
        boolean[] second = new boolean[L];
        int[] pair = new int[L];
        int[] partner = new int[L];
        for (int i = 0; i < L; i++) {
            second[i] = op.interleaved() ? i % 2 == 1 : i % e >= e / 2;
            pair[i] = op.interleaved() ? i % e / 2 : i % (e / 2);
            int gap = op.interleaved() ? 1 : e / 2;
            partner[i] = second[i] ? i - gap : i + gap;
        }
        // One vector of each for a place: a cos - b sin where a stands, b cos + a sin where b does.
        float[] c = new float[time * L];
        float[] s = new float[time * L];
        for (int t = 0; t < time; t++) {
            for (int i = 0; i < L; i++) {
                int angle = t * (e / 2) + pair[i];
                c[t * L + i] = Elementwise.array(cos)[cos.layout().offset() + angle];
                float sine = Elementwise.array(sin)[sin.layout().offset() + angle];
                s[t * L + i] = second[i] == op.inverse() ? -sine : sine;
            }
        }
        float[] v = Elementwise.array(x);
        float[] y = Workspace.floats(size);
        Chunks.ranges(
                size / width, 2L * width, (from, to) -> turnTokens(v, tokens, partner, c, s, time, y, from, to, width));
        int[] dims = x.shape().toArray();
        dims[dims.length - 3] = time;
        dims[dims.length - 2] = x.dim(-3);
        return Tensor.of(y, dims).transpose(-3, -2);
    }

    private static void turnTokens(
            float[] x,
            Layout tokens,
            int[] partner,
            float[] cos,
            float[] sin,
            int time,
            float[] y,
            int from,
            int to,
            int width) {
        VectorShuffle<Float> swap = VectorShuffle.fromArray(F, partner, 0);
        int end = F.loopBound(width);
        for (int r = from; r < to; r++) {
            int at = tokens.offset() + r * tokens.stride(0);
            int angles = r % time * L;
            FloatVector c = FloatVector.fromArray(F, cos, angles);
            FloatVector s = FloatVector.fromArray(F, sin, angles);
            for (int i = 0; i < end; i += L) {
                FloatVector v = FloatVector.fromArray(F, x, at + i);
                v.fma(c, v.rearrange(swap).mul(s)).intoArray(y, r * width + i);
            }
            for (int i = end; i < width; i++) {
                float b = x[at + end + partner[i - end]];
                y[r * width + i] = Math.fma(x[at + i], cos[angles + i - end], b * sin[angles + i - end]);
            }
        }
    }

    private static Tensor rows(Tensor x, Tensor cos, Tensor sin, Op.Rope op, int size) {
        Tensor dense = Moves.contiguous(x);
        float[] v = Elementwise.array(dense);
        int at = dense.layout().offset();
        float[] y = Workspace.floats(size);
        float[] cs = Elementwise.array(cos);
        float[] sn = Elementwise.array(sin);
        int time = x.shape().dim(-2);
        int d = x.shape().dim(-1);
        int half = d / 2;
        float sign = op.inverse() ? -1f : 1f;
        int gap = op.interleaved() ? 1 : half;
        int step = op.interleaved() ? 2 : 1;
        int co = cos.layout().offset();
        int so = sin.layout().offset();
        Chunks.ranges(size / d, 2L * d, (from, to) -> {
            for (int r = from; r < to; r++) {
                int angles = r % time * half;
                turn(v, at + r * d, y, r * d, step, gap, cs, co + angles, sn, so + angles, sign, half);
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
