package org.einthoven.tensor.simd;

import org.einthoven.tensor.Storage;
import org.einthoven.tensor.Tensor;

/**
 * Dot products of one vector with rows of a frozen weight, straight from where the weight lies. One class for each way of
 * storing it. Each row is summed by itself in an order that its length fixes, so a row has the same bits alone and as one of
 * four.
 */
sealed interface PackedDot permits DotF32, DotF16, DotBf16, DotQ8, BlockDot, DotDecoded {
    /**
     * y[yo + r] for rows r, r + apart, r + 2 apart and r + 3 apart: each load of x serves four rows, and four streams far
     * apart in memory are read faster than one.
     */
    void four(int r, int apart, float[] y, int yo);

    /** y[yo + r] for row r. */
    void one(int r, float[] y, int yo);

    /** The floats of x are others than before. */
    default void changed() {}

    /** For a weight [n, k] with dense rows and the k floats of x from {@code at}. */
    static PackedDot of(Tensor w, float[] x, int at) {
        int k = w.shape().dim(1);
        long first = w.layout().offset();
        long down = w.layout().stride(0);
        return switch (w.storage()) {
            case Storage.F32 s -> new DotF32(s.array(), (int) first, (int) down, x, at, k);
            case Storage.Blocks s ->
                switch (w.dtype()) {
                    case F16 -> DotF16.of(s.segment(), first, down, x, at, k);
                    case BF16 -> DotBf16.of(s.segment(), first, down, x, at, k);
                    case Q8_0 -> new DotQ8(s.segment(), first, down, x, at, k);
                    case Q4_0 -> new DotQ40(s.segment(), first, down, x, at, k);
                    case Q4_1 -> new DotQ41(s.segment(), first, down, x, at, k);
                    case Q5_0 -> new DotQ50(s.segment(), first, down, x, at, k);
                    case Q5_1 -> new DotQ51(s.segment(), first, down, x, at, k);
                    case Q4_K -> new DotQ4K(s.segment(), first, down, x, at, k);
                    case Q5_K -> new DotQ5K(s.segment(), first, down, x, at, k);
                    case Q6_K -> new DotQ6K(s.segment(), first, down, x, at, k);
                    case F32, F64, I32, BOOL -> throw new IllegalArgumentException(w.dtype() + " in blocks");
                    default -> new DotDecoded(Decoder.of(w), first, down, x, at, k);
                };
            case Storage.F64 s -> throw new IllegalArgumentException("F64");
            case Storage.I32 s -> throw new IllegalArgumentException("I32");
            case Storage.Bool s -> throw new IllegalArgumentException("BOOL");
        };
    }
}
