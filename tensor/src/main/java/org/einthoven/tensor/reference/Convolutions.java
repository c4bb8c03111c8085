package org.einthoven.tensor.reference;

import org.einthoven.tensor.Shape;
import org.einthoven.tensor.Tensor;
import org.einthoven.tensor.op.Op;

/** The trilinear form sum x[b, c, s] w[o, c, k] y[b, o, t] over s = t * stride + k * dilation - padding, three ways. */
final class Convolutions {
    private Convolutions() {}

    /** Called for each triple of positions that the form couples. */
    private interface Coupling {
        void at(int x, int w, int y);
    }

    static double[] forward(Op.Convolution c, Tensor x, Tensor w, Shape out) {
        double[] xs = x.toDoubles();
        double[] ws = w.toDoubles();
        double[] ys = new double[out.intSize("conv1d")];
        couple(c, x.shape(), w.shape(), out, (i, k, o) -> ys[o] += xs[i] * ws[k]);
        return ys;
    }

    static double[] inputGrad(Op.Convolution c, Tensor y, Tensor w, Shape out) {
        double[] ys = y.toDoubles();
        double[] ws = w.toDoubles();
        double[] xs = new double[out.intSize("conv1dInputGrad")];
        couple(c, out, w.shape(), y.shape(), (i, k, o) -> xs[i] += ys[o] * ws[k]);
        return xs;
    }

    static double[] weightGrad(Op.Convolution c, Tensor x, Tensor y, Shape out) {
        double[] xs = x.toDoubles();
        double[] ys = y.toDoubles();
        double[] ws = new double[out.intSize("conv1dWeightGrad")];
        couple(c, x.shape(), out, y.shape(), (i, k, o) -> ws[k] += xs[i] * ys[o]);
        return ws;
    }

    private static void couple(Op.Convolution op, Shape x, Shape w, Shape y, Coupling f) {
        int perGroup = w.dim(1);
        int outPerGroup = w.dim(0) / op.groups();
        for (int b = 0; b < x.dim(0); b++) {
            for (int o = 0; o < w.dim(0); o++) {
                int first = o / outPerGroup * perGroup;
                for (int t = 0; t < y.dim(2); t++) {
                    for (int c = 0; c < perGroup; c++) {
                        for (int k = 0; k < w.dim(2); k++) {
                            int s = t * op.stride() + k * op.dilation() - op.padding();
                            if (0 <= s && s < x.dim(2)) {
                                f.at(
                                        (b * x.dim(1) + first + c) * x.dim(2) + s,
                                        (o * perGroup + c) * w.dim(2) + k,
                                        (b * y.dim(1) + o) * y.dim(2) + t);
                            }
                        }
                    }
                }
            }
        }
    }
}
