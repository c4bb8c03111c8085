package org.einthoven.tensor;

/**
 * The element types of a {@link Tensor}. Compute types hold values that kernels read and write. Storage-only types hold
 * frozen weights as their file stores them, little-endian, in blocks: they are legal as the weight of a frozen linear map,
 * as the table of an embedding, and in {@link Tensor#cast}; anything else is a {@link DTypeException}.
 */
public enum DType {
    F32(4, 1, Kind.FLOATING),
    F64(8, 1, Kind.FLOATING),
    I32(4, 1, Kind.INTEGER),
    BOOL(1, 1, Kind.BOOLEAN),
    /** IEEE 754 binary16. */
    F16(2, 1, Kind.STORAGE),
    /** The upper half of an IEEE 754 binary32. */
    BF16(2, 1, Kind.STORAGE),
    /** GGML: blocks of 32 signed bytes with one F16 scale in front, 34 bytes a block. */
    Q8_0(34, 32, Kind.STORAGE),
    /** GGML: 32 nibbles less 8 times one F16 scale, 18 bytes a block. */
    Q4_0(18, 32, Kind.STORAGE),
    /** GGML: 32 nibbles times one F16 scale, plus an F16 minimum, 20 bytes a block. */
    Q4_1(20, 32, Kind.STORAGE),
    /** GGML: 32 numbers of 5 bits less 16 times one F16 scale, 22 bytes a block. */
    Q5_0(22, 32, Kind.STORAGE),
    /** GGML: 32 numbers of 5 bits times one F16 scale, plus an F16 minimum, 24 bytes a block. */
    Q5_1(24, 32, Kind.STORAGE),
    /** GGML: 256 pairs of bits in sixteen groups, each with a 4-bit scale and minimum, 84 bytes a block. */
    Q2_K(84, 256, Kind.STORAGE),
    /** GGML: 256 numbers of 3 bits in sixteen groups, each with a 6-bit scale, 110 bytes a block. */
    Q3_K(110, 256, Kind.STORAGE),
    /** GGML: 256 nibbles in eight groups, each with a 6-bit scale and minimum, 144 bytes a block. */
    Q4_K(144, 256, Kind.STORAGE),
    /** GGML: 256 numbers of 5 bits in eight groups, each with a 6-bit scale and minimum, 176 bytes a block. */
    Q5_K(176, 256, Kind.STORAGE),
    /** GGML: 256 numbers of 6 bits in sixteen groups, each with an 8-bit scale, 210 bytes a block. */
    Q6_K(210, 256, Kind.STORAGE),
    /** GGML: 32 of sixteen uneven levels times one F16 scale, 18 bytes a block. */
    IQ4_NL(18, 32, Kind.STORAGE),
    /** GGML: 256 of sixteen uneven levels in eight groups, each with a 6-bit scale, 136 bytes a block. */
    IQ4_XS(136, 256, Kind.STORAGE),
    /** GGML: 256 of -1, 0 and 1, five a byte, times one F16 scale, 54 bytes a block. */
    TQ1_0(54, 256, Kind.STORAGE),
    /** GGML: 256 of -1, 0 and 1, four a byte, times one F16 scale, 66 bytes a block. */
    TQ2_0(66, 256, Kind.STORAGE);

    private enum Kind {
        FLOATING,
        INTEGER,
        BOOLEAN,
        STORAGE
    }

    private final int blockBytes;
    private final int blockSize;
    private final Kind kind;

    DType(int blockBytes, int blockSize, Kind kind) {
        this.blockBytes = blockBytes;
        this.blockSize = blockSize;
        this.kind = kind;
    }

    /** Elements in one block: 1 for all but the quantised types. */
    public int blockSize() {
        return blockSize;
    }

    /** Bytes of one block. */
    public int blockBytes() {
        return blockBytes;
    }

    /** Bytes of {@code elements} elements, a multiple of the block size. */
    public long bytes(long elements) {
        return Math.multiplyExact(elements / blockSize, (long) blockBytes);
    }

    /** F32 or F64: the types that gradients have. */
    public boolean isFloating() {
        return kind == Kind.FLOATING;
    }

    /** F16, BF16 and the quantised types. */
    public boolean isStorageOnly() {
        return kind == Kind.STORAGE;
    }
}
