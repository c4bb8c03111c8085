package org.einthoven.verify.hyperdual;

import org.einthoven.tensor.Shape;
import org.einthoven.tensor.op.Op;

/** Sums of products: matrix products, frozen linear maps and convolutions. */
final class Products {
    private Products() {}

    /** [..., M, K] x [..., K, N]. */
    static HyperTensor matmul(HyperTensor a, HyperTensor b, Shape out) {
        int m = out.dim(-2);
        int n = out.dim(-1);
        int k = a.shape().dim(-1);
        HyperTensor x = a.expand(out.with(-1, k));
        HyperTensor y = b.expand(out.with(-2, k));
        return HyperTensor.of(out, a.dtype(), at -> {
            int j = at % n;
            int i = at / n % m;
            int batch = at / n / m;
            HyperDual sum = HyperDual.ZERO;
            for (int l = 0; l < k; l++) {
                sum = sum.plus(x.at((batch * m + i) * k + l).times(y.at((batch * k + l) * n + j)));
            }
            return sum;
        });
    }

    /** x W^T, or x W when transposed. */
    static HyperTensor frozenLinear(HyperTensor x, Op.FrozenLinear f, Shape out) {
        double[] w = f.weight().toDoubles();
        int columns = f.weight().dim(1);
        int n = out.dim(-1);
        int k = x.shape().dim(-1);
        return HyperTensor.of(out, x.dtype(), at -> {
            HyperDual sum = HyperDual.ZERO;
            for (int l = 0; l < k; l++) {
                double weight = f.transposed() ? w[l * columns + at % n] : w[at % n * columns + l];
                sum = sum.plus(x.at(at / n * k + l).times(weight));
            }
            return sum;
        });
    }

    static HyperTensor conv1d(Op.Conv1d op, HyperTensor x, HyperTensor w, Shape out) {
        HyperTensor.Sums y = x.zeros(out);
        taps(op, x.shape(), w.shape(), out, (i, k, o) -> y.add(o, x.at(i).times(w.at(k))));
        return y.done();
    }

    static HyperTensor inputGrad(Op.Conv1dInputGrad op, HyperTensor y, HyperTensor w, Shape out) {
        HyperTensor.Sums x = y.zeros(out);
        taps(op, out, w.shape(), y.shape(), (i, k, o) -> x.add(i, y.at(o).times(w.at(k))));
        return x.done();
    }

    static HyperTensor weightGrad(Op.Conv1dWeightGrad op, HyperTensor x, HyperTensor y, Shape out) {
        HyperTensor.Sums w = x.zeros(out);
        taps(op, x.shape(), out, y.shape(), (i, k, o) -> w.add(k, x.at(i).times(y.at(o))));
        return w.done();
    }

    /** Positions in x [B, C, T], w [O, C/groups, K] and y [B, O, T'] that meet in one product. */
    private interface Tap {
        void at(int x, int w, int y);
    }

    private static void taps(Op.Convolution op, Shape x, Shape w, Shape y, Tap tap) {
        int channels = w.dim(1);
        int outPerGroup = w.dim(0) / op.groups();
        for (int at = 0; at < y.size(); at++) {
            int t = at % y.dim(2);
            int o = at / y.dim(2) % y.dim(1);
            int b = at / y.dim(2) / y.dim(1);
            for (int c = 0; c < channels; c++) {
                for (int k = 0; k < w.dim(2); k++) {
                    int time = t * op.stride() + k * op.dilation() - op.padding();
                    int channel = o / outPerGroup * channels + c;
                    if (time >= 0 && time < x.dim(2)) {
                        tap.at((b * x.dim(1) + channel) * x.dim(2) + time, (o * channels + c) * w.dim(2) + k, at);
                    }
                }
            }
        }
    }
}
