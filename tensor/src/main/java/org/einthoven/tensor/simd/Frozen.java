package org.einthoven.tensor.simd;

import java.util.Collections;
import java.util.Map;
import java.util.WeakHashMap;
import java.util.concurrent.ConcurrentHashMap;
import org.einthoven.tensor.Layout;
import org.einthoven.tensor.Shape;
import org.einthoven.tensor.Storage;
import org.einthoven.tensor.Tensor;
import org.einthoven.tensor.Workspace;

/**
 * x W^T, or x W, for a weight W [O, I] that never changes. One to three rows (a token being decoded) read the weight where it
 * lies, once. For more rows a stored weight is decoded by the slab, in {@link DecodedGemm}, or, for x W, as the panels of a
 * {@link Gemm} are packed; an F32 weight is packed on first use and stays so for as long as its storage lives: it is used
 * thousands of times.
 */
final class Frozen {
    private static final Map<Storage, Map<Key, Panels.Packed>> PACKED =
            Collections.synchronizedMap(new WeakHashMap<>());

    private Frozen() {}

    private record Key(Layout layout, boolean transposed) {}

    static Tensor run(Tensor x, Tensor w, boolean transposed, Shape out) {
        int n = out.dim(-1);
        int k = x.shape().dim(-1);
        int size = out.intSize("linear");
        float[] y = k == 0 ? Workspace.zeroedFloats(size) : Workspace.floats(size);
        if (y.length > 0 && k > 0) {
            int m = y.length / n;
            Layout view = x.layout().reshape(Shape.of(m, k));
            Matrix a = view == null
                    ? new Matrix(Elementwise.array(Moves.copy(x)), 0, k, 1)
                    : new Matrix(Elementwise.array(x), view.offset(), view.stride(0), view.stride(1));
            if (m <= 3 && !transposed) {
                boolean dense = w.layout().stride(1) == 1 || k == 1;
                Gemv.multiply(m, n, k, a, dense ? w : Moves.copy(w), y);
            } else if (w.dtype().isStorageOnly() && !transposed) {
                DecodedGemm.multiply(
                        m,
                        n,
                        k,
                        a,
                        Decoder.of(w),
                        w.layout().offset(),
                        w.layout().stride(0),
                        y);
            } else {
                Gemm.multiply(m, n, k, a, panels(w, transposed, k, n), y, 0, n);
            }
        }
        return Tensor.of(y, out.toArray());
    }

    private static Panels panels(Tensor w, boolean transposed, int k, int n) {
        if (w.storage() instanceof Storage.F32 s) {
            return PACKED.computeIfAbsent(s, any -> new ConcurrentHashMap<>())
                    .computeIfAbsent(new Key(w.layout(), transposed), any -> {
                        Matrix whole = new Matrix(
                                s.array(),
                                w.layout().offset(),
                                w.layout().stride(0),
                                w.layout().stride(1));
                        return Panels.Packed.of(new Panels.Strided(transposed ? whole : whole.transposed()), k, n);
                    });
        }
        return new Decoded(Decoder.of(w), w.layout().offset(), w.layout().stride(0));
    }

    /** Panels of a storage-only weight whose rows are dense: its rows are rows of the panel. */
    private record Decoded(Decoder decoder, long first, long down) implements Panels {
        @Override
        public void pack(int k0, int k, int j, int columns, float[] out, int at) {
            for (int p = 0; p < k; p++) {
                decoder.decode(first + (k0 + p) * down + j, out, at + p * Tile.COLUMNS, columns);
            }
        }
    }
}
