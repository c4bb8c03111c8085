package org.einthoven.tensor.simd;

import static jdk.incubator.vector.VectorOperators.LSHL;
import static org.einthoven.tensor.simd.Lanes.F;
import static org.einthoven.tensor.simd.Lanes.L;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import org.einthoven.tensor.DType;

/**
 * Q6_K: 256 numbers of 6 bits less 32 in sixteen groups with a signed scale each. Half a block is four rows of 32 numbers: the
 * lower and the upper nibbles of 64 bytes, with two bits each from 32 bytes; upper nibbles as in {@link DotQ41}.
 */
final class DotQ6K extends BlockDot {
    private static final int BYTES = 210;
    private static final int GROUPS = 16;

    private final float[] scaled;
    private final float[] offset; // -32 times the sum of x, for each group

    DotQ6K(MemorySegment w, long first, long down, float[] x, int at, int k) {
        super(DType.Q6_K, w, first, down, x, at, k);
        this.scaled = new float[k];
        this.offset = new float[k / 16];
        changed();
    }

    @Override
    public void changed() {
        scaled(0, 64, 128, 1, scaled);
        scaled(64, 64, 128, 0x1p-4f, scaled);
        sums(16, -32, offset);
    }

    @Override
    void pair(long p, long far, float[] lanes) {
        float[] scales = Scratch.mine().rows(blocks * GROUPS);
        scales(p, scales, lanes, 0);
        row(p, scales, lanes, 0);
        scales(p + far, scales, lanes, L);
        row(p + far, scales, lanes, L);
    }

    /** The scales of all blocks of a row; and L floats that add up to what the offset of 32 contributes. */
    private void scales(long p, float[] scales, float[] lanes, int to) {
        FloatVector a = FloatVector.zero(F);
        for (int block = 0; block < blocks; block++) {
            long q = p + block * (long) BYTES;
            FloatVector d = FloatVector.broadcast(F, Float.float16ToFloat(w.get(Decoder.SHORT, q + 208)));
            for (int i = 0; i < GROUPS; i += L) {
                boolean last = L == 4 && i == 12;
                ByteVector bytes = ByteVector.fromMemorySegment(B, w, q + 192 + (last ? 8 : i), LE);
                FloatVector v = ((FloatVector) bytes.castShape(F, last ? 1 : 0)).mul(d);
                v.intoArray(scales, block * GROUPS + i);
                a = v.fma(FloatVector.fromArray(F, offset, block * GROUPS + i), a);
            }
        }
        a.intoArray(lanes, to);
    }

    private void row(long p, float[] scales, float[] lanes, int to) {
        FloatVector a = FloatVector.fromArray(F, lanes, to);
        FloatVector b = FloatVector.zero(F);
        for (int j = 0; j < 2 * blocks; j++) { // 128 numbers each
            long q = p + j / 2 * (long) BYTES;
            for (int i = 0; i < 32; i += L) {
                boolean last = L == 4 && i == 28;
                int part = last ? 1 : 0;
                long at = q + j % 2 * 64 + (last ? 24 : i);
                IntVector u =
                        (IntVector) ByteVector.fromMemorySegment(B, w, at, LE).castShape(I, part);
                IntVector v = (IntVector)
                        ByteVector.fromMemorySegment(B, w, at + 32, LE).castShape(I, part);
                at = q + 128 + j % 2 * 32 + (last ? 24 : i);
                IntVector h =
                        (IntVector) ByteVector.fromMemorySegment(B, w, at, LE).castShape(I, part);
                int x = j * 128 + i;
                int scale = j * 8 + i / 16;
                IntVector g = h.lanewise(LSHL, 4);
                a = ((FloatVector) g.and(0x30).or(u.and(0x0f)).castShape(F, 0))
                        .mul(FloatVector.fromArray(F, scaled, x))
                        .fma(FloatVector.broadcast(F, scales[scale]), a);
                b = ((FloatVector) g.and(0x300).or(u.and(0xf0)).castShape(F, 0))
                        .mul(FloatVector.fromArray(F, scaled, x + 64))
                        .fma(FloatVector.broadcast(F, scales[scale + 4]), b);
                g = h.lanewise(LSHL, 2);
                a = ((FloatVector) g.and(0x30).or(v.and(0x0f)).castShape(F, 0))
                        .mul(FloatVector.fromArray(F, scaled, x + 32))
                        .fma(FloatVector.broadcast(F, scales[scale + 2]), a);
                b = ((FloatVector) g.and(0x300).or(v.and(0xf0)).castShape(F, 0))
                        .mul(FloatVector.fromArray(F, scaled, x + 96))
                        .fma(FloatVector.broadcast(F, scales[scale + 6]), b);
            }
        }
        a.add(b).intoArray(lanes, to);
    }
}
