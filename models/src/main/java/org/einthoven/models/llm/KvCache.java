package org.einthoven.models.llm;

import java.util.Optional;
import org.einthoven.tensor.DType;
import org.einthoven.tensor.Storage;
import org.einthoven.tensor.Tensor;
import org.einthoven.tensor.TensorException;

/**
 * The key-value cache: what each block's attention computed for the tokens so far, so that a new token costs one step and not
 * the whole sequence again. Rows that a view has shown are never written again, so the tensors handed out stay immutable: a
 * block that sees all tokens gets twice the room when its own runs out, and one with a sliding window gets fresh room with
 * only the rows that are still in sight, so its memory stays below twice the window and a pass's tokens. For one generation
 * and one thread.
 */
public final class KvCache {
    /** Keys and values of the tokens that a block may see, [B, G, S, E] each. */
    record Seen(Tensor keys, Tensor values) {}

    /** Rows of one block: keys and values [B, G, room, E] of the tokens from {@code first} on. */
    private record Rows(Tensor keys, Tensor values, int first) {}

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
        write(k.contiguous(), 0, k.dim(2), rows.keys, length - rows.first);
        write(v.contiguous(), 0, v.dim(2), rows.values, length - rows.first);
        layers[layer] = rows;
        return new Seen(
                rows.keys.slice(2, from - rows.first, end - rows.first),
                rows.values.slice(2, from - rows.first, end - rows.first));
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
            Rows copy = new Rows(empty(rows.keys, tokens - from), empty(rows.keys, tokens - from), from);
            write(rows.keys, from - rows.first, tokens - from, copy.keys, 0);
            write(rows.values, from - rows.first, tokens - from, copy.values, 0);
            shorter.layers[l] = copy;
        }
        return Optional.of(shorter);
    }

    /** The first token that a block shows to the one behind {@code tokens} tokens. */
    private int inSight(int layer, int tokens) {
        return config.slides(layer)
                ? Math.max(0, tokens - config.architecture().window().get().tokens() + 1)
                : 0;
    }

    /** What a layer holds of the tokens so far. */
    Seen seen(int layer) {
        Rows rows = layers[layer];
        return new Seen(rows.keys.slice(2, 0, length - rows.first), rows.values.slice(2, 0, length - rows.first));
    }

    void advance(int tokens) {
        length += tokens;
    }

    /** The rows as they are when tokens up to {@code end} fit, else fresh ones with those from {@code from} on. */
    private Rows withRoom(Rows old, int from, int end, Tensor like) {
        if (old != null && end - old.first <= old.keys.dim(2)) {
            return old;
        }
        int needed = end - from;
        int room = (int) Math.min(Math.max(FIRST_ROOM, 2L * needed), Math.max(needed, config.maxPositions()));
        Rows fresh = new Rows(empty(like, room), empty(like, room), from);
        if (old != null) {
            write(old.keys, from - old.first, length - from, fresh.keys, 0);
            write(old.values, from - old.first, length - from, fresh.values, 0);
        }
        return fresh;
    }

    private static Tensor empty(Tensor like, int room) {
        int[] shape = {like.dim(0), like.dim(1), room, like.dim(3)};
        int n = Math.toIntExact((long) shape[0] * shape[1] * room * shape[3]);
        return like.dtype() == DType.F64 ? Tensor.of(new double[n], shape) : Tensor.of(new float[n], shape);
    }

    /** Copies {@code rows} rows of each head from row {@code start}, behind the first {@code at} of {@code into}. */
    private static void write(Tensor from, int start, int rows, Tensor into, int at) {
        int width = from.dim(3);
        int heads = from.dim(0) * from.dim(1);
        for (int h = 0; h < heads; h++) {
            System.arraycopy(
                    array(from),
                    from.layout().offset() + (h * from.dim(2) + start) * width,
                    array(into),
                    (h * into.dim(2) + at) * width,
                    rows * width);
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
