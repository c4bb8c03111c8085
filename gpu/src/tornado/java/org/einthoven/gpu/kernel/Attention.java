package org.einthoven.gpu.kernel;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * Attention with an online softmax (Milakov and Gimelshein, arXiv 1805.02867; Dao et al., arXiv 2205.14135): scores never
 * reach memory. q [B, H, T, E], k [B, G, S, E], v [B, G, S, F], y [B, H, T, F] where H / G query heads share a key head; query
 * i stands at position i + S - T among the keys. A group of {@link Group#ITEMS} for each query reads the keys and values of the
 * positions that it sees, 4 S (E + F) bytes at most, mostly from the cache as neighbouring queries read the same, for 2 S (E +
 * F) operations; y is written once.
 *
 * <p>{@code shape} is {T, S, H, G, E, F, back, ahead, steps of {@code hidden} from one batch item, head, query and key to
 * the next, B}, a step being 0 where it is the same for all: a query at position p sees the keys from p - back to p + ahead whose
 * {@code hidden} is 0. {@code scaling} is {scale, cap}: scores are scale times the products; the cap of Gemma 2 makes them cap
 * tanh(score / cap), 0 for none. E and F are at most {@link #LARGEST_HEAD}. Where no key is seen, y is 0.
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
            FloatArray hidden,
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
        int e = shape.get(4);
        int f = shape.get(5);
        int item = c.localIdx;
        int line = (c.groupIdz * heads + c.groupIdy) * queries + c.groupIdx;
        int keyHead = (c.groupIdz * shape.get(3) + c.groupIdy / (heads / shape.get(3))) * keys;
        int mask = c.groupIdz * shape.get(8) + c.groupIdy * shape.get(9) + c.groupIdx * shape.get(10);
        int position = c.groupIdx + keys - queries;
        int from = firstKey(position, shape.get(6));
        int to = lastKey(position, keys, shape.get(7));
        for (int i = item; i < e; i += Group.ITEMS) {
            query[i] = q.get(line * e + i) * scale;
        }
        c.localBarrier();
        float largest = Group.MASKED;
        float sum = 0f;
        float y0 = 0f;
        float y1 = 0f;
        float y2 = 0f;
        float y3 = 0f;
        for (int first = from; first < to; first += Group.ITEMS) {
            int j = first + item;
            float score = Group.MASKED;
            boolean seen = j < to && hidden.get(mask + j * shape.get(11)) == 0f;
            if (seen) {
                float dot = 0f;
                for (int i = 0; i < e; i++) {
                    dot += query[i] * k.get((keyHead + j) * e + i);
                }
                score = capped(dot, cap);
            }
            float now = TornadoMath.max(largest, Group.max(c, score));
            float p = 0f;
            if (seen) {
                p = TornadoMath.exp(score - now);
            }
            weights[item] = p;
            float shrink = TornadoMath.exp(largest - now);
            sum = sum * shrink + Group.sum(c, p);
            y0 *= shrink;
            y1 *= shrink;
            y2 *= shrink;
            y3 *= shrink;
            int count = TornadoMath.min(Group.ITEMS, to - first);
            for (int t = 0; t < count; t++) {
                int at = (keyHead + first + t) * f + item;
                float w = weights[t];
                y0 += item < f ? w * v.get(at) : 0f;
                y1 += item + Group.ITEMS < f ? w * v.get(at + Group.ITEMS) : 0f;
                y2 += item + 2 * Group.ITEMS < f ? w * v.get(at + 2 * Group.ITEMS) : 0f;
                y3 += item + 3 * Group.ITEMS < f ? w * v.get(at + 3 * Group.ITEMS) : 0f;
            }
            largest = now;
            c.localBarrier(); // before weights are written again
        }
        float share = sum > 0f ? 1f / sum : 0f;
        int at = line * f + item;
        if (item < f) {
            y.set(at, y0 * share);
        }
        if (item + Group.ITEMS < f) {
            y.set(at + Group.ITEMS, y1 * share);
        }
        if (item + 2 * Group.ITEMS < f) {
            y.set(at + 2 * Group.ITEMS, y2 * share);
        }
        if (item + 3 * Group.ITEMS < f) {
            y.set(at + 3 * Group.ITEMS, y3 * share);
        }
        if (item == 0) {
            logSums.set(line, sum > 0f ? largest + TornadoMath.log(sum) : 0f);
        }
    }

    /** The first key that is seen from a position. */
    static int firstKey(int position, int back) {
        return TornadoMath.max(0, position - back);
    }

    /** Behind the last key that is seen from a position. */
    static int lastKey(int position, int keys, int ahead) {
        return TornadoMath.min(keys, position + ahead + 1);
    }

    static float capped(float score, float cap) {
        return cap > 0f ? cap * TornadoMath.tanh(score / cap) : score;
    }
}
