package org.einthoven.tensor.simd;

import static org.einthoven.tensor.simd.Lanes.F;
import static org.einthoven.tensor.simd.Lanes.L;

import jdk.incubator.vector.FloatVector;
import org.einthoven.tensor.Tensor;
import org.einthoven.tensor.op.Op;

/**
 * Layer and root-mean-square norm, the same with a weight and a bias, and their Jacobian. A row is read from memory once: its
 * sums are taken while it is on its way through the first-level cache.
 */
final class Norms {
    private Norms() {}

    static Tensor norm(Op.Norm norm, Tensor x) {
        return RowKernels.rows(x, 4, (v, at, y, to, rows, d) -> {
            for (int i = 0; i < rows * d; i += d) {
                float mean = mean(norm, v, at + i, d);
                normed(v, at + i, mean, scale(norm.eps(), v, at + i, d, mean), y, to + i, d);
            }
        });
    }

    /** x / sqrt(mean(x^2) + eps) * weight of one row. */
    static void rms(float[] x, int xo, double eps, float[] weight, float[] y, int yo, int d) {
        weighted(x, xo, 0f, scale(eps, x, xo, d, 0f), weight, 0, y, yo, d);
    }

    /** x [..., D], weight [D], and for a layer norm bias [D]: the bits of the norm, the product and the sum in turn. */
    static Tensor scaled(Op.Norm norm, Tensor... x) {
        Tensor w = Moves.contiguous(x[1]);
        float[] weight = Elementwise.array(w);
        int wo = w.layout().offset();
        if (x.length == 2) {
            return RowKernels.rows(x[0], 5, (v, at, y, to, rows, d) -> {
                for (int i = 0; i < rows * d; i += d) {
                    float mean = mean(norm, v, at + i, d);
                    float scale = scale(norm.eps(), v, at + i, d, mean);
                    weighted(v, at + i, mean, scale, weight, wo, y, to + i, d);
                }
            });
        }
        Tensor b = Moves.contiguous(x[2]);
        float[] bias = Elementwise.array(b);
        int bo = b.layout().offset();
        return RowKernels.rows(x[0], 6, (v, at, y, to, rows, d) -> {
            for (int i = 0; i < rows * d; i += d) {
                float mean = mean(norm, v, at + i, d);
                float scale = scale(norm.eps(), v, at + i, d, mean);
                affine(v, at + i, mean, scale, weight, wo, bias, bo, y, to + i, d);
            }
        });
    }

    /** (g - mean g - y mean(g y)) scale for y = norm(x); a root-mean-square norm keeps the mean of g. */
    static Tensor grad(Op.Norm norm, Tensor g, Tensor x) {
        Tensor c = Moves.contiguous(g);
        float[] from = Elementwise.array(c);
        int go = c.layout().offset();
        return RowKernels.rows(x, 8, (v, at, y, to, rows, d) -> {
            for (int i = 0; i < rows * d; i += d) {
                int gi = go + to + i;
                float mean = mean(norm, v, at + i, d);
                float scale = scale(norm.eps(), v, at + i, d, mean);
                float meanG = mean(norm, from, gi, d);
                float meanGy = RowSums.products(from, gi, v, at + i, d, mean) / d * scale;
                turned(from, gi, meanG, v, at + i, mean, -meanGy * scale, scale, y, to + i, d);
            }
        });
    }

    /** What a norm takes away from a row. */
    private static float mean(Op.Norm norm, float[] x, int at, int d) {
        return norm instanceof Op.LayerNorm ? RowSums.sum(x, at, d) / d : 0f;
    }

    /** What it then multiplies the row by. */
    private static float scale(double eps, float[] x, int at, int d, float mean) {
        return (float) (1 / Math.sqrt(RowSums.squares(x, at, d, mean) / d + eps));
    }

    /** y = (x - shift) * factor. */
    private static void normed(float[] x, int xo, float shift, float factor, float[] y, int yo, int n) {
        int end = Lanes.end(n);
        for (int i = 0; i < end; i += L) {
            FloatVector.fromArray(F, x, xo + i).sub(shift).mul(factor).intoArray(y, yo + i);
        }
        for (int i = end; i < n; i++) {
            y[yo + i] = (x[xo + i] - shift) * factor;
        }
    }

    /** y = (x - shift) * factor * w. */
    private static void weighted(
            float[] x, int xo, float shift, float factor, float[] w, int wo, float[] y, int yo, int n) {
        int end = Lanes.end(n);
        for (int i = 0; i < end; i += L) {
            FloatVector v = FloatVector.fromArray(F, x, xo + i).sub(shift).mul(factor);
            v.mul(FloatVector.fromArray(F, w, wo + i)).intoArray(y, yo + i);
        }
        for (int i = end; i < n; i++) {
            y[yo + i] = (x[xo + i] - shift) * factor * w[wo + i];
        }
    }

    /** y = (x - shift) * factor * w + b. */
    private static void affine(
            float[] x,
            int xo,
            float shift,
            float factor,
            float[] w,
            int wo,
            float[] b,
            int bo,
            float[] y,
            int yo,
            int n) {
        int end = Lanes.end(n);
        for (int i = 0; i < end; i += L) {
            FloatVector v = FloatVector.fromArray(F, x, xo + i).sub(shift).mul(factor);
            v.mul(FloatVector.fromArray(F, w, wo + i))
                    .add(FloatVector.fromArray(F, b, bo + i))
                    .intoArray(y, yo + i);
        }
        for (int i = end; i < n; i++) {
            y[yo + i] = (x[xo + i] - shift) * factor * w[wo + i] + b[bo + i];
        }
    }

    /** y = (g - shiftG + (x - shiftX) * along) * factor. */
    private static void turned(
            float[] g,
            int go,
            float shiftG,
            float[] x,
            int xo,
            float shiftX,
            float along,
            float factor,
            float[] y,
            int yo,
            int n) {
        int end = Lanes.end(n);
        FloatVector a = FloatVector.broadcast(F, along);
        for (int i = 0; i < end; i += L) {
            FloatVector v = FloatVector.fromArray(F, x, xo + i).sub(shiftX);
            FloatVector h = FloatVector.fromArray(F, g, go + i).sub(shiftG);
            v.fma(a, h).mul(factor).intoArray(y, yo + i);
        }
        for (int i = end; i < n; i++) {
            y[yo + i] = Math.fma(x[xo + i] - shiftX, along, g[go + i] - shiftG) * factor;
        }
    }
}
