package org.einthoven.data.wfdb;

import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;

/** How a WFDB signal file stores its samples (WFDB Applications Guide, signal(5)); all integers, little-endian unless said. */
enum SampleFormat {
    /** First differences, one signed byte each; the header gives the value before the first. */
    DIFFERENCES_8(8, 1, 1, Integer.MIN_VALUE),
    /** Two's complement, 16 bits: PTB-XL and the Challenges. */
    SIGNED_16(16, 1, 2, Short.MIN_VALUE),
    SIGNED_24(24, 1, 3, -(1 << 23)),
    /** The whole range of an int is used, so the smallest one is the sentinel. */
    SIGNED_32(32, 1, 4, Integer.MIN_VALUE),
    /** Two's complement, 16 bits, big-endian. */
    BIG_ENDIAN_61(61, 1, 2, Short.MIN_VALUE),
    /** Offset binary, 8 bits: 128 is zero. */
    OFFSET_80(80, 1, 1, -128),
    /** Offset binary, 16 bits: 32768 is zero. */
    OFFSET_160(160, 1, 2, Short.MIN_VALUE),
    /** Two 12-bit samples in three bytes: the MIT-BIH databases. */
    PACKED_212(212, 2, 3, -2048),
    /** Three 10-bit samples in two little-endian pairs of bytes. */
    PACKED_310(310, 3, 4, -512),
    /** Three 10-bit samples in one little-endian int. */
    PACKED_311(311, 3, 4, -512);

    private final int code;
    private final int samplesPerBlock;
    private final int bytesPerBlock;
    private final int sentinel;

    SampleFormat(int code, int samplesPerBlock, int bytesPerBlock, int sentinel) {
        this.code = code;
        this.samplesPerBlock = samplesPerBlock;
        this.bytesPerBlock = bytesPerBlock;
        this.sentinel = sentinel;
    }

    static Optional<SampleFormat> of(int code) {
        return Arrays.stream(values()).filter(f -> f.code == code).findFirst();
    }

    static String codes() {
        return Arrays.stream(values()).map(f -> Integer.toString(f.code)).collect(Collectors.joining(", "));
    }

    int code() {
        return code;
    }

    /** The value that stands for a missing sample; format 8 has none. */
    boolean isMissing(int value) {
        return this != DIFFERENCES_8 && value == sentinel;
    }

    /** Bytes that {@code samples} samples take; a last, partly filled block ends with its last needed byte. */
    long bytes(long samples) {
        long blocks = samples / samplesPerBlock;
        int rest = (int) (samples % samplesPerBlock);
        return Math.addExact(Math.multiplyExact(blocks, bytesPerBlock), rest == 0 ? 0 : bytesOfPart(rest));
    }

    /** Samples that fit in {@code bytes} bytes. */
    long samplesIn(long bytes) {
        long samples = bytes / bytesPerBlock * samplesPerBlock;
        int rest = (int) (bytes % bytesPerBlock);
        for (int part = samplesPerBlock - 1; part > 0; part--) {
            if (bytesOfPart(part) <= rest) {
                return samples + part;
            }
        }
        return samples;
    }

    private int bytesOfPart(int samples) {
        return switch (this) {
            case PACKED_212 -> 2;
            case PACKED_310 -> samples == 1 ? 2 : 4;
            case PACKED_311 -> samples == 1 ? 2 : 3;
            default -> throw new IllegalStateException(this + " has no partly filled block");
        };
    }

    int samplesPerBlock() {
        return samplesPerBlock;
    }

    int bytesPerBlock() {
        return bytesPerBlock;
    }

    /** The samples of one block; bytes beyond the end of the file are 0 and belong to samples that do not exist. */
    void decode(byte[] b, int at, int[] out) {
        switch (this) {
            case DIFFERENCES_8 -> out[0] = b[at];
            case SIGNED_16 -> out[0] = (short) (u8(b, at) | u8(b, at + 1) << 8);
            case SIGNED_24 -> out[0] = u8(b, at) | u8(b, at + 1) << 8 | b[at + 2] << 16;
            case SIGNED_32 -> out[0] = u8(b, at) | u8(b, at + 1) << 8 | u8(b, at + 2) << 16 | u8(b, at + 3) << 24;
            case BIG_ENDIAN_61 -> out[0] = (short) (u8(b, at) << 8 | u8(b, at + 1));
            case OFFSET_80 -> out[0] = u8(b, at) - 128;
            case OFFSET_160 -> out[0] = (u8(b, at) | u8(b, at + 1) << 8) - 32768;
            case PACKED_212 -> {
                out[0] = signed(u8(b, at) | (b[at + 1] & 0x0F) << 8, 12);
                out[1] = signed(u8(b, at + 2) | (b[at + 1] & 0xF0) << 4, 12);
            }
            case PACKED_310 -> {
                int low = u8(b, at) | u8(b, at + 1) << 8;
                int high = u8(b, at + 2) | u8(b, at + 3) << 8;
                out[0] = signed(low >> 1 & 0x3FF, 10);
                out[1] = signed(high >> 1 & 0x3FF, 10);
                out[2] = signed(low >> 11 & 0x1F | (high >> 11 & 0x1F) << 5, 10);
            }
            case PACKED_311 -> {
                int word = u8(b, at) | u8(b, at + 1) << 8 | u8(b, at + 2) << 16 | u8(b, at + 3) << 24;
                out[0] = signed(word & 0x3FF, 10);
                out[1] = signed(word >> 10 & 0x3FF, 10);
                out[2] = signed(word >> 20 & 0x3FF, 10);
            }
        }
    }

    private static int u8(byte[] b, int at) {
        return b[at] & 0xFF;
    }

    private static int signed(int value, int bits) {
        return value << (32 - bits) >> (32 - bits);
    }
}
