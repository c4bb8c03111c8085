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
            case Q4_0 -> {
                long block = index / 32 * 18;
                int i = (int) (index % 32);
                yield half(s, block) * (nibble(s, block + 2 + i % 16, i / 16) - 8);
            }
            case Q4_K -> q4k(s, index / 256 * 144, (int) (index % 256));
            case Q6_K -> q6k(s, index / 256 * 210, (int) (index % 256));
            case F32, F64, I32, BOOL -> throw new DTypeException("blocks: " + type + " is not a storage-only type");
        };
    }

    /** F16 scale, F16 scale of minima, 12 bytes of 6-bit scales and minima, 128 bytes of nibbles. */
    private static double q4k(MemorySegment s, long block, int i) {
        int group = i / 32;
        long scales = block + 4;
        int scale;
        int minimum;
        if (group < 4) {
            scale = octet(s, scales + group) & 63;
            minimum = octet(s, scales + group + 4) & 63;
        } else {
            // The upper two bits of the last four pairs lie above the first four.
            scale = octet(s, scales + group + 4) & 15 | octet(s, scales + group - 4) >> 6 << 4;
            minimum = octet(s, scales + group + 4) >> 4 | octet(s, scales + group) >> 6 << 4;
        }
        int q = nibble(s, block + 16 + i / 64 * 32 + i % 32, group % 2);
        return (double) half(s, block) * scale * q - (double) half(s, block + 2) * minimum;
    }

    /** 128 bytes of lower nibbles, 64 of upper pairs of bits, 16 signed scales, F16 scale. */
    private static double q6k(MemorySegment s, long block, int i) {
        int part = i / 128;
        int group = i % 128 / 32;
        int at = i % 32;
        int low = nibble(s, block + 64 * part + 32 * (group % 2) + at, group / 2);
        int high = octet(s, block + 128 + 32 * part + at) >> 2 * group & 3;
        int scale = s.get(ValueLayout.JAVA_BYTE, block + 192 + 8 * part + 2 * group + at / 16);
        return (double) half(s, block + 208) * scale * ((low | high << 4) - 32);
    }

    private static float half(MemorySegment s, long at) {
        return Float.float16ToFloat(s.get(SHORT, at));
    }

    private static int octet(MemorySegment s, long at) {
        return s.get(ValueLayout.JAVA_BYTE, at) & 0xFF;
    }

    /** The lower half of a byte, or the upper one. */
    private static int nibble(MemorySegment s, long at, int upper) {
        return octet(s, at) >> 4 * upper & 15;
    }

    /** Elements {@code from} to {@code from + n} as floats. */
    public static void decode(DType type, MemorySegment s, long from, float[] out, int at, int n) {
        for (int i = 0; i < n; i++) {
            out[at + i] = (float) get(type, s, from + i);
        }
    }
}
