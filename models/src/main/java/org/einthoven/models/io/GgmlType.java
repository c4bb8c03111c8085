package org.einthoven.models.io;

import java.util.Arrays;
import java.util.Optional;
import org.einthoven.tensor.DType;
import org.einthoven.tensor.Shape;

/**
 * The tensor types of GGUF files: id, elements and bytes of one block (ggml/src/ggml-common.h of llama.cpp). Numbers that are
 * not here were withdrawn, or are newer than this table.
 */
public enum GgmlType {
    F32(0, 1, 4),
    F16(1, 1, 2),
    Q4_0(2, 32, 18),
    Q4_1(3, 32, 20),
    Q5_0(6, 32, 22),
    Q5_1(7, 32, 24),
    Q8_0(8, 32, 34),
    Q8_1(9, 32, 36),
    Q2_K(10, 256, 84),
    Q3_K(11, 256, 110),
    Q4_K(12, 256, 144),
    Q5_K(13, 256, 176),
    Q6_K(14, 256, 210),
    Q8_K(15, 256, 292),
    IQ2_XXS(16, 256, 66),
    IQ2_XS(17, 256, 74),
    IQ3_XXS(18, 256, 98),
    IQ1_S(19, 256, 50),
    IQ4_NL(20, 32, 18),
    IQ3_S(21, 256, 110),
    IQ2_S(22, 256, 82),
    IQ4_XS(23, 256, 136),
    I8(24, 1, 1),
    I16(25, 1, 2),
    I32(26, 1, 4),
    I64(27, 1, 8),
    F64(28, 1, 8),
    IQ1_M(29, 256, 56),
    BF16(30, 1, 2),
    TQ1_0(34, 256, 54),
    TQ2_0(35, 256, 66),
    MXFP4(39, 32, 17);

    private final int id;
    private final int blockSize;
    private final int blockBytes;

    GgmlType(int id, int blockSize, int blockBytes) {
        this.id = id;
        this.blockSize = blockSize;
        this.blockBytes = blockBytes;
    }

    static Optional<GgmlType> of(int id) {
        return Arrays.stream(values()).filter(t -> t.id == id).findFirst();
    }

    /** The type of a tensor's elements; empty where GGUF has none for them. */
    static Optional<GgmlType> of(DType type) {
        return Arrays.stream(values()).filter(t -> t.name().equals(type.name())).findFirst();
    }

    /** The number that stands for this type in a file. */
    public int id() {
        return id;
    }

    /** Elements in one block; rows are a multiple of it. */
    public int blockSize() {
        return blockSize;
    }

    public int blockBytes() {
        return blockBytes;
    }

    /** Bytes of a shape whose last axis is a multiple of the block, or -1 when that overflows. */
    long bytes(Shape shape) {
        long blocks = shape.size() / blockSize;
        return blocks > Long.MAX_VALUE / blockBytes ? -1 : blocks * blockBytes;
    }

    /** The plain element type, where this is one. */
    Optional<ElementType> element() {
        return switch (this) {
            case F32 -> Optional.of(ElementType.F32);
            case F64 -> Optional.of(ElementType.F64);
            case F16 -> Optional.of(ElementType.F16);
            case BF16 -> Optional.of(ElementType.BF16);
            case I8 -> Optional.of(ElementType.I8);
            case I16 -> Optional.of(ElementType.I16);
            case I32 -> Optional.of(ElementType.I32);
            case I64 -> Optional.of(ElementType.I64);
            default -> Optional.empty();
        };
    }

    /** The quantised tensor type, where we have it. */
    Optional<DType> blocks() {
        return switch (this) {
            case Q4_0 -> Optional.of(DType.Q4_0);
            case Q4_1 -> Optional.of(DType.Q4_1);
            case Q5_0 -> Optional.of(DType.Q5_0);
            case Q5_1 -> Optional.of(DType.Q5_1);
            case Q8_0 -> Optional.of(DType.Q8_0);
            case Q2_K -> Optional.of(DType.Q2_K);
            case Q3_K -> Optional.of(DType.Q3_K);
            case Q4_K -> Optional.of(DType.Q4_K);
            case Q5_K -> Optional.of(DType.Q5_K);
            case Q6_K -> Optional.of(DType.Q6_K);
            case IQ4_NL -> Optional.of(DType.IQ4_NL);
            case IQ4_XS -> Optional.of(DType.IQ4_XS);
            case TQ1_0 -> Optional.of(DType.TQ1_0);
            case TQ2_0 -> Optional.of(DType.TQ2_0);
            default -> Optional.empty();
        };
    }
}
