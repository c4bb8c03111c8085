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

    static double[] norm(Op.Norm norm, Tensor x) {
        double[] v = x.toDoubles();
        int d = x.dim(-1);
        for (int r = 0; r < v.length; r += d) {
            double mean = mean(norm, v, r, d);
            double scale = scale(norm, v, r, d, mean);
            for (int i = r; i < r + d; i++) {
                v[i] = (v[i] - mean) * scale;
            }
        }
        return v;
    }

    /** What a norm takes away from a row: a root-mean-square norm nothing. */
    private static double mean(Op.Norm norm, double[] v, int r, int d) {
        double mean = 0;
        for (int i = r; i < r + d; i++) {
            mean += v[i] / d;
        }
        return norm instanceof Op.LayerNorm ? mean : 0;
    }

    /** What it then multiplies the row by. */
    private static double scale(Op.Norm norm, double[] v, int r, int d, double mean) {
        double square = 0;
        for (int i = r; i < r + d; i++) {
            square += (v[i] - mean) * (v[i] - mean) / d;
        }
        return 1 / Math.sqrt(square + norm.eps());
    }

    static double[] scaledNorm(Op.Norm norm, Tensor... x) {
        double[] y = norm(norm, x[0]);
        double[] weight = x[1].toDoubles();
        double[] bias = x.length > 2 ? x[2].toDoubles() : new double[weight.length];
        for (int i = 0; i < y.length; i++) {
            y[i] = y[i] * weight[i % weight.length] + bias[i % weight.length];
        }
        return y;
    }

    /** (g - mean g - y mean(g y)) scale for y = norm(x); a root-mean-square norm keeps the mean of g. */
    static double[] normGrad(Op.Norm norm, double[] g, Tensor x) {
        double[] v = x.toDoubles();
        int d = x.dim(-1);
        for (int r = 0; r < v.length; r += d) {
            double mean = mean(norm, v, r, d);
            double scale = scale(norm, v, r, d, mean);
            double meanG = mean(norm, g, r, d);
            double meanGy = 0;
            for (int i = r; i < r + d; i++) {
                meanGy += g[i] * (v[i] - mean) * scale / d;
            }
            for (int i = r; i < r + d; i++) {
                v[i] = (g[i] - meanG - (v[i] - mean) * scale * meanGy) * scale;
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
