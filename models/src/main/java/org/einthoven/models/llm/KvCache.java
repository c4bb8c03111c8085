package org.einthoven.models.llm;

import org.einthoven.tensor.DType;
import org.einthoven.tensor.Storage;
import org.einthoven.tensor.Tensor;
import org.einthoven.tensor.TensorException;

/**
 * The key-value cache: what each block's attention computed for the tokens so far, so that a new token costs one step and not
 * the whole sequence again. It only grows: rows that a view has shown are never written again, so the tensors handed out
 * stay immutable. Room is doubled when it runs out. For one generation and one thread.
 */
public final class KvCache {
    /** Keys and values of all tokens so far, [B, G, S, E] each. */
    record Seen(Tensor keys, Tensor values) {}

    private static final int FIRST_ROOM = 64;

    private final Tensor[] keys; // a layer: [B, G, room, E], S of them filled
    private final Tensor[] values;
    private final int maxPositions;
    private int length;

    /** Empty. */
    public KvCache(LlmConfig config) {
        this.keys = new Tensor[config.layers()];
        this.values = new Tensor[config.layers()];
        this.maxPositions = config.maxPositions();
    }

    /** Tokens held, S. */
    public int length() {
        return length;
    }

    /** Puts [B, G, T, E] behind what a layer has; {@link #advance} follows when every layer has its share. */
    Seen append(int layer, Tensor k, Tensor v) {
        if (k.isTracked() || v.isTracked()) {
            throw new TensorException(
                    "a key-value cache holds constants and would lose the gradient; differentiate without it");
        }
        int end = length + k.dim(2);
        keys[layer] = written(keys[layer], k);
        values[layer] = written(values[layer], v);
        return new Seen(keys[layer].slice(2, 0, end), values[layer].slice(2, 0, end));
    }

    void advance(int tokens) {
        length += tokens;
    }

    private Tensor written(Tensor buffer, Tensor x) {
        int end = length + x.dim(2);
        Tensor into = buffer;
        if (buffer == null || buffer.dim(2) < end) {
            int room = (int) Math.min(Math.max(FIRST_ROOM, 2L * end), Math.max(end, maxPositions));
            into = empty(x, room);
            if (buffer != null) {
                copy(buffer, length, into, 0);
            }
        }
        copy(x.contiguous(), x.dim(2), into, length);
        return into;
    }

    private static Tensor empty(Tensor like, int room) {
        int[] shape = {like.dim(0), like.dim(1), room, like.dim(3)};
        int n = Math.toIntExact((long) shape[0] * shape[1] * room * shape[3]);
        return like.dtype() == DType.F64 ? Tensor.of(new double[n], shape) : Tensor.of(new float[n], shape);
    }

    /** Copies {@code rows} rows of each head, behind the first {@code at} of {@code into}. */
    private static void copy(Tensor from, int rows, Tensor into, int at) {
        int width = from.dim(3);
        int heads = from.dim(0) * from.dim(1);
        for (int h = 0; h < heads; h++) {
            System.arraycopy(
                    array(from),
                    from.layout().offset() + h * from.dim(2) * width,
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
