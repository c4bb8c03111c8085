package org.einthoven.gpu.kernel;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * 1-d convolution of x [B, C, T] with w [O, C / groups, K] to y [B, O, T'], and its two partial transposes, each as a gather:
 * y[b, o, t] = sum over c, k of x[b, c, t stride + k dilation - padding] w[o, c, k]. 2 K C / groups operations for an element of
 * y; x is read K / stride times by neighbouring items, so from the cache, and w by all items of an output channel.
 *
 * <p>{@code shape} is {B, C, T, O, K, T', stride, padding, dilation, groups}.
 */
public final class Convolution {
    private Convolution() {}

    /** Grid: (T', O, B) items. */
    public static void forward(KernelContext c, FloatArray x, FloatArray w, FloatArray y, IntArray shape) {
        int time = shape.get(2);
        int outputs = shape.get(3);
        int taps = shape.get(4);
        int steps = shape.get(5);
        int dilation = shape.get(8);
        int channels = shape.get(1) / shape.get(9);
        int t = c.globalIdx;
        int o = c.globalIdy;
        int b = c.globalIdz;
        if (t < steps) {
            int first = t * shape.get(6) - shape.get(7);
            int group = o / (outputs / shape.get(9));
            float sum = 0f;
            for (int ch = 0; ch < channels; ch++) {
                int xRow = (b * shape.get(1) + group * channels + ch) * time;
                int wRow = (o * channels + ch) * taps;
                for (int k = 0; k < taps; k++) {
                    int s = first + k * dilation;
                    if (s >= 0 && s < time) {
                        sum += x.get(xRow + s) * w.get(wRow + k);
                    }
                }
            }
            y.set((b * outputs + o) * steps + t, sum);
        }
    }

    /** dx[b, c, s] = sum over o, k of dy[b, o, t] w[o, c, k] for every t that read s. Grid: (T, C, B) items. */
    public static void inputGradient(KernelContext c, FloatArray dy, FloatArray w, FloatArray dx, IntArray shape) {
        int time = shape.get(2);
        int outputs = shape.get(3);
        int taps = shape.get(4);
        int steps = shape.get(5);
        int stride = shape.get(6);
        int channels = shape.get(1) / shape.get(9);
        int perGroup = outputs / shape.get(9);
        int s = c.globalIdx;
        int ch = c.globalIdy;
        int b = c.globalIdz;
        if (s < time) {
            int group = ch / channels;
            float sum = 0f;
            for (int k = 0; k < taps; k++) {
                int from = s + shape.get(7) - k * shape.get(8);
                int t = from / stride;
                if (from >= 0 && from - t * stride == 0 && t < steps) {
                    for (int o = group * perGroup; o < (group + 1) * perGroup; o++) {
                        sum += dy.get((b * outputs + o) * steps + t) * w.get((o * channels + ch % channels) * taps + k);
                    }
                }
            }
            dx.set((b * shape.get(1) + ch) * time + s, sum);
        }
    }

    /**
     * dw[o, c, k] = sum over b, t of dy[b, o, t] x[b, c, t stride + k dilation - padding]. Grid: a group of
     * {@link Group#ITEMS} for each element, which share out the sum.
     */
    public static void weightGradient(KernelContext c, FloatArray x, FloatArray dy, FloatArray dw, IntArray shape) {
        int time = shape.get(2);
        int outputs = shape.get(3);
        int taps = shape.get(4);
        int steps = shape.get(5);
        int channels = shape.get(1) / shape.get(9);
        int k = c.groupIdx % taps;
        int ch = c.groupIdx / taps % channels;
        int o = c.groupIdx / taps / channels;
        int xChannel = o / (outputs / shape.get(9)) * channels + ch;
        float sum = 0f;
        for (int e = c.localIdx; e < shape.get(0) * steps; e += Group.ITEMS) {
            int b = e / steps;
            int t = e % steps;
            int s = t * shape.get(6) + k * shape.get(8) - shape.get(7);
            if (s >= 0 && s < time) {
                sum += dy.get((b * outputs + o) * steps + t) * x.get((b * shape.get(1) + xChannel) * time + s);
            }
        }
        float total = Group.sum(c, sum);
        if (c.localIdx == 0) {
            dw.set(c.groupIdx, total);
        }
    }
}
