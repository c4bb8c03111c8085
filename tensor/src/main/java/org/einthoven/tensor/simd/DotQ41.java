package org.einthoven.tensor.simd;

import static org.einthoven.tensor.simd.Lanes.F;
import static org.einthoven.tensor.simd.Lanes.L;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import org.einthoven.tensor.DType;

/** Q4_1: 32 nibbles times a scale, plus a minimum. Upper nibbles stay where they are, and x is 16 times smaller there. */
final class DotQ41 extends BlockDot {
    private static final int BYTES = 20;

    private final float[] scaled;
    private final float[] sums; // of each block

    DotQ41(MemorySegment w, long first, long down, float[] x, int at, int k) {
        super(DType.Q4_1, w, first, down, x, at, k);
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
                long at = q + 4 + (last ? 8 : i);
                IntVector v =
                        (IntVector) ByteVector.fromMemorySegment(B, w, at, LE).castShape(I, last ? 1 : 0);
                s = ((FloatVector) v.and(0xf0).castShape(F, 0)).fma(upper, s);
                s = ((FloatVector) v.and(0x0f).castShape(F, 0)).fma(lower, s);
                v = (IntVector) ByteVector.fromMemorySegment(B, w, at + far, LE).castShape(I, last ? 1 : 0);
                t = ((FloatVector) v.and(0xf0).castShape(F, 0)).fma(upper, t);
                t = ((FloatVector) v.and(0x0f).castShape(F, 0)).fma(lower, t);
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
