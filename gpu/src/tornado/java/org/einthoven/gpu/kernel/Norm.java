package org.einthoven.gpu.kernel;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * Layer normalisation (Ba et al., arXiv 1607.06450) and its kind without means (Zhang and Sennrich, arXiv 1910.07467) over
 * rows [rows, d], with their gradients. One group of {@link Group#ITEMS} a row; a row is read from memory once and then from
 * the cache: 8 bytes an element forward, 12 backward, for about 10 operations. Gradients of the weights: an item a column,
 * neighbours by neighbours, which reads x and dy once. {@code shape} is {rows, d}.
 */
public final class Norm {
    private Norm() {}

    /** y = (x - mean) rstd weight + bias; mean and rstd = 1 / sqrt(var + eps) are kept [rows] for the gradients. */
    public static void layer(
            KernelContext c,
            FloatArray x,
            FloatArray weight,
            FloatArray bias,
            FloatArray y,
            FloatArray means,
            FloatArray rstds,
            IntArray shape,
            float eps) {
        int d = shape.get(1);
        int row = c.groupIdx * d;
        float sum = 0f;
        for (int i = c.localIdx; i < d; i += Group.ITEMS) {
            sum += x.get(row + i);
        }
        float mean = Group.sum(c, sum) / d;
        float squares = 0f;
        for (int i = c.localIdx; i < d; i += Group.ITEMS) {
            float v = x.get(row + i) - mean;
            squares += v * v;
        }
        float rstd = 1f / TornadoMath.sqrt(Group.sum(c, squares) / d + eps);
        for (int i = c.localIdx; i < d; i += Group.ITEMS) {
            y.set(row + i, (x.get(row + i) - mean) * rstd * weight.get(i) + bias.get(i));
        }
        if (c.localIdx == 0) {
            means.set(c.groupIdx, mean);
            rstds.set(c.groupIdx, rstd);
        }
    }

    /** With z = (x - mean) rstd and g = dy weight: dx = rstd (g - mean(g) - z mean(g z)). */
    public static void layerGradient(
            KernelContext c,
            FloatArray x,
            FloatArray weight,
            FloatArray means,
            FloatArray rstds,
            FloatArray dy,
            FloatArray dx,
            IntArray shape) {
        int d = shape.get(1);
        int row = c.groupIdx * d;
        float mean = means.get(c.groupIdx);
        float rstd = rstds.get(c.groupIdx);
        float sumG = 0f;
        float sumGz = 0f;
        for (int i = c.localIdx; i < d; i += Group.ITEMS) {
            float g = dy.get(row + i) * weight.get(i);
            sumG += g;
            sumGz += g * (x.get(row + i) - mean) * rstd;
        }
        float meanG = Group.sum(c, sumG) / d;
        float meanGz = Group.sum(c, sumGz) / d;
        for (int i = c.localIdx; i < d; i += Group.ITEMS) {
            float z = (x.get(row + i) - mean) * rstd;
            dx.set(row + i, rstd * (dy.get(row + i) * weight.get(i) - meanG - z * meanGz));
        }
    }

    /**
     * y = J g for the Jacobian J of {@link #layer} at x without its weights, all from x: z = (x - mean) rstd, y = rstd (g -
     * mean(g) - z mean(g z)). 12 bytes an element while a row fits the cache, for about 14 operations.
     */
    public static void layerJacobian(
            KernelContext c, FloatArray g, FloatArray x, FloatArray y, IntArray shape, float eps) {
        int d = shape.get(1);
        int row = c.groupIdx * d;
        float sum = 0f;
        float sumG = 0f;
        for (int i = c.localIdx; i < d; i += Group.ITEMS) {
            sum += x.get(row + i);
            sumG += g.get(row + i);
        }
        float mean = Group.sum(c, sum) / d;
        float meanG = Group.sum(c, sumG) / d;
        float squares = 0f;
        float sumGz = 0f;
        for (int i = c.localIdx; i < d; i += Group.ITEMS) {
            float v = x.get(row + i) - mean;
            squares += v * v;
            sumGz += v * g.get(row + i);
        }
        float rstd = 1f / TornadoMath.sqrt(Group.sum(c, squares) / d + eps);
        float meanGz = Group.sum(c, sumGz) / d * rstd;
        for (int i = c.localIdx; i < d; i += Group.ITEMS) {
            float z = (x.get(row + i) - mean) * rstd;
            y.set(row + i, rstd * (g.get(row + i) - meanG - z * meanGz));
        }
    }

    /** dweight = sum over rows of dy z, dbias = sum over rows of dy. Grid: d items. */
    public static void layerWeightGradient(
            KernelContext c,
            FloatArray x,
            FloatArray means,
            FloatArray rstds,
            FloatArray dy,
            FloatArray dweight,
            FloatArray dbias,
            IntArray shape) {
        int d = shape.get(1);
        int i = c.globalIdx;
        if (i < d) {
            float sum = 0f;
            float sumZ = 0f;
            for (int r = 0; r < shape.get(0); r++) {
                float g = dy.get(r * d + i);
                sum += g;
                sumZ += g * (x.get(r * d + i) - means.get(r)) * rstds.get(r);
            }
            dweight.set(i, sumZ);
            dbias.set(i, sum);
        }
    }

    /** y = x rrms weight; rrms = 1 / sqrt(mean(x^2) + eps) is kept [rows] for the gradients. */
    public static void rms(
            KernelContext c,
            FloatArray x,
            FloatArray weight,
            FloatArray y,
            FloatArray rrms,
            IntArray shape,
            float eps) {
        int d = shape.get(1);
        int row = c.groupIdx * d;
        float squares = 0f;
        for (int i = c.localIdx; i < d; i += Group.ITEMS) {
            float v = x.get(row + i);
            squares += v * v;
        }
        float r = 1f / TornadoMath.sqrt(Group.sum(c, squares) / d + eps);
        for (int i = c.localIdx; i < d; i += Group.ITEMS) {
            y.set(row + i, x.get(row + i) * r * weight.get(i));
        }
        if (c.localIdx == 0) {
            rrms.set(c.groupIdx, r);
        }
    }

    /** With z = x rrms and g = dy weight: dx = rrms (g - z mean(g z)). */
    public static void rmsGradient(
            KernelContext c,
            FloatArray x,
            FloatArray weight,
            FloatArray rrms,
            FloatArray dy,
            FloatArray dx,
            IntArray shape) {
        int d = shape.get(1);
        int row = c.groupIdx * d;
        float r = rrms.get(c.groupIdx);
        float sumGz = 0f;
        for (int i = c.localIdx; i < d; i += Group.ITEMS) {
            sumGz += dy.get(row + i) * weight.get(i) * x.get(row + i) * r;
        }
        float meanGz = Group.sum(c, sumGz) / d;
        for (int i = c.localIdx; i < d; i += Group.ITEMS) {
            dx.set(row + i, r * (dy.get(row + i) * weight.get(i) - x.get(row + i) * r * meanGz));
        }
    }

    /** As {@link #layerJacobian} for {@link #rms}: z = x rrms, y = rrms (g - z mean(g z)). */
    public static void rmsJacobian(
            KernelContext c, FloatArray g, FloatArray x, FloatArray y, IntArray shape, float eps) {
        int d = shape.get(1);
        int row = c.groupIdx * d;
        float squares = 0f;
        float sumGx = 0f;
        for (int i = c.localIdx; i < d; i += Group.ITEMS) {
            float v = x.get(row + i);
            squares += v * v;
            sumGx += v * g.get(row + i);
        }
        float r = 1f / TornadoMath.sqrt(Group.sum(c, squares) / d + eps);
        float meanGz = Group.sum(c, sumGx) / d * r;
        for (int i = c.localIdx; i < d; i += Group.ITEMS) {
            y.set(row + i, r * (g.get(row + i) - x.get(row + i) * r * meanGz));
        }
    }

    /** dweight = sum over rows of dy z. Grid: d items. */
    public static void rmsWeightGradient(
            KernelContext c, FloatArray x, FloatArray rrms, FloatArray dy, FloatArray dweight, IntArray shape) {
        int d = shape.get(1);
        int i = c.globalIdx;
        if (i < d) {
            float sum = 0f;
            for (int r = 0; r < shape.get(0); r++) {
                sum += dy.get(r * d + i) * x.get(r * d + i) * rrms.get(r);
            }
            dweight.set(i, sum);
        }
    }
}
