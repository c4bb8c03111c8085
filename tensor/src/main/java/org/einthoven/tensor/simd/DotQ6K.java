package org.einthoven.tensor.simd;

import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LSHR;
import static org.einthoven.tensor.simd.Lanes.F;
import static org.einthoven.tensor.simd.Lanes.L;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import org.einthoven.tensor.DType;

/**
 * Q6_K: 256 numbers of 6 bits less 32 in sixteen groups with a signed scale each. Half a block is four rows of 32 numbers: the
 * lower and the upper nibbles of 64 bytes, with two bits each from 32 bytes. The bits are put together four bytes to an int.
 *
 * <p>Scales are read as their numbers are: all scales of a row before its numbers left memory waiting, and the kernel at half its
 * speed.
 */
final class DotQ6K extends BlockDot {
    private static final int BYTES = 210;

    private static final IntVector LOWER = ByteVector.broadcast(B, (byte) 0x0f).reinterpretAsInts();
    private static final IntVector UPPER = ByteVector.broadcast(B, (byte) 0x30).reinterpretAsInts();

    private final float[] own; // x
    private final float[] offset; // -32 times the sum of x, for each group

    DotQ6K(MemorySegment w, long first, long down, float[] x, int at, int k) {
        super(DType.Q6_K, w, first, down, x, at, k);
        this.own = new float[k];
        this.offset = new float[k / 16];
        changed();
    }

    @Override
    public void changed() {
        scaled(0, 1, 1, 1, own);
        sums(16, -32, offset);
    }

    @Override
    void pair(long p, long far, float[] lanes) {
        row(p, lanes, 0);
        row(p + far, lanes, L);
    }

    private void row(long p, float[] lanes, int to) {
        FloatVector a = FloatVector.zero(F);
        FloatVector b = a;
        float offsets = 0;
        for (int j = 0; j < 2 * blocks; j++) { // 128 numbers each
            long q = p + j / 2 * (long) BYTES;
            float d = Float.float16ToFloat(w.get(Decoder.SHORT, q + 208));
            for (int i = 0; i < 32; i += L) {
                boolean last = L == 4 && i == 28;
                int part = last ? 1 : 0;
                long at = q + j % 2 * 64 + (last ? 24 : i);
                IntVector u = ByteVector.fromMemorySegment(B, w, at, LE).reinterpretAsInts();
                IntVector v = ByteVector.fromMemorySegment(B, w, at + 32, LE).reinterpretAsInts();
                at = q + 128 + j % 2 * 32 + (last ? 24 : i);
                IntVector h = ByteVector.fromMemorySegment(B, w, at, LE).reinterpretAsInts();
                int x = j * 128 + i;
                at = q + 192 + j % 2 * 8 + i / 16;
                float s0 = d * w.get(ValueLayout.JAVA_BYTE, at);
                float s1 = d * w.get(ValueLayout.JAVA_BYTE, at + 2);
                float s2 = d * w.get(ValueLayout.JAVA_BYTE, at + 4);
                float s3 = d * w.get(ValueLayout.JAVA_BYTE, at + 6);
                if (i % 16 == 0) {
                    int g = j * 8 + i / 16;
                    offsets = Math.fma(s0, offset[g], offsets);
                    offsets = Math.fma(s1, offset[g + 2], offsets);
                    offsets = Math.fma(s2, offset[g + 4], offsets);
                    offsets = Math.fma(s3, offset[g + 6], offsets);
                }
                a = ((FloatVector) h.lanewise(LSHL, 4)
                                .and(UPPER)
                                .or(u.and(LOWER))
                                .reinterpretAsBytes()
                                .castShape(F, part))
                        .mul(FloatVector.fromArray(F, own, x))
                        .fma(FloatVector.broadcast(F, s0), a);
                b = ((FloatVector) h.and(UPPER)
                                .or(u.lanewise(LSHR, 4).and(LOWER))
                                .reinterpretAsBytes()
                                .castShape(F, part))
                        .mul(FloatVector.fromArray(F, own, x + 64))
                        .fma(FloatVector.broadcast(F, s2), b);
                a = ((FloatVector) h.lanewise(LSHL, 2)
                                .and(UPPER)
                                .or(v.and(LOWER))
                                .reinterpretAsBytes()
                                .castShape(F, part))
                        .mul(FloatVector.fromArray(F, own, x + 32))
                        .fma(FloatVector.broadcast(F, s1), a);
                b = ((FloatVector) h.lanewise(LSHR, 2)
                                .and(UPPER)
                                .or(v.lanewise(LSHR, 4).and(LOWER))
                                .reinterpretAsBytes()
                                .castShape(F, part))
                        .mul(FloatVector.fromArray(F, own, x + 96))
                        .fma(FloatVector.broadcast(F, s3), b);
            }
        }
        a.add(b).intoArray(lanes, to);
        lanes[to] += offsets;
    }
}
