package org.einthoven.tensor.reference;

import org.einthoven.tensor.Tensor;
import org.einthoven.tensor.op.Op;

/** Ops along the last axis, row by row. */
final class Rows {
    private Rows() {}

    static double[] softmax(Tensor x) {
        double[] v = x.toDoubles();
        int d = x.dim(-1);
        for (int r = 0; r < v.length; r += d) {
            double top = top(v, r, d);
            double sum = 0;
            for (int i = r; i < r + d; i++) {
                v[i] = Math.exp(v[i] - top);
                sum += v[i];
            }
            for (int i = r; i < r + d; i++) {
                v[i] /= sum;
            }
        }
        return v;
    }

    static double[] logSoftmax(Tensor x) {
        double[] v = x.toDoubles();
        int d = x.dim(-1);
        for (int r = 0; r < v.length; r += d) {
            double top = top(v, r, d);
            double sum = 0;
            for (int i = r; i < r + d; i++) {
                sum += Math.exp(v[i] - top);
            }
            double log = top + Math.log(sum);
            for (int i = r; i < r + d; i++) {
                v[i] -= log;
            }
        }
        return v;
    }

    private static double top(double[] v, int r, int d) {
        double top = Double.NEGATIVE_INFINITY;
        for (int i = r; i < r + d; i++) {
            top = Math.max(top, v[i]);
        }
        return top;
    }

    static double[] layerNorm(Tensor x, double eps) {
        double[] v = x.toDoubles();
        int d = x.dim(-1);
        for (int r = 0; r < v.length; r += d) {
            double mean = 0;
            for (int i = r; i < r + d; i++) {
                mean += v[i] / d;
            }
            double var = 0;
            for (int i = r; i < r + d; i++) {
                var += (v[i] - mean) * (v[i] - mean) / d;
            }
            double scale = 1 / Math.sqrt(var + eps);
            for (int i = r; i < r + d; i++) {
                v[i] = (v[i] - mean) * scale;
            }
        }
        return v;
    }

    static double[] rmsNorm(Tensor x, double eps) {
        double[] v = x.toDoubles();
        int d = x.dim(-1);
        for (int r = 0; r < v.length; r += d) {
            double square = 0;
            for (int i = r; i < r + d; i++) {
                square += v[i] * v[i] / d;
            }
            double scale = 1 / Math.sqrt(square + eps);
            for (int i = r; i < r + d; i++) {
                v[i] *= scale;
            }
        }
        return v;
    }

    static double[] rope(Tensor x, double[] cos, double[] sin, Op.Rope op) {
        double[] v = x.toDoubles();
        int d = x.dim(-1);
        int half = d / 2;
        int rows = v.length == 0 ? 0 : v.length / d;
        for (int r = 0; r < rows; r++) {
            int t = r % x.dim(-2);
            for (int i = 0; i < half; i++) {
                int p = r * d + (op.interleaved() ? 2 * i : i);
                int q = op.interleaved() ? p + 1 : p + half;
                double c = cos[t * half + i];
                double s = op.inverse() ? -sin[t * half + i] : sin[t * half + i];
                double a = v[p];
                double b = v[q];
                v[p] = a * c - b * s;
                v[q] = b * c + a * s;
            }
        }
        return v;
    }
}
