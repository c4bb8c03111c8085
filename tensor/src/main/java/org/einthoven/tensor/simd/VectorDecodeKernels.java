package org.einthoven.tensor.simd;

import static org.einthoven.tensor.simd.Lanes.F;
import static org.einthoven.tensor.simd.Lanes.L;

import java.util.function.IntConsumer;
import jdk.incubator.vector.FloatVector;
import org.einthoven.tensor.Storage;
import org.einthoven.tensor.Tensor;
import org.einthoven.tensor.backend.DecodeKernels;

/** {@link DecodeKernels} made of the kernels that the ops themselves use. */
final class VectorDecodeKernels implements DecodeKernels {
    @Override
    public Linear linear(Tensor weight) {
        return new OneRow(weight.layout().stride(1) == 1 ? weight : Moves.copy(weight));
    }

    /** {@link Gemv} of one row, with its buffers and its piece of work made once. */
    private static final class OneRow implements Linear {
        private final int n;
        private final float[] x;
        private final PackedDot dot;
        private final Gemv.Pieces pieces;
        private final IntConsumer piece = this::piece;
        private float[] y;

        OneRow(Tensor w) {
            this.n = w.shape().dim(0);
            this.x = new float[w.shape().dim(1)];
            this.dot = PackedDot.of(w, x, 0);
            this.pieces = Gemv.Pieces.of(n);
        }

        @Override
        public void run(float[] from, float[] to) {
            System.arraycopy(from, 0, x, 0, x.length);
            dot.changed();
            y = to;
            Chunks.each(pieces.count(), pieces.cost(x.length), piece);
        }

        private void piece(int number) {
            pieces.run(number, dot, y, 0);
        }
    }

    @Override
    public Table table(Tensor table) {
        int d = table.shape().dim(1);
        int down = table.layout().stride(0);
        int first = table.layout().offset();
        if (table.storage() instanceof Storage.F32 s) {
            int across = table.layout().stride(1);
            return (id, y) -> Cells.copy(s.array(), first + id * down, across, y, 0, 1, d);
        }
        Decoder decoder = Decoder.of(table);
        return (id, y) -> decoder.decode(first + (long) id * down, y, 0, d);
    }

    @Override
    public void rmsNorm(float[] x, double eps, float[] weight, float[] y) {
        RowKernels.rmsNorm(x, 0, y, 0, x.length, eps);
        BinaryKernels.mul(y, 0, weight, 0, y, 0, x.length);
    }

    @Override
    public void rope(float[] x, float[] cos, float[] sin, boolean interleaved) {
        int half = cos.length;
        int step = interleaved ? 2 : 1;
        int gap = interleaved ? 1 : half;
        for (int i = 0; i < x.length; i += 2 * half) {
            RowKernels.turn(x, i, x, i, step, gap, cos, 0, sin, 0, 1f, half);
        }
    }

    @Override
    public void scale(float[] x, float factor) {
        BinaryKernels.mul(x, 0, factor, x, 0, x.length);
    }

    @Override
    public void add(float[] x, float[] y) {
        BinaryKernels.add(x, 0, y, 0, x, 0, x.length);
    }

    @Override
    public void gate(float[] gate, float[] up) {
        float[] silu = Scratch.mine().rows(gate.length);
        Activations.silu(gate, 0, silu, 0, gate.length);
        BinaryKernels.mul(silu, 0, up, 0, gate, 0, gate.length);
    }

    @Override
    public void softmax(float[] x, int at, int n) {
        RowKernels.softmax(x, at, x, at, 1, n);
    }

    @Override
    public void rowTimes(float[] a, int ao, int k, float[] b, int bo, int step, float[] y, int yo, int n) {
        int j = 0;
        for (; j <= n - 4 * L; j += 4 * L) {
            fourVectors(a, ao, k, b, bo + j, step, y, yo + j);
        }
        for (; j <= n - L; j += L) {
            oneVector(a, ao, k, b, bo + j, step, y, yo + j);
        }
        for (; j < n; j++) {
            float sum = 0;
            for (int p = 0; p < k; p++) {
                sum = Math.fma(a[ao + p], b[bo + p * step + j], sum);
            }
            y[yo + j] = sum;
        }
    }

    private static void fourVectors(float[] a, int ao, int k, float[] b, int bo, int step, float[] y, int yo) {
        FloatVector y0 = FloatVector.zero(F);
        FloatVector y1 = y0;
        FloatVector y2 = y0;
        FloatVector y3 = y0;
        for (int p = 0; p < k; p++) {
            FloatVector v = FloatVector.broadcast(F, a[ao + p]);
            int q = bo + p * step;
            y0 = v.fma(FloatVector.fromArray(F, b, q), y0);
            y1 = v.fma(FloatVector.fromArray(F, b, q + L), y1);
            y2 = v.fma(FloatVector.fromArray(F, b, q + 2 * L), y2);
            y3 = v.fma(FloatVector.fromArray(F, b, q + 3 * L), y3);
        }
        y0.intoArray(y, yo);
        y1.intoArray(y, yo + L);
        y2.intoArray(y, yo + 2 * L);
        y3.intoArray(y, yo + 3 * L);
    }

    private static void oneVector(float[] a, int ao, int k, float[] b, int bo, int step, float[] y, int yo) {
        FloatVector sum = FloatVector.zero(F);
        for (int p = 0; p < k; p++) {
            sum = FloatVector.broadcast(F, a[ao + p]).fma(FloatVector.fromArray(F, b, bo + p * step), sum);
        }
        sum.intoArray(y, yo);
    }
}
