package org.einthoven.tensor.simd;

import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LSHR;
import static org.einthoven.tensor.simd.Lanes.F;
import static org.einthoven.tensor.simd.Lanes.L;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import org.einthoven.tensor.DType;

/** Q5_K: as {@link DotQ4K}, with the fifth bits of the eight groups as the bits of 32 bytes. */
final class DotQ5K extends BlockDot {
    private static final int BYTES = 176;

    private final float[] scaled;
    private final float[] groups;
    private final float[] sums; // as KScales wants them

    DotQ5K(MemorySegment w, long first, long down, float[] x, int at, int k) {
        super(DType.Q5_K, w, first, down, x, at, k);
        this.scaled = new float[k];
        this.groups = new float[k / 32];
        this.sums = new float[blocks * KScales.COUNT];
        changed();
    }

    @Override
    public void changed() {
        scaled(0, 32, 64, 1, scaled);
        scaled(32, 32, 64, 0x1p-4f, scaled);
        sums(32, 1, groups);
        KScales.sums(groups, sums);
    }

    @Override
    void pair(long p, long far, float[] lanes) {
        float[] scales = Scratch.mine().rows(blocks * KScales.COUNT);
        KScales.unpack(w, p, BYTES, blocks, sums, scales, lanes, 0);
        row(p, scales, lanes, 0);
        KScales.unpack(w, p + far, BYTES, blocks, sums, scales, lanes, L);
        row(p + far, scales, lanes, L);
    }

    private void row(long p, float[] scales, float[] lanes, int to) {
        FloatVector a = FloatVector.fromArray(F, lanes, to);
        FloatVector b = FloatVector.zero(F);
        for (int j = 0; j < 4 * blocks; j++) { // 64 numbers each
            long q = p + j / 4 * (long) BYTES + 16;
            long nibbles = q + 32 + j % 4 * 32;
            FloatVector s = FloatVector.zero(F);
            FloatVector t = s;
            for (int i = 0; i < 32; i += L) {
                boolean last = L == 4 && i == 28;
                IntVector v = (IntVector) ByteVector.fromMemorySegment(B, w, nibbles + (last ? 24 : i), LE)
                        .castShape(I, last ? 1 : 0);
                IntVector h = (IntVector) ByteVector.fromMemorySegment(B, w, q + (last ? 24 : i), LE)
                        .castShape(I, last ? 1 : 0);
                h = h.lanewise(LSHR, 2 * (j % 4));
                s = ((FloatVector) h.lanewise(LSHL, 4).and(0x10).or(v.and(0x0f)).castShape(F, 0))
                        .fma(FloatVector.fromArray(F, scaled, j * 64 + i), s);
                t = ((FloatVector)
                                h.lanewise(LSHL, 7).and(0x100).or(v.and(0xf0)).castShape(F, 0))
                        .fma(FloatVector.fromArray(F, scaled, j * 64 + 32 + i), t);
            }
            int scale = j / 4 * KScales.COUNT + KScales.of(2 * (j % 4));
            a = s.fma(FloatVector.broadcast(F, scales[scale]), a);
            b = t.fma(FloatVector.broadcast(F, scales[scale + 1]), b);
        }
        a.add(b).intoArray(lanes, to);
    }
}
