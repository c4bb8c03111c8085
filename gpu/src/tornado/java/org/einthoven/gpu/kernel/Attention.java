package org.einthoven.gpu.kernel;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * Attention with an online softmax (Milakov and Gimelshein, arXiv 1805.02867; Dao et al., arXiv 2205.14135): scores never
 * reach memory. q, y [B, H, T, D]; k, v [B, G, S, D] where H / G query heads share a key head; query i stands at position
 * i + S - T among the keys. A group of {@link Group#ITEMS} for each query reads all its keys and values, 8 S D bytes, mostly
 * from the cache as neighbouring queries read the same, for 4 S D operations; y is written once.
 *
 * <p>{@code shape} is {T, S, H, G, D, causal 0 or 1, window or 0}: query at position p sees keys up to p when causal, and none
 * before p - window + 1 with a window. {@code scaling} is {scale, cap}: scores are scale times the products; the cap of Gemma 2
 * makes them cap tanh(score / cap), 0 for none. D is at most {@link #LARGEST_HEAD}. Where no key is seen, y is 0.
 */
public final class Attention {
    /** Each item carries up to four features. */
    public static final int LARGEST_HEAD = 4 * Group.ITEMS;

    private Attention() {}

    /** {@code logSums} [B, H, T] are kept for the gradients. Grid: (T, H, B) groups. */
    public static void forward(
            KernelContext c,
            FloatArray q,
            FloatArray k,
            FloatArray v,
            FloatArray y,
            FloatArray logSums,
            IntArray shape,
            FloatArray scaling) {
        float scale = scaling.get(0);
        float cap = scaling.get(1);
        float[] query = c.allocateFloatLocalArray(LARGEST_HEAD);
        float[] weights = c.allocateFloatLocalArray(Group.ITEMS);
        int queries = shape.get(0);
        int keys = shape.get(1);
        int heads = shape.get(2);
        int d = shape.get(4);
        int item = c.localIdx;
        int line = (c.groupIdz * heads + c.groupIdy) * queries + c.groupIdx;
        int keyHead = (c.groupIdz * shape.get(3) + c.groupIdy / (heads / shape.get(3))) * keys * d;
        int position = c.groupIdx + keys - queries;
        int from = firstKey(position, shape.get(6));
        int to = lastKey(position, keys, shape.get(5));
        for (int i = item; i < d; i += Group.ITEMS) {
            query[i] = q.get(line * d + i) * scale;
        }
        c.localBarrier();
        float largest = Group.MASKED;
        float sum = 0f;
        float y0 = 0f;
        float y1 = 0f;
        float y2 = 0f;
        float y3 = 0f;
        for (int first = 0; first < keys; first += Group.ITEMS) {
            int j = first + item;
            float score = Group.MASKED;
            if (j >= from && j < to) {
                float dot = 0f;
                for (int i = 0; i < d; i++) {
                    dot += query[i] * k.get(keyHead + j * d + i);
                }
                score = capped(dot, cap);
            }
            float now = TornadoMath.max(largest, Group.max(c, score));
            float p = 0f;
            if (j >= from && j < to) {
                p = TornadoMath.exp(score - now);
            }
            weights[item] = p;
            float shrink = TornadoMath.exp(largest - now);
            sum = sum * shrink + Group.sum(c, p);
            y0 *= shrink;
            y1 *= shrink;
            y2 *= shrink;
            y3 *= shrink;
            int count = TornadoMath.min(Group.ITEMS, keys - first);
            for (int t = 0; t < count; t++) {
                int at = keyHead + (first + t) * d + item;
                float w = weights[t];
                y0 += item < d ? w * v.get(at) : 0f;
                y1 += item + Group.ITEMS < d ? w * v.get(at + Group.ITEMS) : 0f;
                y2 += item + 2 * Group.ITEMS < d ? w * v.get(at + 2 * Group.ITEMS) : 0f;
                y3 += item + 3 * Group.ITEMS < d ? w * v.get(at + 3 * Group.ITEMS) : 0f;
            }
            largest = now;
            c.localBarrier(); // before weights are written again
        }
        float share = sum > 0f ? 1f / sum : 0f;
        int at = line * d + item;
        if (item < d) {
            y.set(at, y0 * share);
        }
        if (item + Group.ITEMS < d) {
            y.set(at + Group.ITEMS, y1 * share);
        }
        if (item + 2 * Group.ITEMS < d) {
            y.set(at + 2 * Group.ITEMS, y2 * share);
        }
        if (item + 3 * Group.ITEMS < d) {
            y.set(at + 3 * Group.ITEMS, y3 * share);
        }
        if (item == 0) {
            logSums.set(line, sum > 0f ? largest + TornadoMath.log(sum) : 0f);
        }
    }

    /** The first key that is seen from a position. */
    static int firstKey(int position, int window) {
        int from = 0;
        if (window > 0) {
            from = TornadoMath.max(0, position - window + 1);
        }
        return from;
    }

    /** Behind the last key that is seen from a position. */
    static int lastKey(int position, int keys, int causal) {
        int to = keys;
        if (causal == 1) {
            to = TornadoMath.min(keys, position + 1);
        }
        return to;
    }

    static float capped(float score, float cap) {
        return cap > 0f ? cap * TornadoMath.tanh(score / cap) : score;
    }
}
