package org.einthoven.tensor.simd;

import static jdk.incubator.vector.VectorOperators.LSHL;
import static org.einthoven.tensor.simd.Lanes.F;
import static org.einthoven.tensor.simd.Lanes.L;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * BF16 rows in native memory. Two weights are read as one int: shifted left it is the even one, its upper half alone the odd
 * one, and x is split in the same way once for all rows.
 */
final class DotBf16 implements PackedDot {
    private static final VectorSpecies<Integer> I = IntVector.SPECIES_PREFERRED;
    private static final ByteOrder LE = ByteOrder.LITTLE_ENDIAN;
    private static final int UPPER = 0xffff0000;

    private final MemorySegment w;
    private final long first;
    private final long down;
    private final float[] x;
    private final int at;
    private final float[] even;
    private final float[] odd;
    private final int k;

    private DotBf16(MemorySegment w, long first, long down, float[] x, int at, int k) {
        this.w = w;
        this.first = first;
        this.down = down;
        this.x = x;
        this.at = at;
        this.even = new float[(k + 1) / 2];
        this.odd = new float[k / 2];
        this.k = k;
    }

    static DotBf16 of(MemorySegment w, long first, long down, float[] x, int at, int k) {
        DotBf16 dot = new DotBf16(w, first, down, x, at, k);
        dot.changed();
        return dot;
    }

    @Override
    public void changed() {
        Cells.copy(x, at, 2, even, 0, 1, even.length);
        Cells.copy(x, at + 1, 2, odd, 0, 1, odd.length);
    }

    @Override
    public void four(int r, int apart, float[] y, int yo) {
        float[] lanes = Scratch.mine().lanes();
        FloatVector a0 = FloatVector.zero(F);
        FloatVector a1 = a0;
        FloatVector a2 = a0;
        FloatVector a3 = a0;
        FloatVector b0 = a0;
        FloatVector b1 = a0;
        FloatVector b2 = a0;
        FloatVector b3 = a0;
        long far = 2 * apart * down;
        long p = 2 * (first + r * down);
        int pairs = k / 2 / L * L;
        for (int i = 0; i < pairs; i += L) {
            FloatVector e = FloatVector.fromArray(F, even, i);
            FloatVector o = FloatVector.fromArray(F, odd, i);
            long q = p + i * 4L;
            IntVector v0 = IntVector.fromMemorySegment(I, w, q, LE);
            IntVector v1 = IntVector.fromMemorySegment(I, w, q + far, LE);
            IntVector v2 = IntVector.fromMemorySegment(I, w, q + 2 * far, LE);
            IntVector v3 = IntVector.fromMemorySegment(I, w, q + 3 * far, LE);
            a0 = v0.lanewise(LSHL, 16).reinterpretAsFloats().fma(e, a0);
            b0 = v0.and(UPPER).reinterpretAsFloats().fma(o, b0);
            a1 = v1.lanewise(LSHL, 16).reinterpretAsFloats().fma(e, a1);
            b1 = v1.and(UPPER).reinterpretAsFloats().fma(o, b1);
            a2 = v2.lanewise(LSHL, 16).reinterpretAsFloats().fma(e, a2);
            b2 = v2.and(UPPER).reinterpretAsFloats().fma(o, b2);
            a3 = v3.lanewise(LSHL, 16).reinterpretAsFloats().fma(e, a3);
            b3 = v3.and(UPPER).reinterpretAsFloats().fma(o, b3);
        }
        a0.add(b0).intoArray(lanes, 0);
        y[yo + r] = rest(p, pairs, Lanes.sum(lanes));
        a1.add(b1).intoArray(lanes, 0);
        y[yo + r + apart] = rest(p + far, pairs, Lanes.sum(lanes));
        a2.add(b2).intoArray(lanes, 0);
        y[yo + r + 2 * apart] = rest(p + 2 * far, pairs, Lanes.sum(lanes));
        a3.add(b3).intoArray(lanes, 0);
        y[yo + r + 3 * apart] = rest(p + 3 * far, pairs, Lanes.sum(lanes));
    }

    @Override
    public void one(int r, float[] y, int yo) {
        float[] lanes = Scratch.mine().lanes();
        FloatVector a = FloatVector.zero(F);
        FloatVector b = a;
        long p = 2 * (first + r * down);
        int pairs = k / 2 / L * L;
        for (int i = 0; i < pairs; i += L) {
            IntVector v = IntVector.fromMemorySegment(I, w, p + i * 4L, LE);
            a = v.lanewise(LSHL, 16).reinterpretAsFloats().fma(FloatVector.fromArray(F, even, i), a);
            b = v.and(UPPER).reinterpretAsFloats().fma(FloatVector.fromArray(F, odd, i), b);
        }
        a.add(b).intoArray(lanes, 0);
        y[yo + r] = rest(p, pairs, Lanes.sum(lanes));
    }

    private float rest(long p, int pairs, float sum) {
        for (int i = 2 * pairs; i < k; i++) {
            float v = Float.intBitsToFloat(w.get(Decoder.SHORT, p + 2L * i) << 16);
            sum = Math.fma(v, (i % 2 == 0 ? even : odd)[i / 2], sum);
        }
        return sum;
    }
}
