package org.einthoven.models.llm;

import java.util.Optional;
import org.einthoven.tensor.DType;
import org.einthoven.tensor.Storage;
import org.einthoven.tensor.Tensor;
import org.einthoven.tensor.TensorException;

/**
 * The key-value cache: what each block's attention computed for the tokens so far, so that a new token costs one step and not
 * the whole sequence again. A block that sees all tokens gets twice the room when its own runs out; one with a sliding window
 * keeps only the rows that are still in sight, so its memory stays below twice the window and a pass's tokens. For one
 * generation and one thread.
 *
 * <p>Keys are kept turned over, [B, G, E, room], so that scores of neighbouring tokens are neighbours; values as they come,
 * [B, G, room, E]. Rows that a tensor has shown are not written again while a pass runs; between passes nobody holds such a
 * tensor, and {@link TokenDecoder}, which makes none, lets rows in sight move up to where others were.
 */
public final class KvCache {
    /** Keys and values of the tokens that a block may see, [B, G, S, E] each. */
    record Seen(Tensor keys, Tensor values) {}

    /** Rows of one block: keys [B, G, E, room] and values [B, G, room, E] of the tokens from {@code first} on. */
    record Rows(Tensor keys, Tensor values, int first) {
        int room() {
            return values.dim(2);
        }
    }

    private static final int FIRST_ROOM = 64;

    private final LlmConfig config;
    private final Rows[] layers;
    private int length;

    /** Empty. */
    public KvCache(LlmConfig config) {
        this.config = config;
        this.layers = new Rows[config.layers()];
    }

    /** Tokens held, S. */
    public int length() {
        return length;
    }

    /**
     * Puts [B, G, T, E] behind what a layer has; {@link #advance} follows when every layer has its share.
     *
     * @return the rows of these tokens and of those before them that any of these may see
     */
    Seen append(int layer, Tensor k, Tensor v) {
        if (k.isTracked() || v.isTracked()) {
            throw new TensorException(
                    "a key-value cache holds constants and would lose the gradient; differentiate without it");
        }
        int end = length + k.dim(2);
        int from = inSight(layer, length);
        Rows rows = withRoom(layers[layer], from, end, k);
        writeKeys(k.transpose(2, 3).contiguous(), 0, k.dim(2), rows.keys, length - rows.first);
        writeValues(v.contiguous(), 0, v.dim(2), rows.values, length - rows.first);
        layers[layer] = rows;
        return shown(rows, from, end);
    }

    private static Seen shown(Rows rows, int from, int to) {
        return new Seen(
                rows.keys.slice(3, from - rows.first, to - rows.first).transpose(2, 3),
                rows.values.slice(2, from - rows.first, to - rows.first));
    }

    /**
     * As {@link #append(int, Tensor, Tensor)} for one token, of which the key and the value [G, E] are read from their places
     * on. Allocates only where room is doubled.
     */
    void append(int layer, float[] k, int ko, float[] v, int vo) {
        Rows rows = layers[layer];
        int from = inSight(layer, length);
        if (length + 1 - rows.first > rows.room()) {
            boolean movesUp = from - rows.first >= rows.room() / 2;
            rows = movesUp ? movedUp(rows, from) : withRoom(rows, from, length + 1, rows.values);
            layers[layer] = rows;
        }
        float[] keys = (float[]) array(rows.keys);
        int e = config.headDim();
        int at = length - rows.first;
        for (int i = 0; i < config.keyValueHeads() * e; i++) {
            keys[i * rows.room() + at] = k[ko + i];
        }
        for (int g = 0; g < config.keyValueHeads(); g++) {
            System.arraycopy(v, vo + g * e, array(rows.values), (g * rows.room() + at) * e, e);
        }
    }

    /** The rows from {@code from} on, at the beginning of the same memory. */
    private Rows movedUp(Rows old, int from) {
        writeKeys(old.keys, from - old.first, length - from, old.keys, 0);
        writeValues(old.values, from - old.first, length - from, old.values, 0);
        return new Rows(old.keys, old.values, from);
    }

    Rows rows(int layer) {
        return layers[layer];
    }

    /**
     * A cache of its own with the first tokens of this one. Empty when a window has let go of rows that they need.
     *
     * @param tokens at most {@link #length}
     */
    Optional<KvCache> first(int tokens) {
        KvCache shorter = new KvCache(config);
        shorter.length = tokens;
        for (int l = 0; l < layers.length && tokens > 0; l++) {
            Rows rows = layers[l];
            int from = inSight(l, tokens);
            if (from < rows.first) {
                return Optional.empty();
            }
            Rows copy = empty(rows.values, tokens - from, from);
            writeKeys(rows.keys, from - rows.first, tokens - from, copy.keys, 0);
            writeValues(rows.values, from - rows.first, tokens - from, copy.values, 0);
            shorter.layers[l] = copy;
        }
        return Optional.of(shorter);
    }

    /** The first token that a block shows to the one behind {@code tokens} tokens. */
    int inSight(int layer, int tokens) {
        return config.slides(layer)
                ? Math.max(0, tokens - config.architecture().window().get().tokens() + 1)
                : 0;
    }

    void advance(int tokens) {
        length += tokens;
    }

    /** The rows as they are when tokens up to {@code end} fit, else fresh ones with those from {@code from} on. */
    private Rows withRoom(Rows old, int from, int end, Tensor like) {
        if (old != null && end - old.first <= old.room()) {
            return old;
        }
        int needed = end - from;
        int room = (int) Math.min(Math.max(FIRST_ROOM, 2L * needed), Math.max(needed, config.maxPositions()));
        Rows fresh = empty(like, room, from);
        if (old != null) {
            writeKeys(old.keys, from - old.first, length - from, fresh.keys, 0);
            writeValues(old.values, from - old.first, length - from, fresh.values, 0);
        }
        return fresh;
    }

    /** For heads and a type like those of [B, G, any, E]. */
    private static Rows empty(Tensor like, int room, int first) {
        int[] keys = {like.dim(0), like.dim(1), like.dim(3), room};
        int[] values = {like.dim(0), like.dim(1), room, like.dim(3)};
        int n = Math.toIntExact((long) keys[0] * keys[1] * keys[2] * room);
        return like.dtype() == DType.F64
                ? new Rows(Tensor.of(new double[n], keys), Tensor.of(new double[n], values), first)
                : new Rows(Tensor.of(new float[n], keys), Tensor.of(new float[n], values), first);
    }

    /** Copies {@code n} columns of [B, G, E, any] from {@code start} on to those from {@code at} on. */
    private static void writeKeys(Tensor from, int start, int n, Tensor into, int at) {
        int lines = from.dim(0) * from.dim(1) * from.dim(2);
        for (int i = 0; i < lines; i++) {
            int line = from.layout().offset() + i * from.dim(3);
            System.arraycopy(array(from), line + start, array(into), i * into.dim(3) + at, n);
        }
    }

    /** Copies {@code n} rows of each head of [B, G, any, E] from {@code start} on to those from {@code at} on. */
    private static void writeValues(Tensor from, int start, int n, Tensor into, int at) {
        int width = from.dim(3);
        int heads = from.dim(0) * from.dim(1);
        for (int h = 0; h < heads; h++) {
            int head = from.layout().offset() + h * from.dim(2) * width;
            System.arraycopy(array(from), head + start * width, array(into), (h * into.dim(2) + at) * width, n * width);
        }
    }

    private static Object array(Tensor t) {
        return switch (t.storage()) {
            case Storage.F32 s -> s.array();
            case Storage.F64 s -> s.array();
            default -> throw new IllegalStateException("keys and values are F32 or F64, not " + t.dtype());
        };
    }
}
