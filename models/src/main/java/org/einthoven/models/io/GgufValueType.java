package org.einthoven.models.io;

/** The value types of GGUF metadata; the ordinal is the number in the file. */
public enum GgufValueType {
    UINT8(1),
    INT8(1),
    UINT16(2),
    INT16(2),
    UINT32(4),
    INT32(4),
    FLOAT32(4),
    BOOL(1),
    /** u64 length and bytes. */
    STRING(8),
    /** u32 element type, u64 length and elements. */
    ARRAY(12),
    UINT64(8),
    INT64(8),
    FLOAT64(8);

    private final int minBytes;

    GgufValueType(int minBytes) {
        this.minBytes = minBytes;
    }

    /** Bytes of a value, or the fewest where it has no fixed size. */
    int minBytes() {
        return minBytes;
    }

    boolean isFixedSize() {
        return this != STRING && this != ARRAY;
    }
}
