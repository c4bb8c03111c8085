package org.einthoven.models.llm;

import java.util.List;
import java.util.OptionalDouble;
import java.util.function.IntConsumer;
import org.einthoven.tensor.Workers;
import org.einthoven.tensor.backend.DecodeKernels;

/**
 * Attention of the newest token of each text over what its cache holds, where the cache holds it. Allocates only when a cache
 * has got more room.
 */
final class DecodeAttention {
    /** Multiply-adds of one layer that are worth waking threads. */
    private static final long WORTH = 131_072;

    private final LlmConfig config;
    private final DecodeKernels kernels;
    private final List<KvCache> caches;
    private final int heads; // H
    private final int groups; // G
    private final int e; // E
    private final OptionalDouble cap;
    private final float[][] scores; // [H, room] of each text
    private final float[][] keys; // [G, E, room] of each text whose cache holds F16
    private final float[][] values; // [G, room, E]
    private final IntConsumer oneGroup = this::group;
    private int layer;
    private float[] q = {};
    private float[] mixed = {};

    DecodeAttention(LlmConfig config, DecodeKernels kernels, List<KvCache> caches) {
        this.config = config;
        this.kernels = kernels;
        this.caches = caches;
        this.heads = config.heads();
        this.groups = config.keyValueHeads();
        this.e = config.headDim();
        this.cap = config.architecture().attentionCap();
        this.scores = new float[caches.size()][0];
        this.keys = new float[caches.size()][0];
        this.values = new float[caches.size()][0];
    }

    /**
     * softmax(q K^T) V of a layer for scaled queries q [n, H, E], to {@code to} [n, H, E]. The token's own key and value have
     * been appended, and the caches not yet advanced.
     */
    void attend(int ofLayer, float[] queries, float[] to) {
        layer = ofLayer;
        q = queries;
        mixed = to;
        long work = 0;
        for (int i = 0; i < caches.size(); i++) {
            KvCache.Rows rows = caches.get(i).rows(layer);
            if (scores[i].length < heads * rows.room()) {
                scores[i] = new float[heads * rows.room()];
            }
            if (rows.keys() instanceof short[] k && keys[i].length < k.length) {
                keys[i] = new float[k.length];
                values[i] = new float[k.length];
            }
            work += 2L * heads * e * (caches.get(i).length() + 1);
        }
        int pieces = caches.size() * groups;
        if (work < WORTH) {
            for (int piece = 0; piece < pieces; piece++) {
                group(piece);
            }
        } else {
            Workers.forEach(pieces, oneGroup);
        }
    }

    /** The H / G query heads that share a key. */
    private void group(int piece) {
        int text = piece / groups;
        int g = piece % groups;
        KvCache cache = caches.get(text);
        KvCache.Rows rows = cache.rows(layer);
        int start = cache.inSight(layer, cache.length()) - rows.first();
        int seen = cache.length() + 1 - rows.first() - start;
        int room = rows.room();
        float[] k = keys(text, g, rows, start, seen);
        float[] v = values(text, g, rows, start, seen);
        for (int h = g * (heads / groups); h < (g + 1) * (heads / groups); h++) {
            int own = h * room;
            int at = (text * heads + h) * e;
            kernels.rowTimes(q, at, e, k, g * e * room + start, room, scores[text], own, seen);
            if (cap.isPresent()) {
                kernels.cap(scores[text], own, seen, cap.getAsDouble());
            }
            kernels.softmax(scores[text], own, seen);
            kernels.rowTimes(scores[text], own, seen, v, (g * room + start) * e, e, mixed, at, e);
        }
    }

    /** Of the group and the tokens that are seen, in their places. */
    private float[] keys(int text, int g, KvCache.Rows rows, int start, int seen) {
        if (rows.keys() instanceof float[] whole) {
            return whole;
        }
        for (int line = g * e; line < (g + 1) * e; line++) {
            int at = line * rows.room() + start;
            KvCache.copy(rows.keys(), at, keys[text], at, seen);
        }
        return keys[text];
    }

    private float[] values(int text, int g, KvCache.Rows rows, int start, int seen) {
        if (rows.values() instanceof float[] whole) {
            return whole;
        }
        int at = (g * rows.room() + start) * e;
        KvCache.copy(rows.values(), at, values[text], at, seen * e);
        return values[text];
    }
}
