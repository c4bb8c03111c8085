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
 * [B, G, room, E]. They are kept in the type of the arithmetic, or rounded to F16, which takes half the memory of F32; what a
 * pass reads is then decoded. Rows that a tensor has shown are not written again while a pass runs; between passes nobody
 * holds such a tensor, and {@link TokenDecoder}, which makes none, lets rows in sight move up to where others were.
 */
public final class KvCache {
    /** Keys and values of the tokens that a block may see, [B, G, S, E] each. */
    record Seen(Tensor keys, Tensor values) {}

    /**
     * Rows of one block: keys [B, G, E, room] and values [B, G, room, E] of the tokens from {@code first} on, in float[],
     * double[], or short[] for F16.
     *
     * @param heads B G
     */
    record Rows(Object keys, Object values, int heads, int room, int first) {}

    private static final int FIRST_ROOM = 64;

    private final LlmConfig config;
    private final boolean halves;
    private final Rows[] layers;
    private int length;
    private int expected; // tokens in the end, where that is known

    /** Empty, for the type of the arithmetic. */
    public KvCache(LlmConfig config) {
        this(config, false);
    }

    /**
     * Empty.
     *
     * @param halves whether keys and values of F32 are rounded to F16
     */
    public KvCache(LlmConfig config, boolean halves) {
        this.config = config;
        this.halves = halves;
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
        Rows rows = withRoom(layer, from, end, k.dim(0) * k.dim(1), k.dtype());
        Tensor turned = k.transpose(2, 3).contiguous();
        Tensor dense = v.contiguous();
        int at = length - rows.first;
        int n = k.dim(2);
        copyKeys(array(turned), turned.layout().offset(), n, 0, n, rows, at);
        copyValues(array(dense), dense.layout().offset(), n, 0, n, rows, at);
        layers[layer] = rows;
        return shown(rows, from - rows.first, end - rows.first, k.dim(0));
    }

    private Seen shown(Rows rows, int from, int to, int batch) {
        int e = config.headDim();
        int groups = rows.heads / batch;
        if (rows.keys instanceof short[]) {
            int n = to - from;
            Rows floats = new Rows(new float[rows.heads * e * n], new float[rows.heads * n * e], rows.heads, n, 0);
            copyKeys(rows.keys, 0, rows.room, from, n, floats, 0);
            copyValues(rows.values, 0, rows.room, from, n, floats, 0);
            return shown(floats, 0, n, batch);
        }
        return new Seen(
                tensor(rows.keys, batch, groups, e, rows.room)
                        .slice(3, from, to)
                        .transpose(2, 3),
                tensor(rows.values, batch, groups, rows.room, e).slice(2, from, to));
    }

    private static Tensor tensor(Object array, int... shape) {
        return array instanceof double[] d ? Tensor.of(d, shape) : Tensor.of((float[]) array, shape);
    }

    /**
     * As {@link #append(int, Tensor, Tensor)} for one token, of which the key and the value [G, E] are read from their places
     * on. Allocates only where room is doubled.
     */
    void append(int layer, float[] k, int ko, float[] v, int vo) {
        Rows rows = layers[layer];
        int from = inSight(layer, length);
        if (length + 1 - rows.first > rows.room) {
            boolean movesUp = from - rows.first >= rows.room / 2;
            rows = movesUp ? movedUp(rows, from) : withRoom(layer, from, length + 1, rows.heads, DType.F32);
            layers[layer] = rows;
        }
        int at = length - rows.first;
        copyKeys(k, ko, 1, 0, 1, rows, at);
        copyValues(v, vo, 1, 0, 1, rows, at);
    }

    /** The rows from {@code from} on, at the beginning of the same memory. */
    private Rows movedUp(Rows old, int from) {
        Rows moved = new Rows(old.keys, old.values, old.heads, old.room, from);
        copyKeys(old.keys, 0, old.room, from - old.first, length - from, moved, 0);
        copyValues(old.values, 0, old.room, from - old.first, length - from, moved, 0);
        return moved;
    }

    Rows rows(int layer) {
        return layers[layer];
    }

    /**
     * A cache of its own with the first tokens of this one. Empty when a window has let go of rows that they need.
     *
     * @param tokens at most {@link #length}
     */
    public Optional<KvCache> first(int tokens) {
        KvCache shorter = new KvCache(config, halves);
        shorter.length = tokens;
        for (int l = 0; l < layers.length && tokens > 0; l++) {
            Rows rows = layers[l];
            int from = inSight(l, tokens);
            if (from < rows.first) {
                return Optional.empty();
            }
            Rows copy = empty(rows.keys, rows.heads, tokens - from, from);
            copyKeys(rows.keys, 0, rows.room, from - rows.first, tokens - from, copy, 0);
            copyValues(rows.values, 0, rows.room, from - rows.first, tokens - from, copy, 0);
            shorter.layers[l] = copy;
        }
        return Optional.of(shorter);
    }

    /** Says that there will be so many tokens, so that room is made for all of them at once. */
    void expect(int tokens) {
        expected = tokens;
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
    private Rows withRoom(int layer, int from, int end, int heads, DType type) {
        Rows old = layers[layer];
        if (old != null && end - old.first <= old.room) {
            return old;
        }
        int needed = end - from;
        boolean told = expected >= end && !config.slides(layer); // a window never holds all
        long wanted = told ? expected - from : 2L * needed;
        int room = (int) Math.min(Math.max(FIRST_ROOM, wanted), Math.max(needed, config.maxPositions()));
        Object like = old != null ? old.keys : type == DType.F64 ? new double[0] : halves ? new short[0] : new float[0];
        Rows fresh = empty(like, heads, room, from);
        if (old != null) {
            copyKeys(old.keys, 0, old.room, from - old.first, length - from, fresh, 0);
            copyValues(old.values, 0, old.room, from - old.first, length - from, fresh, 0);
        }
        return fresh;
    }

    private Rows empty(Object like, int heads, int room, int first) {
        int n = Math.toIntExact((long) heads * config.headDim() * room);
        return new Rows(array(like, n), array(like, n), heads, room, first);
    }

    private static Object array(Object like, int n) {
        return switch (like) {
            case short[] s -> new short[n];
            case double[] d -> new double[n];
            default -> new float[n];
        };
    }

    /** Copies {@code n} columns of keys [heads, E, room] that begin at {@code offset}, those from {@code start} on. */
    private void copyKeys(Object keys, int offset, int room, int start, int n, Rows into, int at) {
        for (int i = 0; i < into.heads * config.headDim(); i++) {
            copy(keys, offset + i * room + start, into.keys, i * into.room + at, n);
        }
    }

    /** Copies {@code n} rows of values [heads, room, E] that begin at {@code offset}, those from {@code start} on. */
    private void copyValues(Object values, int offset, int room, int start, int n, Rows into, int at) {
        int e = config.headDim();
        for (int h = 0; h < into.heads; h++) {
            copy(values, offset + (h * room + start) * e, into.values, (h * into.room + at) * e, n * e);
        }
    }

    /** Between arrays of one type, to F16 and from it. */
    static void copy(Object from, int at, Object into, int to, int n) {
        if (from instanceof float[] f && into instanceof short[] h) {
            for (int i = 0; i < n; i++) {
                h[to + i] = Float.floatToFloat16(f[at + i]);
            }
        } else if (from instanceof short[] h && into instanceof float[] f) {
            for (int i = 0; i < n; i++) {
                f[to + i] = Float.float16ToFloat(h[at + i]);
            }
        } else {
            System.arraycopy(from, at, into, to, n);
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
