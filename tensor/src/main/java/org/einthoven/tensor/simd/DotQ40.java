package org.einthoven.tensor.simd;

import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.XOR;
import static org.einthoven.tensor.simd.Lanes.F;
import static org.einthoven.tensor.simd.Lanes.L;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import org.einthoven.tensor.DType;

/**
 * Q4_0: 32 nibbles less 8 times one scale. A nibble with its uppermost bit turned over is the nibble less 8 in two's complement.
 * So the upper nibbles need no shift: they are 16 times too large, and x is 16 times smaller there; the lower ones are shifted
 * to the upper end of an int, 2^28 times too large.
 */
final class DotQ40 extends BlockDot {
    private static final int BYTES = 18;
    static final ByteVector SIGNS = ByteVector.broadcast(B, (byte) 0x88);
    private static final IntVector UPPER = IntVector.broadcast(I, ~15);

    private final float[] scaled;

    DotQ40(MemorySegment w, long first, long down, float[] x, int at, int k) {
        super(DType.Q4_0, w, first, down, x, at, k);
        this.scaled = new float[k];
        changed();
    }

    @Override
    public void changed() {
        scaled(0, 16, 32, 0x1p-28f, scaled);
        scaled(16, 16, 32, 0x1p-4f, scaled);
    }

    @Override
    void pair(long p, long far, float[] lanes) {
        FloatVector a = FloatVector.zero(F);
        FloatVector b = a;
        for (int block = 0; block < blocks; block++) {
            long q = p + block * (long) BYTES;
            FloatVector s = FloatVector.zero(F);
            FloatVector t = s;
            for (int i = 0; i < 16; i += L) {
                FloatVector lower = FloatVector.fromArray(F, scaled, block * 32 + i);
                FloatVector upper = FloatVector.fromArray(F, scaled, block * 32 + 16 + i);
                boolean last = L == 4 && i == 12;
                IntVector v = (IntVector) ByteVector.fromMemorySegment(B, w, q + 2 + (last ? 8 : i), LE)
                        .lanewise(XOR, SIGNS)
                        .castShape(I, last ? 1 : 0);
                s = ((FloatVector) v.and(UPPER).castShape(F, 0)).fma(upper, s);
                s = ((FloatVector) v.lanewise(LSHL, 28).castShape(F, 0)).fma(lower, s);
                v = (IntVector) ByteVector.fromMemorySegment(B, w, q + far + 2 + (last ? 8 : i), LE)
                        .lanewise(XOR, SIGNS)
                        .castShape(I, last ? 1 : 0);
                t = ((FloatVector) v.and(UPPER).castShape(F, 0)).fma(upper, t);
                t = ((FloatVector) v.lanewise(LSHL, 28).castShape(F, 0)).fma(lower, t);
            }
            a = s.fma(FloatVector.broadcast(F, Float.float16ToFloat(w.get(Decoder.SHORT, q))), a);
            b = t.fma(FloatVector.broadcast(F, Float.float16ToFloat(w.get(Decoder.SHORT, q + far))), b);
        }
        a.intoArray(lanes, 0);
        b.intoArray(lanes, L);
    }
}
