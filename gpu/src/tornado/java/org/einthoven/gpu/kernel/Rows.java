package org.einthoven.gpu.kernel;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * Softmax and what is made of it, over rows [rows, d]. One group of {@link Group#ITEMS} a row, which reads it three times (the
 * second and third from the cache while a row fits it) and writes it once: 16 bytes and about 10 operations an element.
 * {@code shape} is {d}.
 */
public final class Rows {
    private Rows() {}

    /** y = e^x / sum e^x. */
    public static void softmax(KernelContext c, FloatArray x, FloatArray y, IntArray shape) {
        int d = shape.get(0);
        int row = c.groupIdx * d;
        float largest = Group.max(c, largest(c, x, row, d));
        float sum = Group.sum(c, sumOfExp(c, x, row, d, largest));
        for (int i = c.localIdx; i < d; i += Group.ITEMS) {
            y.set(row + i, TornadoMath.exp(x.get(row + i) - largest) / sum);
        }
    }

    /** y = x - log sum e^x. */
    public static void logSoftmax(KernelContext c, FloatArray x, FloatArray y, IntArray shape) {
        int d = shape.get(0);
        int row = c.groupIdx * d;
        float largest = Group.max(c, largest(c, x, row, d));
        float sum = Group.sum(c, sumOfExp(c, x, row, d, largest));
        for (int i = c.localIdx; i < d; i += Group.ITEMS) {
            y.set(row + i, x.get(row + i) - largest - TornadoMath.log(sum));
        }
    }

    /** dx = y (dy - sum y dy) for y = softmax(x). Reads y and dy twice, writes dx: 20 bytes and 5 operations an element. */
    public static void softmaxGradient(KernelContext c, FloatArray y, FloatArray dy, FloatArray dx, IntArray shape) {
        int d = shape.get(0);
        int row = c.groupIdx * d;
        float sum = 0f;
        for (int i = c.localIdx; i < d; i += Group.ITEMS) {
            sum += y.get(row + i) * dy.get(row + i);
        }
        float total = Group.sum(c, sum);
        for (int i = c.localIdx; i < d; i += Group.ITEMS) {
            dx.set(row + i, y.get(row + i) * (dy.get(row + i) - total));
        }
    }

    /**
     * loss[r] = log sum e^x[r] - x[r, target[r]], or 0 where the target is negative. Reads the logits twice, writes one number
     * a row.
     */
    public static void crossEntropy(KernelContext c, FloatArray x, IntArray target, FloatArray loss, IntArray shape) {
        int d = shape.get(0);
        int row = c.groupIdx * d;
        float largest = Group.max(c, largest(c, x, row, d));
        float sum = Group.sum(c, sumOfExp(c, x, row, d, largest));
        if (c.localIdx == 0) {
            int t = target.get(c.groupIdx);
            float l = 0f;
            if (t >= 0) {
                l = largest + TornadoMath.log(sum) - x.get(row + t);
            }
            loss.set(c.groupIdx, l);
        }
    }

    /** dx[r, i] = dloss[r] (softmax(x)[r, i] - 1 at the target), 0 where the target is negative. As softmax in cost. */
    public static void crossEntropyGradient(
            KernelContext c, FloatArray x, IntArray target, FloatArray dloss, FloatArray dx, IntArray shape) {
        int d = shape.get(0);
        int row = c.groupIdx * d;
        int t = target.get(c.groupIdx);
        float g = t >= 0 ? dloss.get(c.groupIdx) : 0f;
        float largest = Group.max(c, largest(c, x, row, d));
        float sum = Group.sum(c, sumOfExp(c, x, row, d, largest));
        for (int i = c.localIdx; i < d; i += Group.ITEMS) {
            float p = TornadoMath.exp(x.get(row + i) - largest) / sum;
            dx.set(row + i, g * (i == t ? p - 1f : p));
        }
    }

    private static float largest(KernelContext c, FloatArray x, int row, int d) {
        float largest = Group.MASKED;
        for (int i = c.localIdx; i < d; i += Group.ITEMS) {
            largest = TornadoMath.max(largest, x.get(row + i));
        }
        return largest;
    }

    private static float sumOfExp(KernelContext c, FloatArray x, int row, int d, float largest) {
        float sum = 0f;
        for (int i = c.localIdx; i < d; i += Group.ITEMS) {
            sum += TornadoMath.exp(x.get(row + i) - largest);
        }
        return sum;
    }
}
