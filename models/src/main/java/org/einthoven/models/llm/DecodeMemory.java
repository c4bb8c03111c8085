package org.einthoven.models.llm;

import java.util.function.IntConsumer;
import org.einthoven.tensor.Workers;
import org.einthoven.tensor.backend.DecodeKernels;

/**
 * Keys and values of one layer for decoding, and attention over them. Keys are kept turned over, [G, E, room], so that scores
 * of neighbouring tokens are neighbours; values as they come, [G, room, E]. Room is doubled when it runs out, which is the
 * only time that anything is allocated.
 */
final class DecodeMemory {
    private static final int FIRST_ROOM = 64;

    /** Multiply-adds of one token's attention in a layer that are worth waking threads. */
    private static final long WORTH = 131_072;

    private final DecodeKernels kernels;
    private final int heads; // H
    private final int groups; // G
    private final int e;
    private final int most;
    private final IntConsumer oneGroup = this::group;
    private int room;
    private float[] keys;
    private float[] values;
    private float[] scores; // [H, room]

    private float[] q;
    private float[] mixed;
    private int seen;

    DecodeMemory(LlmConfig config, DecodeKernels kernels, KvCache.Seen before, int tokens) {
        this.kernels = kernels;
        this.heads = config.heads();
        this.groups = config.keyValueHeads();
        this.e = config.headDim();
        this.most = config.maxPositions();
        makeRoom(Math.min(Math.max(FIRST_ROOM, 2 * tokens), most));
        float[] k = before.keys().toFloats(); // [1, G, S, E]
        float[] v = before.values().toFloats();
        for (int g = 0; g < groups; g++) {
            for (int s = 0; s < tokens; s++) {
                write(g, s, k, v, (g * tokens + s) * e);
            }
        }
    }

    /** Puts the key and the value [G, E] of token number {@code at} behind the others. */
    void append(int at, float[] k, float[] v) {
        if (at == room) {
            makeRoom((int) Math.min(2L * room, most));
        }
        for (int g = 0; g < groups; g++) {
            write(g, at, k, v, g * e);
        }
    }

    private void write(int g, int at, float[] k, float[] v, int from) {
        for (int i = 0; i < e; i++) {
            keys[(g * e + i) * room + at] = k[from + i];
        }
        System.arraycopy(v, from, values, (g * room + at) * e, e);
    }

    private void makeRoom(int more) {
        float[] k = new float[groups * e * more];
        float[] v = new float[groups * more * e];
        for (int row = 0; row < (keys == null ? 0 : groups * e); row++) {
            System.arraycopy(keys, row * room, k, row * more, room);
        }
        for (int g = 0; g < (values == null ? 0 : groups); g++) {
            System.arraycopy(values, g * room * e, v, g * more * e, room * e);
        }
        room = more;
        keys = k;
        values = v;
        scores = new float[heads * more];
    }

    /** softmax(q K^T) V for scaled queries q [H, E] over the first {@code tokens} tokens, to {@code mixed} [H, E]. */
    void attend(float[] queries, int tokens, float[] to) {
        q = queries;
        seen = tokens;
        mixed = to;
        if (2L * heads * tokens * e < WORTH) {
            for (int g = 0; g < groups; g++) {
                group(g);
            }
        } else {
            Workers.forEach(groups, oneGroup);
        }
    }

    /** The H / G query heads that share the key of group g. */
    private void group(int g) {
        for (int h = g * (heads / groups); h < (g + 1) * (heads / groups); h++) {
            kernels.rowTimes(q, h * e, e, keys, g * e * room, room, scores, h * room, seen);
            kernels.softmax(scores, h * room, seen);
            kernels.rowTimes(scores, h * room, seen, values, g * room * e, e, mixed, h * e, e);
        }
    }
}
