package org.einthoven.tensor;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * The definition of every storage-only type: one element at a time, in double, as slow as it is plain. Fast decoders are
 * tested against it.
 */
public final class Blocks {
    private static final ValueLayout.OfShort SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private Blocks() {}

    /** Element {@code index} of blocks of {@code type}. */
    public static double get(DType type, MemorySegment s, long index) {
        return switch (type) {
            case F16 -> Float.float16ToFloat(s.get(SHORT, 2 * index));
            case BF16 -> Float.intBitsToFloat(s.get(SHORT, 2 * index) << 16);
            case Q8_0 -> {
                long block = index / 32 * 34;
                float scale = Float.float16ToFloat(s.get(SHORT, block));
                yield scale * s.get(ValueLayout.JAVA_BYTE, block + 2 + index % 32);
            }
            case F32, F64, I32, BOOL -> throw new DTypeException("blocks: " + type + " is not a storage-only type");
        };
    }

    /** Elements {@code from} to {@code from + n} as floats. */
    public static void decode(DType type, MemorySegment s, long from, float[] out, int at, int n) {
        for (int i = 0; i < n; i++) {
            out[at + i] = (float) get(type, s, from + i);
        }
    }
}
