package org.einthoven.tensor.simd;

import static org.einthoven.tensor.simd.Lanes.F;
import static org.einthoven.tensor.simd.Lanes.L;

import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.Collection;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.function.IntConsumer;
import jdk.incubator.vector.FloatVector;
import org.einthoven.tensor.Storage;
import org.einthoven.tensor.Tensor;
import org.einthoven.tensor.TensorException;
import org.einthoven.tensor.backend.DecodeKernels;

/** {@link DecodeKernels} made of the kernels that the ops themselves use. */
final class VectorDecodeKernels implements DecodeKernels {
    private final Map<Tensor, InterleavedRows> copies;

    VectorDecodeKernels() {
        this(Map.of());
    }

    private VectorDecodeKernels(Map<Tensor, InterleavedRows> copies) {
        this.copies = copies;
    }

    @Override
    public Linear linear(int most, Tensor... weights) {
        long copied = Arrays.stream(weights).filter(copies::containsKey).count();
        if (copied == 0) {
            return new Products(most, weights);
        }
        if (copied == weights.length) {
            return new InterleavedProducts(
                    most, Arrays.stream(weights).map(copies::get).toArray(InterleavedRows[]::new));
        }
        return new OneByOne(Arrays.stream(weights).map(w -> linear(most, w)).toArray(Linear[]::new));
    }

    @Override
    public boolean repacks(Tensor weight) {
        return InterleavedRows.takes(weight);
    }

    @Override
    public DecodeKernels repacked(Collection<Tensor> weights, Arena arena) {
        Map<Tensor, InterleavedRows> more = new IdentityHashMap<>(copies);
        for (Tensor w : weights) {
            if (!repacks(w)) {
                throw new TensorException("repack: " + w.dtype() + " " + w.shape()
                        + " is no matrix of Q4_0 with a multiple of 32 rows; leave it as it is stored");
            }
            more.computeIfAbsent(w, fresh -> InterleavedRows.of(fresh, arena));
        }
        return new VectorDecodeKernels(more);
    }

    /** Weights that are stored in different ways. */
    private static final class OneByOne implements Linear {
        private final Linear[] parts;
        private final float[][][] y; // of each part, one array

        OneByOne(Linear... parts) {
            this.parts = parts;
            this.y = new float[parts.length][1][];
        }

        @Override
        public void run(float[] x, int n, float[][] to) {
            for (int j = 0; j < parts.length; j++) {
                y[j][0] = to[j];
                parts[j].run(x, n, y[j]);
            }
        }
    }

    /** {@link Gemv} of several weights in one region, with its buffers and its pieces of work made once. */
    private static final class Products implements Linear {
        private final int k;
        private final float[] x;
        private final PackedDot[][] dots; // of each weight and text
        private final Gemv.Pieces[] pieces; // of each weight
        private final int count;
        private final long cost; // of a piece and text, on average
        private final IntConsumer piece = this::piece;
        private int texts;
        private float[][] y = {};

        Products(int most, Tensor... weights) {
            this.k = weights[0].shape().dim(1);
            this.x = new float[most * k];
            this.dots = new PackedDot[weights.length][most];
            this.pieces = new Gemv.Pieces[weights.length];
            int all = 0;
            long work = 0;
            for (int j = 0; j < weights.length; j++) {
                Tensor w = weights[j].layout().stride(1) == 1 ? weights[j] : Moves.copy(weights[j]);
                for (int i = 0; i < most; i++) {
                    dots[j][i] = PackedDot.of(w, x, i * k);
                }
                pieces[j] = Gemv.Pieces.of(w.shape().dim(0), k);
                all += pieces[j].count();
                work += pieces[j].count() * pieces[j].cost(k);
            }
            this.count = all;
            this.cost = work / Math.max(1, all);
        }

        @Override
        public void run(float[] from, int n, float[][] to) {
            System.arraycopy(from, 0, x, 0, n * k);
            for (PackedDot[] ofWeight : dots) {
                for (int i = 0; i < n; i++) {
                    ofWeight[i].changed();
                }
            }
            texts = n;
            y = to;
            Chunks.each(count, cost * n, piece);
        }

        private void piece(int number) {
            int j = 0;
            int own = number;
            while (own >= pieces[j].count()) {
                own -= pieces[j++].count();
            }
            // A piece stays in the second-level cache while the texts take turns at it.
            for (int i = 0; i < texts; i++) {
                pieces[j].run(own, dots[j][i], y[j], i * pieces[j].n());
            }
        }
    }

    @Override
    public Table table(Tensor table) {
        int d = table.shape().dim(1);
        int down = table.layout().stride(0);
        int first = table.layout().offset();
        if (table.storage() instanceof Storage.F32 s) {
            int across = table.layout().stride(1);
            return (id, y, at) -> Cells.copy(s.array(), first + id * down, across, y, at, 1, d);
        }
        Decoder decoder = Decoder.of(table);
        return (id, y, at) -> decoder.decode(first + (long) id * down, y, at, d);
    }

    @Override
    public void rmsNorm(float[] x, int rows, double eps, float[] weight, float[] y) {
        int d = weight.length;
        for (int i = 0; i < rows * d; i += d) {
            Norms.rms(x, i, eps, weight, y, i, d);
        }
    }

    @Override
    public void rope(float[] x, int at, int n, float[] cos, float[] sin, boolean interleaved) {
        int half = cos.length;
        int step = interleaved ? 2 : 1;
        int gap = interleaved ? 1 : half;
        for (int i = at; i < at + n; i += 2 * half) {
            Rotary.turn(x, i, x, i, step, gap, cos, 0, sin, 0, 1f, half);
        }
    }

    @Override
    public void scale(float[] x, int n, float factor) {
        BinaryKernels.mul(x, 0, factor, x, 0, n);
    }

    @Override
    public void add(float[] x, float[] y, int n) {
        BinaryKernels.add(x, 0, y, 0, x, 0, n);
    }

    @Override
    public void siluGate(float[] gate, float[] up, int n) {
        float[] silu = Scratch.mine().rows(n);
        Activations.silu(gate, 0, silu, 0, n);
        BinaryKernels.mul(silu, 0, up, 0, gate, 0, n);
    }

    /** Step by step what {@link Tensor#geluTanh} does. */
    @Override
    public void geluGate(float[] gate, float[] up, int n) {
        float[] t = Scratch.mine().rows(n);
        BinaryKernels.mul(gate, 0, gate, 0, t, 0, n);
        BinaryKernels.mul(t, 0, gate, 0, t, 0, n);
        BinaryKernels.mul(t, 0, (float) 0.044715, t, 0, n);
        BinaryKernels.add(gate, 0, t, 0, t, 0, n);
        BinaryKernels.mul(t, 0, (float) Math.sqrt(2 / Math.PI), t, 0, n);
        float[] tanh = Scratch.mine().right(n);
        Activations.tanh(t, 0, tanh, 0, n);
        BinaryKernels.add(tanh, 0, 1f, tanh, 0, n);
        BinaryKernels.mul(gate, 0, tanh, 0, t, 0, n);
        BinaryKernels.mul(t, 0, 0.5f, t, 0, n);
        BinaryKernels.mul(t, 0, up, 0, gate, 0, n);
    }

    @Override
    public void cap(float[] x, int at, int n, double cap) {
        float[] t = Scratch.mine().rows(n);
        BinaryKernels.mul(x, at, (float) (1 / cap), t, 0, n);
        Activations.tanh(t, 0, x, at, n);
        BinaryKernels.mul(x, at, (float) cap, x, at, n);
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
