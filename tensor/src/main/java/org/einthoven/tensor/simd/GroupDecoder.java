package org.einthoven.tensor.simd;

import static jdk.incubator.vector.VectorOperators.ASHR;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LSHR;
import static jdk.incubator.vector.VectorOperators.ROR;
import static jdk.incubator.vector.VectorOperators.XOR;
import static org.einthoven.tensor.simd.Lanes.F;
import static org.einthoven.tensor.simd.Lanes.L;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import org.einthoven.tensor.Blocks;
import org.einthoven.tensor.DType;

/**
 * Quantised blocks to F32, 32 elements at a time: a whole block of the small types, one of the eight groups of the large. Each
 * element is a small integer times a scale, and perhaps plus a minimum, in one rounding, as in {@code Blocks}.
 */
record GroupDecoder(DType type, MemorySegment s) implements Decoder {
    static final int SIZE = 32;

    /** What the codes of IQ4_NL and IQ4_XS stand for, as vectors that {@code selectFrom} reads. */
    private static final IntVector[] LEVELS = levels();

    private static IntVector[] levels() {
        int[] levels = new int[Math.max(16, 2 * L)];
        Arrays.setAll(levels, code -> code < 16 ? Blocks.level(code) : 0);
        return new IntVector[] {IntVector.fromArray(I, levels, 0), IntVector.fromArray(I, levels, L)};
    }

    @Override
    public void decode(long from, float[] out, int at, int n) {
        // Elements of a group that is not decoded from its first on.
        int before = Math.min(n, (int) (-from & SIZE - 1));
        Blocks.decode(type, s, from, out, at, before);
        int whole = (n - before) / SIZE;
        long first = (from + before) / SIZE;
        switch (type) {
            case Q8_0 -> q80(first, whole, out, at + before);
            case Q4_0 -> q40(first, whole, out, at + before);
            default -> {
                for (int i = 0; i < whole; i++) {
                    group(first + i, out, at + before + i * SIZE);
                }
            }
        }
        int done = before + whole * SIZE;
        Blocks.decode(type, s, from + done, out, at + done, n - done);
    }

    @Override
    public void four(long from, long down, float[] out, int at, int apart, int n) {
        boolean groups = L == 16 && ((from | down | n) & SIZE - 1) == 0;
        if (groups && type == DType.Q8_0) {
            fourQ80(from / SIZE * 34, down / SIZE * 34, n / SIZE, out, at, apart);
        } else if (groups && type == DType.Q4_0) {
            fourQ40(from / SIZE * 18, down / SIZE * 18, n / SIZE, out, at, apart);
        } else {
            Decoder.super.four(from, down, out, at, apart, n);
        }
    }

    // Flat, of few vectors each, and of no helper: with helpers, or as loops over rows, four rows were slower than one
    // by one.

    private void fourQ80(long p, long far, int groups, float[] out, int at, int apart) {
        for (int g = 0; g < groups; g++) {
            long q = p + g * 34L;
            int o = at + g * SIZE;
            FloatVector d = FloatVector.broadcast(F, half(q));
            ((FloatVector) ByteVector.fromMemorySegment(BlockDot.B, s, q + 2, LE)
                            .castShape(F, 0))
                    .mul(d)
                    .intoArray(out, o);
            ((FloatVector) ByteVector.fromMemorySegment(BlockDot.B, s, q + 2 + L, LE)
                            .castShape(F, 0))
                    .mul(d)
                    .intoArray(out, o + L);
            q += far;
            o += apart;
            d = FloatVector.broadcast(F, half(q));
            ((FloatVector) ByteVector.fromMemorySegment(BlockDot.B, s, q + 2, LE)
                            .castShape(F, 0))
                    .mul(d)
                    .intoArray(out, o);
            ((FloatVector) ByteVector.fromMemorySegment(BlockDot.B, s, q + 2 + L, LE)
                            .castShape(F, 0))
                    .mul(d)
                    .intoArray(out, o + L);
            q += far;
            o += apart;
            d = FloatVector.broadcast(F, half(q));
            ((FloatVector) ByteVector.fromMemorySegment(BlockDot.B, s, q + 2, LE)
                            .castShape(F, 0))
                    .mul(d)
                    .intoArray(out, o);
            ((FloatVector) ByteVector.fromMemorySegment(BlockDot.B, s, q + 2 + L, LE)
                            .castShape(F, 0))
                    .mul(d)
                    .intoArray(out, o + L);
            q += far;
            o += apart;
            d = FloatVector.broadcast(F, half(q));
            ((FloatVector) ByteVector.fromMemorySegment(BlockDot.B, s, q + 2, LE)
                            .castShape(F, 0))
                    .mul(d)
                    .intoArray(out, o);
            ((FloatVector) ByteVector.fromMemorySegment(BlockDot.B, s, q + 2 + L, LE)
                            .castShape(F, 0))
                    .mul(d)
                    .intoArray(out, o + L);
        }
    }

    /** Nibbles less 8 in two's complement, as in {@link DotQ40}: taking 8 off, four rows were slower than one by one. */
    private void fourQ40(long p, long far, int groups, float[] out, int at, int apart) {
        for (int g = 0; g < groups; g++) {
            long q = p + g * 18L;
            int o = at + g * SIZE;
            FloatVector d = FloatVector.broadcast(F, half(q));
            IntVector v = (IntVector) ByteVector.fromMemorySegment(BlockDot.B, s, q + 2, LE)
                    .lanewise(XOR, DotQ40.SIGNS)
                    .castShape(I, 0);
            ((FloatVector) v.lanewise(LSHL, 28).lanewise(ASHR, 28).castShape(F, 0))
                    .mul(d)
                    .intoArray(out, o);
            ((FloatVector) v.lanewise(ASHR, 4).castShape(F, 0)).mul(d).intoArray(out, o + L);
            q += far;
            o += apart;
            d = FloatVector.broadcast(F, half(q));
            v = (IntVector) ByteVector.fromMemorySegment(BlockDot.B, s, q + 2, LE)
                    .lanewise(XOR, DotQ40.SIGNS)
                    .castShape(I, 0);
            ((FloatVector) v.lanewise(LSHL, 28).lanewise(ASHR, 28).castShape(F, 0))
                    .mul(d)
                    .intoArray(out, o);
            ((FloatVector) v.lanewise(ASHR, 4).castShape(F, 0)).mul(d).intoArray(out, o + L);
            q += far;
            o += apart;
            d = FloatVector.broadcast(F, half(q));
            v = (IntVector) ByteVector.fromMemorySegment(BlockDot.B, s, q + 2, LE)
                    .lanewise(XOR, DotQ40.SIGNS)
                    .castShape(I, 0);
            ((FloatVector) v.lanewise(LSHL, 28).lanewise(ASHR, 28).castShape(F, 0))
                    .mul(d)
                    .intoArray(out, o);
            ((FloatVector) v.lanewise(ASHR, 4).castShape(F, 0)).mul(d).intoArray(out, o + L);
            q += far;
            o += apart;
            d = FloatVector.broadcast(F, half(q));
            v = (IntVector) ByteVector.fromMemorySegment(BlockDot.B, s, q + 2, LE)
                    .lanewise(XOR, DotQ40.SIGNS)
                    .castShape(I, 0);
            ((FloatVector) v.lanewise(LSHL, 28).lanewise(ASHR, 28).castShape(F, 0))
                    .mul(d)
                    .intoArray(out, o);
            ((FloatVector) v.lanewise(ASHR, 4).castShape(F, 0)).mul(d).intoArray(out, o + L);
        }
    }

    // The types that most files have are a loop each: 0.6 and 0.26 of the time of one group after another.

    private void q80(long first, int groups, float[] out, int at) {
        long p = first * 34;
        for (int i = 0; i < groups; i++) {
            bytes(p + i * 34L + 2, half(p + i * 34L), out, at + i * SIZE);
        }
    }

    private void q40(long first, int groups, float[] out, int at) {
        long p = first * 18;
        for (int i = 0; i < groups; i++) {
            nibbles(p + i * 18L + 2, 8, half(p + i * 18L), out, at + i * SIZE);
        }
    }

    private void group(long number, float[] out, int at) {
        boolean small = type.blockSize() == SIZE; // or 256
        long block = (small ? number : number >> 3) * type.blockBytes();
        int g = small ? 0 : (int) number & 7;
        switch (type) {
            case Q8_0 -> bytes(block + 2, half(block), out, at);
            case Q4_0 -> nibbles(block + 2, 8, half(block), out, at);
            case Q4_1 -> nibbles(block + 4, half(block), half(block + 2), out, at);
            case Q5_0 -> fives(block + 6, bits(block + 2), 16, half(block), 0, out, at);
            case Q5_1 -> fives(block + 8, bits(block + 4), 0, half(block), half(block + 2), out, at);
            case Q2_K -> q2k(block, g, out, at);
            case Q3_K -> q3k(block, g, out, at);
            case Q4_K -> q4k(block, g, out, at);
            case Q5_K -> q5k(block, g, out, at);
            case Q6_K -> q6k(block, g, out, at);
            case IQ4_NL -> levels(block + 2, half(block), out, at);
            case IQ4_XS -> iq4xs(block, g, out, at);
            case TQ1_0 -> tq1(number, block, g, out, at);
            case TQ2_0 -> tq2(block, g, out, at);
            case F32, F64, I32, BOOL, F16, BF16 -> throw new IllegalArgumentException(type + " has no groups");
        }
    }

    /** L of the {@code n} bytes from {@code p}, from the i-th on, as signed ints. */
    private IntVector ints(long p, int i, int n) {
        if (L == 4 && i == n - 4) { // Eight are loaded, and not past the end.
            return (IntVector)
                    ByteVector.fromMemorySegment(BlockDot.B, s, p + i - 4, LE).castShape(I, 1);
        }
        return (IntVector)
                ByteVector.fromMemorySegment(BlockDot.B, s, p + i, LE).castShape(I, 0);
    }

    private static void store(IntVector q, float scale, float[] out, int at) {
        ((FloatVector) q.castShape(F, 0)).mul(scale).intoArray(out, at);
    }

    private static void store(IntVector q, float scale, float minimum, float[] out, int at) {
        ((FloatVector) q.castShape(F, 0))
                .fma(FloatVector.broadcast(F, scale), FloatVector.broadcast(F, minimum))
                .intoArray(out, at);
    }

    private void bytes(long p, float d, float[] out, int at) {
        for (int i = 0; i < SIZE; i += L) {
            store(ints(p, i, SIZE), d, out, at + i);
        }
    }

    /** The lower nibbles of 16 bytes and then the upper ones, less an offset. */
    private void nibbles(long p, int offset, float d, float[] out, int at) {
        for (int i = 0; i < 16; i += L) {
            IntVector v = ints(p, i, 16);
            store(v.and(15).sub(offset), d, out, at + i);
            store(v.lanewise(LSHR, 4).and(15).sub(offset), d, out, at + 16 + i);
        }
    }

    private void nibbles(long p, float d, float m, float[] out, int at) {
        for (int i = 0; i < 16; i += L) {
            IntVector v = ints(p, i, 16);
            store(v.and(15), d, m, out, at + i);
            store(v.lanewise(LSHR, 4).and(15), d, m, out, at + 16 + i);
        }
    }

    /** Nibbles with a fifth bit of each in {@code bits}. */
    private void fives(long p, int bits, int offset, float d, float m, float[] out, int at) {
        for (int i = 0; i < 16; i += L) {
            IntVector v = ints(p, i, 16);
            IntVector h = IntVector.broadcast(I, Integer.rotateRight(bits, i));
            IntVector lower = h.lanewise(ROR, DotQ50.ABOVE_LOWER).and(16).or(v.and(15));
            IntVector upper = h.lanewise(ROR, DotQ50.ABOVE_UPPER)
                    .lanewise(LSHR, 4)
                    .and(16)
                    .or(v.lanewise(LSHR, 4).and(15));
            store(lower.sub(offset), d, m, out, at + i);
            store(upper.sub(offset), d, m, out, at + 16 + i);
        }
    }

    private void q2k(long block, int g, float[] out, int at) {
        float d = half(block + 80);
        float m = half(block + 82);
        for (int i = 0; i < SIZE; i += L) {
            int scale = octet(block + 2 * g + i / 16);
            IntVector q = ints(block + 16 + 32 * (g / 4), i, SIZE)
                    .lanewise(LSHR, 2 * (g % 4))
                    .and(3);
            store(q, d * (scale & 15), -m * (scale >> 4), out, at + i);
        }
    }

    private void q3k(long block, int g, float[] out, int at) {
        float d = half(block + 108);
        for (int i = 0; i < SIZE; i += L) {
            int k = 2 * g + i / 16;
            int scale = octet(block + 96 + k % 8) >> 4 * (k / 8) & 15
                    | (octet(block + 104 + k % 4) >> 2 * (k / 4) & 3) << 4;
            IntVector third = ints(block, i, SIZE).lanewise(LSHR, g).and(1).lanewise(LSHL, 2);
            IntVector q = ints(block + 32 + 32 * (g / 4), i, SIZE)
                    .lanewise(LSHR, 2 * (g % 4))
                    .and(3)
                    .or(third)
                    .sub(4);
            store(q, d * (scale - 32), out, at + i);
        }
    }

    private void q4k(long block, int g, float[] out, int at) {
        float d = half(block) * scale(block + 4, g);
        float m = -half(block + 2) * minimum(block + 4, g);
        for (int i = 0; i < SIZE; i += L) {
            IntVector q = ints(block + 16 + 32 * (g / 2), i, SIZE)
                    .lanewise(LSHR, 4 * (g % 2))
                    .and(15);
            store(q, d, m, out, at + i);
        }
    }

    private void q5k(long block, int g, float[] out, int at) {
        float d = half(block) * scale(block + 4, g);
        float m = -half(block + 2) * minimum(block + 4, g);
        for (int i = 0; i < SIZE; i += L) {
            IntVector fifth = ints(block + 16, i, SIZE).lanewise(LSHR, g).and(1).lanewise(LSHL, 4);
            IntVector q = ints(block + 48 + 32 * (g / 2), i, SIZE)
                    .lanewise(LSHR, 4 * (g % 2))
                    .and(15)
                    .or(fifth);
            store(q, d, m, out, at + i);
        }
    }

    private void q6k(long block, int g, float[] out, int at) {
        int part = g / 4;
        int row = g % 4;
        float d = half(block + 208);
        for (int i = 0; i < SIZE; i += L) {
            IntVector high = ints(block + 128 + 32 * part, i, SIZE)
                    .lanewise(LSHR, 2 * row)
                    .and(3)
                    .lanewise(LSHL, 4);
            IntVector q = ints(block + 64 * part + 32 * (row % 2), i, SIZE)
                    .lanewise(LSHR, 4 * (row / 2))
                    .and(15)
                    .or(high)
                    .sub(32);
            store(q, d * s.get(ValueLayout.JAVA_BYTE, block + 192 + 2 * g + i / 16), out, at + i);
        }
    }

    private void levels(long p, float d, float[] out, int at) {
        if (L < 8) {
            for (int i = 0; i < 16; i++) {
                out[at + i] = d * Blocks.level(octet(p + i) & 15);
                out[at + 16 + i] = d * Blocks.level(octet(p + i) >> 4);
            }
            return;
        }
        for (int i = 0; i < 16; i += L) {
            IntVector v = ints(p, i, 16);
            store(v.and(15).selectFrom(LEVELS[0], LEVELS[1]), d, out, at + i);
            store(v.lanewise(LSHR, 4).and(15).selectFrom(LEVELS[0], LEVELS[1]), d, out, at + 16 + i);
        }
    }

    private void iq4xs(long block, int g, float[] out, int at) {
        int scale = octet(block + 4 + g / 2) >> 4 * (g % 2) & 15 | (octet(block + 2 + g / 4) >> 2 * (g % 4) & 3) << 4;
        levels(block + 8 + 16 * g, half(block) * (scale - 32), out, at);
    }

    /** Digits of base 3: groups 0 to 4 are digit g of 32 bytes, 5 and 6 two digits each of the next 16. */
    private void tq1(long number, long block, int g, float[] out, int at) {
        if (g == 7) {
            Blocks.decode(type, s, number * SIZE, out, at, SIZE);
            return;
        }
        float d = half(block + 52);
        for (int i = 0; i < SIZE; i += L) {
            int digit = g < 5 ? g : 2 * (g - 5) + i / 16;
            IntVector v = g < 5 ? ints(block, i, SIZE) : ints(block + 32, i % 16, 16);
            int power = digit == 0 ? 1 : digit == 1 ? 3 : digit == 2 ? 9 : digit == 3 ? 27 : 81;
            IntVector q = v.mul(power).and(255).mul(3).lanewise(LSHR, 8).sub(1);
            store(q, d, out, at + i);
        }
    }

    private void tq2(long block, int g, float[] out, int at) {
        for (int i = 0; i < SIZE; i += L) {
            IntVector q = ints(block + 32 * (g / 4), i, SIZE)
                    .lanewise(LSHR, 2 * (g % 4))
                    .and(3)
                    .sub(1);
            store(q, half(block + 64), out, at + i);
        }
    }

    private float half(long p) {
        return Float.float16ToFloat(s.get(SHORT, p));
    }

    private int bits(long p) {
        return s.get(BlockDot.INT, p);
    }

    private int octet(long p) {
        return s.get(ValueLayout.JAVA_BYTE, p) & 0xff;
    }

    /** Of group g among the twelve bytes of Q4_K and Q5_K. */
    private int scale(long p, int g) {
        return g < 4 ? octet(p + g) & 63 : octet(p + g + 4) & 15 | octet(p + g - 4) >> 6 << 4;
    }

    private int minimum(long p, int g) {
        return g < 4 ? octet(p + g + 4) & 63 : octet(p + g + 4) >> 4 | octet(p + g) >> 6 << 4;
    }
}
