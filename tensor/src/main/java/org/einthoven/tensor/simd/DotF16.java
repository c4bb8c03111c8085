package org.einthoven.tensor.simd;

import static jdk.incubator.vector.VectorOperators.GE;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LSHR;
import static org.einthoven.tensor.simd.Lanes.F;
import static org.einthoven.tensor.simd.Lanes.L;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * F16 rows in native memory, two weights to an int as in {@link DotBf16}. A half becomes a float by moving its exponent and
 * mantissa to where a float has them and multiplying by 2^112, which mends the bias of the exponent and is right for
 * subnormals; infinities and not-a-numbers are put in afterwards.
 */
final class DotF16 implements PackedDot {
    private static final VectorSpecies<Integer> I = IntVector.SPECIES_PREFERRED;
    private static final ByteOrder LE = ByteOrder.LITTLE_ENDIAN;
    private static final int SIGN = 0x80000000;

    /** Exponent and mantissa of a half in the upper half of an int, moved by 3, and the least that is not a number. */
    private static final int MAGNITUDE = 0x0fffe000;

    private static final int INFINITE = 0x0f800000;
    private static final int FLOAT_INFINITE = 0x7f800000;

    private final MemorySegment w;
    private final long first;
    private final long down;
    private final float[] x;
    private final int at;
    private final float[] even;
    private final float[] odd;
    private final int k;

    private DotF16(MemorySegment w, long first, long down, float[] x, int at, int k) {
        this.w = w;
        this.first = first;
        this.down = down;
        this.x = x;
        this.at = at;
        this.even = new float[(k + 1) / 2];
        this.odd = new float[k / 2];
        this.k = k;
    }

    static DotF16 of(MemorySegment w, long first, long down, float[] x, int at, int k) {
        DotF16 dot = new DotF16(w, first, down, x, at, k);
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
        two(r, apart, y, yo);
        two(r + 2 * apart, apart, y, yo);
    }

    /** Two rows, not four: with more vectors in one method C2 gives up on keeping them in registers. */
    private void two(int r, int apart, float[] y, int yo) {
        float[] lanes = Scratch.mine().lanes();
        FloatVector a0 = FloatVector.zero(F);
        FloatVector a1 = a0;
        FloatVector b0 = a0;
        FloatVector b1 = a0;
        long far = 2 * apart * down;
        long p = 2 * (first + r * down);
        int pairs = k / 2 / L * L;
        for (int i = 0; i < pairs; i += L) {
            FloatVector e = FloatVector.fromArray(F, even, i);
            FloatVector o = FloatVector.fromArray(F, odd, i);
            IntVector v = IntVector.fromMemorySegment(I, w, p + i * 4L, LE);
            IntVector h = v.lanewise(LSHL, 16);
            IntVector m = h.lanewise(LSHR, 3).and(MAGNITUDE);
            FloatVector f = m.reinterpretAsFloats().mul(0x1p112f);
            f = f.blend(
                    m.or(FLOAT_INFINITE).reinterpretAsFloats(),
                    m.compare(GE, INFINITE).cast(F));
            a0 = f.reinterpretAsInts().or(h.and(SIGN)).reinterpretAsFloats().fma(e, a0);
            m = v.lanewise(LSHR, 3).and(MAGNITUDE);
            f = m.reinterpretAsFloats().mul(0x1p112f);
            f = f.blend(
                    m.or(FLOAT_INFINITE).reinterpretAsFloats(),
                    m.compare(GE, INFINITE).cast(F));
            b0 = f.reinterpretAsInts().or(v.and(SIGN)).reinterpretAsFloats().fma(o, b0);
            v = IntVector.fromMemorySegment(I, w, p + far + i * 4L, LE);
            h = v.lanewise(LSHL, 16);
            m = h.lanewise(LSHR, 3).and(MAGNITUDE);
            f = m.reinterpretAsFloats().mul(0x1p112f);
            f = f.blend(
                    m.or(FLOAT_INFINITE).reinterpretAsFloats(),
                    m.compare(GE, INFINITE).cast(F));
            a1 = f.reinterpretAsInts().or(h.and(SIGN)).reinterpretAsFloats().fma(e, a1);
            m = v.lanewise(LSHR, 3).and(MAGNITUDE);
            f = m.reinterpretAsFloats().mul(0x1p112f);
            f = f.blend(
                    m.or(FLOAT_INFINITE).reinterpretAsFloats(),
                    m.compare(GE, INFINITE).cast(F));
            b1 = f.reinterpretAsInts().or(v.and(SIGN)).reinterpretAsFloats().fma(o, b1);
        }
        a0.add(b0).intoArray(lanes, 0);
        y[yo + r] = rest(p, pairs, Lanes.sum(lanes));
        a1.add(b1).intoArray(lanes, 0);
        y[yo + r + apart] = rest(p + far, pairs, Lanes.sum(lanes));
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
            IntVector h = v.lanewise(LSHL, 16);
            IntVector m = h.lanewise(LSHR, 3).and(MAGNITUDE);
            FloatVector f = m.reinterpretAsFloats().mul(0x1p112f);
            f = f.blend(
                    m.or(FLOAT_INFINITE).reinterpretAsFloats(),
                    m.compare(GE, INFINITE).cast(F));
            a = f.reinterpretAsInts().or(h.and(SIGN)).reinterpretAsFloats().fma(FloatVector.fromArray(F, even, i), a);
            m = v.lanewise(LSHR, 3).and(MAGNITUDE);
            f = m.reinterpretAsFloats().mul(0x1p112f);
            f = f.blend(
                    m.or(FLOAT_INFINITE).reinterpretAsFloats(),
                    m.compare(GE, INFINITE).cast(F));
            b = f.reinterpretAsInts().or(v.and(SIGN)).reinterpretAsFloats().fma(FloatVector.fromArray(F, odd, i), b);
        }
        a.add(b).intoArray(lanes, 0);
        y[yo + r] = rest(p, pairs, Lanes.sum(lanes));
    }

    private float rest(long p, int pairs, float sum) {
        for (int i = 2 * pairs; i < k; i++) {
            float v = Float.float16ToFloat(w.get(Decoder.SHORT, p + 2L * i));
            sum = Math.fma(v, (i % 2 == 0 ? even : odd)[i / 2], sum);
        }
        return sum;
    }
}
