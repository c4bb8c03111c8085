package org.einthoven.gpu.kernel;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * Causal attention of new tokens to all before them in a key-value cache, with an online softmax as in {@link Attention}: a
 * group for each row and query head reads the keys and values up to the row's position p, 8 p D bytes for 4 p D operations, so
 * the memory's speed bounds it; query heads that share a key head read it from the cache of the device.
 */
public final class CachedAttention {
    private CachedAttention() {}

    /**
     * q, y [rows, H D]; caches [G, capacity, D]; row r stands at {@code position[0]} + r. {@code shape} is {H, G, D, capacity};
     * {@code scaling} is {scale}. Grid: H groups of {@link Group#ITEMS} along x, rows along y. D is at most {@link
     * Attention#LARGEST_HEAD}.
     */
    public static void forward(
            KernelContext c,
            FloatArray q,
            FloatArray keyCache,
            FloatArray valueCache,
            FloatArray y,
            IntArray position,
            IntArray shape,
            FloatArray scaling) {
        float[] query = c.allocateFloatLocalArray(Attention.LARGEST_HEAD);
        float[] weights = c.allocateFloatLocalArray(Group.ITEMS);
        float scale = scaling.get(0);
        int heads = shape.get(0);
        int d = shape.get(2);
        int item = c.localIdx;
        int line = (c.groupIdy * heads + c.groupIdx) * d;
        int cache = c.groupIdx / (heads / shape.get(1)) * shape.get(3) * d;
        int seen = position.get(0) + c.groupIdy + 1;
        for (int i = item; i < d; i += Group.ITEMS) {
            query[i] = q.get(line + i) * scale;
        }
        c.localBarrier();
        float largest = Group.MASKED;
        float sum = 0f;
        float y0 = 0f;
        float y1 = 0f;
        float y2 = 0f;
        float y3 = 0f;
        for (int first = 0; first < seen; first += Group.ITEMS) {
            int j = first + item;
            float score = Group.MASKED;
            if (j < seen) {
                float dot = 0f;
                for (int i = 0; i < d; i++) {
                    dot += query[i] * keyCache.get(cache + j * d + i);
                }
                score = dot;
            }
            float now = TornadoMath.max(largest, Group.max(c, score));
            float p = 0f;
            if (j < seen) {
                p = TornadoMath.exp(score - now);
            }
            weights[item] = p;
            float shrink = TornadoMath.exp(largest - now);
            sum = sum * shrink + Group.sum(c, p);
            y0 *= shrink;
            y1 *= shrink;
            y2 *= shrink;
            y3 *= shrink;
            int count = TornadoMath.min(Group.ITEMS, seen - first);
            for (int t = 0; t < count; t++) {
                int at = cache + (first + t) * d + item;
                float w = weights[t];
                y0 += item < d ? w * valueCache.get(at) : 0f;
                y1 += item + Group.ITEMS < d ? w * valueCache.get(at + Group.ITEMS) : 0f;
                y2 += item + 2 * Group.ITEMS < d ? w * valueCache.get(at + 2 * Group.ITEMS) : 0f;
                y3 += item + 3 * Group.ITEMS < d ? w * valueCache.get(at + 3 * Group.ITEMS) : 0f;
            }
            largest = now;
            c.localBarrier(); // before weights are written again
        }
        int at = line + item;
        if (item < d) {
            y.set(at, y0 / sum);
        }
        if (item + Group.ITEMS < d) {
            y.set(at + Group.ITEMS, y1 / sum);
        }
        if (item + 2 * Group.ITEMS < d) {
            y.set(at + 2 * Group.ITEMS, y2 / sum);
        }
        if (item + 3 * Group.ITEMS < d) {
            y.set(at + 3 * Group.ITEMS, y3 / sum);
        }
    }
}
