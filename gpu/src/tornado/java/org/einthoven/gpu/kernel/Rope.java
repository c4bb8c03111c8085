package org.einthoven.gpu.kernel;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/** Rotary embedding (Su et al., arXiv 2104.09864): moves each number once, 3 operations for each. An item turns a pair. */
public final class Rope {
    private Rope() {}

    /**
     * x, y [..., T, D] and cos, sin [T, D / 2]; {@code shape} is {pairs of x, T, D, interleaved, inverse}: pairs are
     * (i, i + D / 2), or (2i, 2i + 1) when interleaved is 1; when inverse is 1 it turns the other way. Grid: all pairs.
     */
    public static void turnPairs(
            KernelContext c, FloatArray x, FloatArray cos, FloatArray sin, FloatArray y, IntArray shape) {
        int time = shape.get(1);
        int d = shape.get(2);
        int interleaved = shape.get(3);
        int e = c.globalIdx;
        if (e < shape.get(0)) {
            int half = d / 2;
            int line = e / half;
            int i = e % half;
            int turn = line % time * half + i;
            int left = line * d + (interleaved == 1 ? 2 * i : i);
            int right = left + (interleaved == 1 ? 1 : half);
            float co = cos.get(turn);
            float si = shape.get(4) == 1 ? -sin.get(turn) : sin.get(turn);
            float a = x.get(left);
            float b = x.get(right);
            y.set(left, a * co - b * si);
            y.set(right, a * si + b * co);
        }
    }

    /**
     * The rotation of new tokens, with their keys and values written to the cache: {@code qkv} [rows, (H + 2 G) D] holds
     * queries, keys, values as one product made them; q [rows, H D] gets the turned queries; row r stands at position p =
     * {@code position[0]} + r, and caches [G, capacity, D] get their row p; cos, sin [capacity, D / 2]. {@code shape} is {H, G,
     * D, capacity, interleaved}. Grid: (H + 2 G) D / 2 pairs along x, rows along y.
     */
    public static void keyValueWrite(
            KernelContext c,
            FloatArray qkv,
            FloatArray cos,
            FloatArray sin,
            FloatArray q,
            FloatArray keyCache,
            FloatArray valueCache,
            IntArray position,
            IntArray shape) {
        int heads = shape.get(0);
        int keyHeads = shape.get(1);
        int d = shape.get(2);
        int capacity = shape.get(3);
        int interleaved = shape.get(4);
        int e = c.globalIdx;
        int r = c.globalIdy;
        int half = d / 2;
        if (e < (heads + 2 * keyHeads) * half) {
            int head = e / half;
            int i = e % half;
            int left = interleaved == 1 ? 2 * i : i;
            int right = left + (interleaved == 1 ? 1 : half);
            int p = position.get(0) + r;
            int from = (r * (heads + 2 * keyHeads) + head) * d;
            float co = cos.get(p * half + i);
            float si = sin.get(p * half + i);
            float a = qkv.get(from + left);
            float b = qkv.get(from + right);
            if (head < heads) {
                int row = (r * heads + head) * d;
                q.set(row + left, a * co - b * si);
                q.set(row + right, a * si + b * co);
            }
            if (head >= heads && head < heads + keyHeads) {
                int row = ((head - heads) * capacity + p) * d;
                keyCache.set(row + left, a * co - b * si);
                keyCache.set(row + right, a * si + b * co);
            }
            if (head >= heads + keyHeads) {
                int row = ((head - heads - keyHeads) * capacity + p) * d;
                valueCache.set(row + left, a);
                valueCache.set(row + right, b);
            }
        }
    }
}
