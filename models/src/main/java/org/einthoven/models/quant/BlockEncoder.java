package org.einthoven.models.quant;

import org.einthoven.tensor.DType;
import org.einthoven.tensor.DTypeException;

/**
 * Rounds one block of floats to a storage-only type, by GGML's reference algorithm for it (github.com/ggml-org/ggml,
 * src/ggml-quants.c, the functions whose names end in {@code _ref}), so that the same weights give the same file. Safe for
 * many threads.
 */
@FunctionalInterface
public interface BlockEncoder {
    /** Encodes the block of elements that begins at {@code x[from]} to the bytes that begin at {@code out[at]}. */
    void encode(float[] x, int from, byte[] out, int at);

    /** @throws DTypeException for a compute type, and for a block type that is only read */
    static BlockEncoder of(DType type) {
        return switch (type) {
            case F16 -> HalfFloats::f16;
            case BF16 -> HalfFloats::bf16;
            case Q8_0 -> PlainBlocks::q8;
            case Q4_0 -> new PlainBlocks.Signed(4);
            case Q5_0 -> new PlainBlocks.Signed(5);
            case Q4_1 -> new PlainBlocks.FromMinimum(4);
            case Q5_1 -> new PlainBlocks.FromMinimum(5);
            case Q4_K -> new MinimumGroups(4, -1, 20);
            case Q5_K -> new MinimumGroups(5, -0.5f, 15);
            case Q6_K -> SixBitGroups::encode;
            default ->
                throw new DTypeException("quantise: " + type
                        + " is not written; F16, BF16, Q8_0, Q4_0, Q4_1, Q5_0, Q5_1, Q4_K, Q5_K and Q6_K are");
        };
    }
}
