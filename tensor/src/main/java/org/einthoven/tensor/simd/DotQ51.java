package org.einthoven.tensor.simd;

import static jdk.incubator.vector.VectorOperators.ROR;
import static org.einthoven.tensor.simd.DotQ50.ABOVE_LOWER;
import static org.einthoven.tensor.simd.DotQ50.ABOVE_UPPER;
import static org.einthoven.tensor.simd.Lanes.F;
import static org.einthoven.tensor.simd.Lanes.L;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import org.einthoven.tensor.DType;

/** Q5_1: 32 numbers of 5 bits as in {@link DotQ50}, times a scale, plus a minimum as in {@link DotQ41}. */
final class DotQ51 extends BlockDot {
    private static final int BYTES = 24;

    private final float[] scaled;
    private final float[] sums; // of each block

    DotQ51(MemorySegment w, long first, long down, float[] x, int at, int k) {
        super(DType.Q5_1, w, first, down, x, at, k);
        this.scaled = new float[k];
        this.sums = new float[blocks];
        changed();
    }

    @Override
    public void changed() {
        scaled(0, 16, 32, 1, scaled);
        scaled(16, 16, 32, 0x1p-4f, scaled);
        sums(32, 1, sums);
    }

    @Override
    void pair(long p, long far, float[] lanes) {
        FloatVector a = FloatVector.zero(F);
        FloatVector b = a;
        float c = 0;
        float d = 0;
        for (int block = 0; block < blocks; block++) {
            long q = p + block * (long) BYTES;
            FloatVector s = FloatVector.zero(F);
            FloatVector t = s;
            for (int i = 0; i < 16; i += L) {
                FloatVector lower = FloatVector.fromArray(F, scaled, block * 32 + i);
                FloatVector upper = FloatVector.fromArray(F, scaled, block * 32 + 16 + i);
                boolean last = L == 4 && i == 12;
                long at = q + 8 + (last ? 8 : i);
                IntVector v =
                        (IntVector) ByteVector.fromMemorySegment(B, w, at, LE).castShape(I, last ? 1 : 0);
                IntVector h = IntVector.broadcast(I, Integer.rotateRight(w.get(INT, q + 4), i));
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
                h = IntVector.broadcast(I, Integer.rotateRight(w.get(INT, q + far + 4), i));
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
            c = Math.fma(Float.float16ToFloat(w.get(Decoder.SHORT, q + 2)), sums[block], c);
            d = Math.fma(Float.float16ToFloat(w.get(Decoder.SHORT, q + far + 2)), sums[block], d);
        }
        a.intoArray(lanes, 0);
        b.intoArray(lanes, L);
        lanes[0] += c;
        lanes[L] += d;
    }
}
