package org.einthoven.tensor;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * The definition of every storage-only type: one element at a time, in double, as slow as it is plain. Fast decoders are
 * tested against it. The blocks are those of GGML (github.com/ggml-org/ggml, src/ggml-common.h and src/ggml-quants.c).
 *
 * <p>Types of 256 elements have groups of 32 or 16 with a scale each, and many store four rows of 32 elements in the bits of
 * the same 32 bytes; below, {@code part} is the half of a block, {@code group} the 32 elements inside it, {@code at} the place
 * in the group.
 */
public final class Blocks {
    private static final ValueLayout.OfShort SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    /** What the sixteen codes of IQ4_NL and IQ4_XS stand for. */
    private static final int[] LEVELS = {-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113};

    private static final int[] POWERS_OF_3 = {1, 3, 9, 27, 81};

    private Blocks() {}

    /** Element {@code index} of blocks of {@code type}. */
    public static double get(DType type, MemorySegment s, long index) {
        long block = index / type.blockSize() * type.blockBytes();
        int i = (int) (index % type.blockSize());
        return switch (type) {
            case F16 -> half(s, block);
            case BF16 -> Float.intBitsToFloat(s.get(SHORT, block) << 16);
            case Q8_0 -> half(s, block) * signed(s, block + 2 + i);
            case Q4_0 -> half(s, block) * (nibble16(s, block + 2, i) - 8);
            case Q4_1 -> half(s, block) * nibble16(s, block + 4, i) + half(s, block + 2);
            case Q5_0 -> half(s, block) * ((nibble16(s, block + 6, i) | bit(s, block + 2, i) << 4) - 16);
            case Q5_1 -> half(s, block) * (nibble16(s, block + 8, i) | bit(s, block + 4, i) << 4) + half(s, block + 2);
            case Q2_K -> q2k(s, block, i);
            case Q3_K -> q3k(s, block, i);
            case Q4_K -> scaled45(s, block, i, nibble32(s, block + 16, i));
            case Q5_K ->
                scaled45(s, block, i, nibble32(s, block + 48, i) | pick(s, block + 16 + i % 32, i / 32, 1) << 4);
            case Q6_K -> q6k(s, block, i);
            case IQ4_NL -> half(s, block) * LEVELS[nibble16(s, block + 2, i)];
            case IQ4_XS -> iq4xs(s, block, i);
            case TQ1_0 -> tq1(s, block, i);
            case TQ2_0 -> half(s, block + 64) * (pick(s, block + 32 * (i / 128) + i % 32, 2 * (i % 128 / 32), 3) - 1);
            case F32, F64, I32, BOOL -> throw new DTypeException("blocks: " + type + " is not a storage-only type");
        };
    }

    /** What a code of 0 to 15 of IQ4_NL and IQ4_XS stands for. */
    public static int level(int code) {
        return LEVELS[code];
    }

    /** Elements {@code from} to {@code from + n} as floats. */
    public static void decode(DType type, MemorySegment s, long from, float[] out, int at, int n) {
        for (int i = 0; i < n; i++) {
            out[at + i] = (float) get(type, s, from + i);
        }
    }

    /** 16 bytes with a scale and a minimum of 4 bits each, 64 bytes of pairs of bits, F16 scale, F16 scale of minima. */
    private static double q2k(MemorySegment s, long block, int i) {
        int part = i / 128;
        int group = i % 128 / 32;
        int at = i % 32;
        int scales = octet(s, block + 8 * part + 2 * group + at / 16);
        int q = pick(s, block + 16 + 32 * part + at, 2 * group, 3);
        return half(s, block + 80) * (scales & 15) * q - half(s, block + 82) * (scales >> 4);
    }

    /** 32 bytes of third bits, which when absent take 4 off, 64 bytes of pairs of bits, sixteen 6-bit scales, F16 scale. */
    private static double q3k(MemorySegment s, long block, int i) {
        int part = i / 128;
        int group = i % 128 / 32;
        int at = i % 32;
        int q = pick(s, block + 32 + 32 * part + at, 2 * group, 3) - 4 + 4 * pick(s, block + at, 4 * part + group, 1);
        int k = 8 * part + 2 * group + at / 16;
        int scale = nibble(s, block + 96 + k % 8, k / 8) | pick(s, block + 104 + k % 4, 2 * (k / 4), 3) << 4;
        return half(s, block + 108) * (scale - 32) * q;
    }

    /** Q4_K and Q5_K: F16 scale, F16 scale of minima, 12 bytes of 6-bit scales and minima, and then the numbers {@code q}. */
    private static double scaled45(MemorySegment s, long block, int i, int q) {
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
        return half(s, block) * scale * q - half(s, block + 2) * minimum;
    }

    /** 128 bytes of lower nibbles, 64 of upper pairs of bits, 16 signed scales, F16 scale. */
    private static double q6k(MemorySegment s, long block, int i) {
        int part = i / 128;
        int group = i % 128 / 32;
        int at = i % 32;
        int low = nibble(s, block + 64 * part + 32 * (group % 2) + at, group / 2);
        int high = pick(s, block + 128 + 32 * part + at, 2 * group, 3);
        int scale = signed(s, block + 192 + 8 * part + 2 * group + at / 16);
        return half(s, block + 208) * scale * ((low | high << 4) - 32);
    }

    /** F16 scale, 2 bytes of upper and 4 of lower bits of eight 6-bit scales, 128 bytes of codes. */
    private static double iq4xs(MemorySegment s, long block, int i) {
        int group = i / 32;
        int low = nibble(s, block + 4 + group / 2, group % 2);
        int high = pick(s, block + 2 + group / 4, 2 * (group % 4), 3);
        int level = LEVELS[nibble16(s, block + 8 + 16 * group, i % 32)];
        return half(s, block) * ((low | high << 4) - 32) * level;
    }

    /**
     * Five numbers of -1, 0, 1 a byte, as digits of base 3 behind the point of byte / 256: 32 bytes hold 160 elements, 16 the
     * next 80, and 4 the last 16, with four digits each; F16 scale.
     */
    private static double tq1(MemorySegment s, long block, int i) {
        int first = i < 160 ? 0 : i < 240 ? 32 : 48;
        int width = i < 160 ? 32 : i < 240 ? 16 : 4;
        int k = i - 5 * first;
        int rest = octet(s, block + first + k % width) * POWERS_OF_3[k / width] & 0xFF;
        return half(s, block + 52) * ((rest * 3 >> 8) - 1);
    }

    private static double half(MemorySegment s, long at) {
        return Float.float16ToFloat(s.get(SHORT, at));
    }

    private static int signed(MemorySegment s, long at) {
        return s.get(ValueLayout.JAVA_BYTE, at);
    }

    private static int octet(MemorySegment s, long at) {
        return signed(s, at) & 0xFF;
    }

    /** Bits of a byte from {@code shift} on. */
    private static int pick(MemorySegment s, long at, int shift, int mask) {
        return octet(s, at) >> shift & mask;
    }

    /** Bit i of a row of bits. */
    private static int bit(MemorySegment s, long at, int i) {
        return pick(s, at + i / 8, i % 8, 1);
    }

    /** The lower half of a byte, or the upper one. */
    private static int nibble(MemorySegment s, long at, int upper) {
        return pick(s, at, 4 * upper, 15);
    }

    /** Element i of 32: the first 16 are the lower nibbles of 16 bytes, the others the upper. */
    private static int nibble16(MemorySegment s, long at, int i) {
        return nibble(s, at + i % 16, i / 16);
    }

    /** Element i of 256: each 64 lie in 32 bytes, the first half in the lower nibbles. */
    private static int nibble32(MemorySegment s, long at, int i) {
        return nibble(s, at + i / 64 * 32 + i % 32, i / 32 % 2);
    }
}
