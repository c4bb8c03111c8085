package org.einthoven.tensor.simd;

import static org.einthoven.tensor.simd.Tile.COLUMNS;

import java.util.function.IntConsumer;
import org.einthoven.tensor.Ints;
import org.einthoven.tensor.Shape;
import org.einthoven.tensor.Tensor;
import org.einthoven.tensor.Workspace;
import org.einthoven.tensor.op.Op;

/**
 * 1-d convolution and its two transposes as matrix products, one for each sample and group. The matrix of windows
 * [C/groups * K, T'] is never built: its panels are packed straight from the signal (Chetlur et al., "cuDNN", arXiv
 * 1410.0759), so a convolution whose kernel is its stride costs no more than the product.
 */
final class Convolution {
    private Convolution() {}

    /** Sizes: input channels and outputs of one group, taps, and steps before (padded) and after. */
    private record Sizes(int batch, int groups, int channels, int outputs, int taps, int padded, int time) {
        static Sizes of(Op.Convolution c, Shape x, Shape w, Shape y) {
            return new Sizes(
                    x.dim(0),
                    c.groups(),
                    w.dim(1),
                    w.dim(0) / c.groups(),
                    w.dim(2),
                    x.dim(2) + 2 * c.padding(),
                    y.dim(2));
        }

        int rows() {
            return channels * taps;
        }

        /** Where sample b's group g starts among the padded inputs. */
        int input(int b, int g) {
            return (b * groups + g) * channels * padded;
        }

        /** Where it starts among the outputs. */
        int output(int b, int g) {
            return (b * groups + g) * outputs * time;
        }

        int weight(int g) {
            return g * outputs * rows();
        }

        long cost() {
            return (long) outputs * rows() * time / 8;
        }
    }

    /** Runs each item on its own thread when they are many; a few large ones share their threads within. */
    private static void items(int n, long cost, IntConsumer body) {
        if (n >= 4) {
            Chunks.each(n, cost, body);
        } else {
            for (int i = 0; i < n; i++) {
                body.accept(i);
            }
        }
    }

    static Tensor forward(Op.Conv1d c, Tensor x, Tensor w, Shape out) {
        Sizes s = Sizes.of(c, x.shape(), w.shape(), out);
        int size = out.intSize("conv1d");
        float[] y = s.rows() == 0 ? Workspace.zeroedFloats(size) : Workspace.floats(size);
        if (y.length > 0 && s.rows() > 0) {
            Tensor signal = padded(x, c.padding());
            Tensor weight = Moves.contiguous(w);
            float[] v = Elementwise.array(signal);
            float[] u = Elementwise.array(weight);
            int vo = signal.layout().offset();
            int uo = weight.layout().offset();
            items(s.batch * s.groups, s.cost(), i -> {
                int b = i / s.groups;
                int g = i % s.groups;
                Matrix a = new Matrix(u, uo + s.weight(g), s.rows(), 1);
                Panels windows = new Windows(v, vo + s.input(b, g), s.padded, s.taps, c.stride(), c.dilation());
                Gemm.multiply(s.outputs, s.time, s.rows(), a, windows, y, s.output(b, g), s.time);
            });
        }
        return Tensor.of(y, out.toArray());
    }

    static Tensor inputGrad(Op.Conv1dInputGrad c, Tensor y, Tensor w, Shape out) {
        Sizes s = Sizes.of(c, out, w.shape(), y.shape());
        int border = c.dilation() * (s.taps - 1) - c.padding();
        boolean correlates = y.size() > 0 && c.stride() == 1 && border >= 0;
        int size = out.intSize("conv1dInputGrad");
        float[] x = correlates ? Workspace.floats(size) : Workspace.zeroedFloats(size);
        if (x.length > 0 && correlates) {
            correlate(c, s, border, y, w, x);
        } else if (x.length > 0 && y.size() > 0 && s.taps > 0) {
            Tensor signal = Moves.contiguous(y);
            Tensor weight = Moves.contiguous(w);
            float[] v = Elementwise.array(signal);
            float[] u = Elementwise.array(weight);
            int vo = signal.layout().offset();
            int uo = weight.layout().offset();
            items(s.batch * s.groups, s.cost(), i -> {
                int b = i / s.groups;
                int g = i % s.groups;
                Matrix a = new Matrix(u, uo + s.weight(g), 1, s.rows());
                Panels right = new Panels.Strided(new Matrix(v, vo + s.output(b, g), s.time, 1));
                float[] windows = Workspace.floats(s.rows() * s.time);
                Gemm.multiply(s.rows(), s.time, s.outputs, a, right, windows, 0, s.time);
                int first = (b * s.groups + g) * s.channels;
                Chunks.ranges(s.channels, (long) s.taps * s.time, (from, to) -> {
                    for (int ch = from; ch < to; ch++) {
                        overlap(c, s, windows, ch * s.taps * s.time, x, (first + ch) * c.time());
                    }
                });
            });
        }
        return Tensor.of(x, out.toArray());
    }

    /** With stride 1 the transpose is itself a convolution, of a bordered y with the taps of w in reverse. */
    private static void correlate(Op.Conv1dInputGrad c, Sizes s, int border, Tensor y, Tensor w, float[] x) {
        Tensor signal = padded(y, border);
        Tensor weight = Moves.copy(
                w.detach().reshape(s.groups, s.outputs, s.channels, s.taps).transpose(1, 2));
        float[] v = Elementwise.array(signal);
        float[] u = Elementwise.array(weight);
        int vo = signal.layout().offset();
        int wide = s.time + 2 * border;
        int rows = s.outputs * s.taps;
        items(s.batch * s.groups, s.cost(), i -> {
            Matrix a = new Matrix(u, i % s.groups * s.channels * rows, rows, 1);
            int last = vo + i * s.outputs * wide + (s.taps - 1) * c.dilation();
            Panels windows = new Windows(v, last, wide, s.taps, 1, -c.dilation());
            Gemm.multiply(s.channels, c.time(), rows, a, windows, x, i * s.channels * c.time(), c.time());
        });
    }

    /** Adds the windows [K, T'] of one channel where they were read; what was read from the padding is dropped. */
    private static void overlap(Op.Conv1dInputGrad c, Sizes s, float[] windows, int at, float[] x, int xo) {
        for (int k = 0; k < s.taps; k++) {
            int shift = k * c.dilation() - c.padding();
            int t0 = Math.max(0, Math.ceilDiv(-shift, c.stride()));
            int t1 = Math.min(s.time, Math.floorDiv(c.time() - 1 - shift, c.stride()) + 1);
            int to = xo + shift;
            int from = at + k * s.time;
            if (c.stride() == 1) {
                BinaryKernels.add(x, to + t0, windows, from + t0, x, to + t0, Math.max(0, t1 - t0));
            } else {
                for (int t = t0; t < t1; t++) {
                    x[to + t * c.stride()] += windows[from + t];
                }
            }
        }
    }

    static Tensor weightGrad(Op.Conv1dWeightGrad c, Tensor x, Tensor y, Shape out) {
        float[] w = Workspace.zeroedFloats(out.intSize("conv1dWeightGrad"));
        Sizes s = Sizes.of(c, x.shape(), out, y.shape());
        if (w.length > 0 && y.size() > 0) {
            Tensor signal = padded(x, c.padding());
            Tensor outputs = Moves.contiguous(y);
            float[] v = Elementwise.array(signal);
            float[] u = Elementwise.array(outputs);
            int vo = signal.layout().offset();
            int uo = outputs.layout().offset();
            items(s.groups, s.cost() * s.batch, g -> {
                for (int b = 0; b < s.batch; b++) {
                    Matrix a = new Matrix(u, uo + s.output(b, g), s.time, 1);
                    Panels steps = new Steps(v, vo + s.input(b, g), s.padded, s.taps, c.stride(), c.dilation());
                    Gemm.add(s.outputs, s.rows(), s.time, a, steps, w, s.weight(g), s.rows());
                }
            });
        }
        return Tensor.of(w, out.toArray());
    }

    private static Tensor padded(Tensor x, int by) {
        if (by == 0) {
            return Moves.contiguous(x);
        }
        Shape full = x.shape().with(2, x.shape().dim(2) + 2 * by);
        return Moves.pad(x, new Op.Pad(full, Ints.of(0, 0, by), Ints.of(1, 1, 1)));
    }

    /** The matrix [C/groups * K, T'] whose column t holds what window t covers. */
    private record Windows(float[] x, int first, int padded, int taps, int stride, int dilation) implements Panels {
        @Override
        public void pack(int k0, int k, int j, int columns, float[] out, int at) {
            int start = first + j * stride;
            int end = k0 + k;
            if (taps >= 16) {
                // Runs of taps in one channel.
                for (int p = k0; p < end; ) {
                    int tap = p % taps;
                    int run = Math.min(taps - tap, end - p);
                    int from = start + p / taps * padded + tap * dilation;
                    Pack.panel(x, from, stride, dilation, columns, COLUMNS, run, out, at + (p - k0) * COLUMNS, COLUMNS);
                    p += run;
                }
                return;
            }
            // Runs of channels with one tap.
            for (int p = k0; p < Math.min(end, k0 + taps); p++) {
                int run = Math.ceilDiv(end - p, taps);
                int from = start + p / taps * padded + p % taps * dilation;
                Pack.panel(
                        x, from, stride, padded, columns, COLUMNS, run, out, at + (p - k0) * COLUMNS, taps * COLUMNS);
            }
        }
    }

    /** Its transpose [T', C/groups * K]. */
    private record Steps(float[] x, int first, int padded, int taps, int stride, int dilation) implements Panels {
        @Override
        public void pack(int k0, int k, int j, int columns, float[] out, int at) {
            int start = first + k0 * stride;
            if (j % taps + columns <= taps) {
                int from = start + j / taps * padded + j % taps * dilation;
                Pack.panel(x, from, dilation, stride, columns, COLUMNS, k, out, at, COLUMNS);
                return;
            }
            int[] index = new int[COLUMNS];
            for (int i = 0; i < COLUMNS; i++) {
                int q = j + Math.min(i, columns - 1);
                index[i] = q / taps * padded + q % taps * dilation;
            }
            Pack.gathered(x, start, index, stride, k, out, at, COLUMNS);
        }
    }
}
