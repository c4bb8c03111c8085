package org.einthoven.tensor.simd;

import static jdk.incubator.vector.VectorOperators.ROR;
import static org.einthoven.tensor.simd.Lanes.F;
import static org.einthoven.tensor.simd.Lanes.L;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import org.einthoven.tensor.DType;

/**
 * Q5_0: 32 numbers of 5 bits less 16, times one scale. The fifth bits are one int, which each lane turns until its bit lies
 * above its nibble.
 */
final class DotQ50 extends BlockDot {
    private static final int BYTES = 22;

    /** Brings bit j to bit 4 in lane j. */
    static final IntVector ABOVE_LOWER = IntVector.zero(I).addIndex(1).sub(4).and(31);

    /** Brings bit 16 + j to bit 8 in lane j. */
    static final IntVector ABOVE_UPPER = IntVector.zero(I).addIndex(1).add(8);

    private final float[] scaled;
    private final float[] offset; // a lane's share of -16 times the sum of x, for each block

    DotQ50(MemorySegment w, long first, long down, float[] x, int at, int k) {
        super(DType.Q5_0, w, first, down, x, at, k);
        this.scaled = new float[k];
        this.offset = new float[blocks];
        changed();
    }

    @Override
    public void changed() {
        scaled(0, 16, 32, 1, scaled);
        scaled(16, 16, 32, 0x1p-4f, scaled);
        sums(32, -16f / L, offset);
    }

    @Override
    void pair(long p, long far, float[] lanes) {
        FloatVector a = FloatVector.zero(F);
        FloatVector b = a;
        for (int block = 0; block < blocks; block++) {
            long q = p + block * (long) BYTES;
            FloatVector s = FloatVector.broadcast(F, offset[block]);
            FloatVector t = s;
            for (int i = 0; i < 16; i += L) {
                FloatVector lower = FloatVector.fromArray(F, scaled, block * 32 + i);
                FloatVector upper = FloatVector.fromArray(F, scaled, block * 32 + 16 + i);
                boolean last = L == 4 && i == 12;
                long at = q + 6 + (last ? 8 : i);
                IntVector v =
                        (IntVector) ByteVector.fromMemorySegment(B, w, at, LE).castShape(I, last ? 1 : 0);
                IntVector h = IntVector.broadcast(I, Integer.rotateRight(w.get(INT, q + 2), i));
                s = ((FloatVector) h.lanewise(ROR, ABOVE_UPPER)
                                .and(0x100)
                                .or(v.and(0xf0))
                                .castShape(F, 0))
                        .fma(upper, s);
                s = ((FloatVector) h.lanewise(ROR, ABOVE_LOWER)
                                .and(0x10)
                                .or(v.and(0x0f))
                                .castShape(F, 0))
                        .fma(lower, s);
                v = (IntVector) ByteVector.fromMemorySegment(B, w, at + far, LE).castShape(I, last ? 1 : 0);
                h = IntVector.broadcast(I, Integer.rotateRight(w.get(INT, q + far + 2), i));
                t = ((FloatVector) h.lanewise(ROR, ABOVE_UPPER)
                                .and(0x100)
                                .or(v.and(0xf0))
                                .castShape(F, 0))
                        .fma(upper, t);
                t = ((FloatVector) h.lanewise(ROR, ABOVE_LOWER)
                                .and(0x10)
                                .or(v.and(0x0f))
                                .castShape(F, 0))
                        .fma(lower, t);
            }
            a = s.fma(FloatVector.broadcast(F, Float.float16ToFloat(w.get(Decoder.SHORT, q))), a);
            b = t.fma(FloatVector.broadcast(F, Float.float16ToFloat(w.get(Decoder.SHORT, q + far))), b);
        }
        a.intoArray(lanes, 0);
        b.intoArray(lanes, L);
    }
}
