package org.einthoven.gpu.kernel;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * The gradients of {@link Attention}, in two kernels so that each cell has one writer: {@code gradients} holds dq [B, T, H, E],
 * dk [B, S, G, E] and dv [B, S, G, F] end to end. Weights p = e^(score - logSum) are computed again from q and k rather than
 * kept: T S of them for each head would not fit. With dp = dy v and delta = dy y: dscore = p (dp - delta), times 1 - (score /
 * cap)^2 under a cap. Each kernel computes 3 or 4 products of length E or F for a query and a key where forward has 2; traffic
 * is as there.
 */
public final class AttentionGradient {
    private AttentionGradient() {}

    /** delta[r] = sum over F of y dy, for lines [B H T, F]. Grid: B H T groups. */
    public static void delta(KernelContext c, FloatArray y, FloatArray dy, FloatArray delta, IntArray shape) {
        int d = shape.get(5);
        float sum = 0f;
        for (int i = c.localIdx; i < d; i += Group.ITEMS) {
            sum += y.get(c.groupIdx * d + i) * dy.get(c.groupIdx * d + i);
        }
        float total = Group.sum(c, sum);
        if (c.localIdx == 0) {
            delta.set(c.groupIdx, total);
        }
    }

    /** dq[i] = scale sum over j of dscore[i, j] k[j]. Grid: (T, H, B) groups. */
    public static void queries(
            KernelContext c,
            FloatArray q,
            FloatArray k,
            FloatArray v,
            FloatArray hidden,
            FloatArray dy,
            FloatArray logSums,
            FloatArray delta,
            FloatArray gradients,
            IntArray shape,
            FloatArray scaling) {
        float scale = scaling.get(0);
        float cap = scaling.get(1);
        float[] dscores = c.allocateFloatLocalArray(Group.ITEMS);
        int queries = shape.get(0);
        int keys = shape.get(1);
        int heads = shape.get(2);
        int e = shape.get(4);
        int f = shape.get(5);
        int item = c.localIdx;
        int line = (c.groupIdz * heads + c.groupIdy) * queries + c.groupIdx;
        int keyHead = (c.groupIdz * shape.get(3) + c.groupIdy / (heads / shape.get(3))) * keys;
        int mask = c.groupIdz * shape.get(8) + c.groupIdy * shape.get(9) + c.groupIdx * shape.get(10);
        int position = c.groupIdx + keys - queries;
        int from = Attention.firstKey(position, shape.get(6));
        int to = Attention.lastKey(position, keys, shape.get(7));
        float g0 = 0f;
        float g1 = 0f;
        float g2 = 0f;
        float g3 = 0f;
        for (int first = from; first < to; first += Group.ITEMS) {
            int j = first + item;
            float ds = 0f;
            if (j < to && hidden.get(mask + j * shape.get(11)) == 0f) {
                float dot = 0f;
                float dp = 0f;
                for (int i = 0; i < e; i++) {
                    dot += q.get(line * e + i) * k.get((keyHead + j) * e + i);
                }
                for (int i = 0; i < f; i++) {
                    dp += dy.get(line * f + i) * v.get((keyHead + j) * f + i);
                }
                ds = dscore(dot * scale, dp, logSums.get(line), delta.get(line), cap);
            }
            dscores[item] = ds;
            c.localBarrier();
            int count = TornadoMath.min(Group.ITEMS, to - first);
            for (int t = 0; t < count; t++) {
                int at = (keyHead + first + t) * e + item;
                float w = dscores[t] * scale;
                g0 += item < e ? w * k.get(at) : 0f;
                g1 += item + Group.ITEMS < e ? w * k.get(at + Group.ITEMS) : 0f;
                g2 += item + 2 * Group.ITEMS < e ? w * k.get(at + 2 * Group.ITEMS) : 0f;
                g3 += item + 3 * Group.ITEMS < e ? w * k.get(at + 3 * Group.ITEMS) : 0f;
            }
            c.localBarrier();
        }
        int at = ((c.groupIdz * queries + c.groupIdx) * heads + c.groupIdy) * e + item;
        write(gradients, at, item, e, g0, g1, g2, g3);
    }

    /**
     * dk[j] = scale sum over i of dscore[i, j] q[i] and dv[j] = sum over i of p[i, j] dy[i], over all query heads that share
     * the key head. Grid: (S, G, B) groups.
     */
    public static void keysAndValues(
            KernelContext c,
            FloatArray q,
            FloatArray k,
            FloatArray v,
            FloatArray hidden,
            FloatArray dy,
            FloatArray logSums,
            FloatArray delta,
            FloatArray gradients,
            IntArray shape,
            FloatArray scaling) {
        float scale = scaling.get(0);
        float cap = scaling.get(1);
        float[] weights = c.allocateFloatLocalArray(Group.ITEMS);
        float[] dscores = c.allocateFloatLocalArray(Group.ITEMS);
        int queries = shape.get(0);
        int keys = shape.get(1);
        int heads = shape.get(2);
        int keyHeads = shape.get(3);
        int shared = heads / keyHeads;
        int e = shape.get(4);
        int f = shape.get(5);
        int item = c.localIdx;
        int j = c.groupIdx;
        int key = (c.groupIdz * keyHeads + c.groupIdy) * keys + j;
        float k0 = 0f;
        float k1 = 0f;
        float k2 = 0f;
        float k3 = 0f;
        float v0 = 0f;
        float v1 = 0f;
        float v2 = 0f;
        float v3 = 0f;
        for (int h = c.groupIdy * shared; h < (c.groupIdy + 1) * shared; h++) {
            int lines = (c.groupIdz * heads + h) * queries;
            int mask = c.groupIdz * shape.get(8) + h * shape.get(9) + j * shape.get(11);
            for (int first = 0; first < queries; first += Group.ITEMS) {
                int query = first + item;
                int line = lines + query;
                float p = 0f;
                float ds = 0f;
                int position = query + keys - queries;
                int from = Attention.firstKey(position, shape.get(6));
                int to = Attention.lastKey(position, keys, shape.get(7));
                boolean seen = query < queries && j >= from && j < to;
                if (seen && hidden.get(mask + query * shape.get(10)) == 0f) {
                    float dot = 0f;
                    float dp = 0f;
                    for (int i = 0; i < e; i++) {
                        dot += q.get(line * e + i) * k.get(key * e + i);
                    }
                    for (int i = 0; i < f; i++) {
                        dp += dy.get(line * f + i) * v.get(key * f + i);
                    }
                    p = TornadoMath.exp(Attention.capped(dot * scale, cap) - logSums.get(line));
                    ds = dscore(dot * scale, dp, logSums.get(line), delta.get(line), cap);
                }
                weights[item] = p;
                dscores[item] = ds * scale;
                c.localBarrier();
                int count = TornadoMath.min(Group.ITEMS, queries - first);
                for (int t = 0; t < count; t++) {
                    int atQuery = (lines + first + t) * e + item;
                    int atResult = (lines + first + t) * f + item;
                    float s = dscores[t];
                    float w = weights[t];
                    k0 += item < e ? s * q.get(atQuery) : 0f;
                    k1 += item + Group.ITEMS < e ? s * q.get(atQuery + Group.ITEMS) : 0f;
                    k2 += item + 2 * Group.ITEMS < e ? s * q.get(atQuery + 2 * Group.ITEMS) : 0f;
                    k3 += item + 3 * Group.ITEMS < e ? s * q.get(atQuery + 3 * Group.ITEMS) : 0f;
                    v0 += item < f ? w * dy.get(atResult) : 0f;
                    v1 += item + Group.ITEMS < f ? w * dy.get(atResult + Group.ITEMS) : 0f;
                    v2 += item + 2 * Group.ITEMS < f ? w * dy.get(atResult + 2 * Group.ITEMS) : 0f;
                    v3 += item + 3 * Group.ITEMS < f ? w * dy.get(atResult + 3 * Group.ITEMS) : 0f;
                }
                c.localBarrier();
            }
        }
        int behindQueries = shape.get(12) * heads * queries * e;
        int behindKeys = behindQueries + shape.get(12) * keyHeads * keys * e;
        int place = (c.groupIdz * keys + j) * keyHeads + c.groupIdy;
        write(gradients, behindQueries + place * e + item, item, e, k0, k1, k2, k3);
        write(gradients, behindKeys + place * f + item, item, f, v0, v1, v2, v3);
    }

    private static float dscore(float score, float dp, float logSum, float delta, float cap) {
        float capped = Attention.capped(score, cap);
        float ds = TornadoMath.exp(capped - logSum) * (dp - delta);
        if (cap > 0f) {
            ds = ds * (1f - capped / cap * (capped / cap));
        }
        return ds;
    }

    private static void write(FloatArray g, int at, int item, int d, float g0, float g1, float g2, float g3) {
        if (item < d) {
            g.set(at, g0);
        }
        if (item + Group.ITEMS < d) {
            g.set(at + Group.ITEMS, g1);
        }
        if (item + 2 * Group.ITEMS < d) {
            g.set(at + 2 * Group.ITEMS, g2);
        }
        if (item + 3 * Group.ITEMS < d) {
            g.set(at + 3 * Group.ITEMS, g3);
        }
    }
}
