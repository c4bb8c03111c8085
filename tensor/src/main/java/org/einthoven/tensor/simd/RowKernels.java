package org.einthoven.tensor.simd;

import org.einthoven.tensor.Tensor;
import org.einthoven.tensor.Workspace;

/** Softmax: each row of the last axis by itself, so its neighbours do not matter. */
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
}
