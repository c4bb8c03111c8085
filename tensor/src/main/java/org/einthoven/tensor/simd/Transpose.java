package org.einthoven.tensor.simd;

import static org.einthoven.tensor.simd.Lanes.F;
import static org.einthoven.tensor.simd.Lanes.L;

import java.util.Arrays;
import java.util.function.IntUnaryOperator;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * A 16 x 16 block turned over in registers: four rounds, in each of which pairs of rows exchange what stands in the other's
 * half, quarter, eighth, sixteenth. 7 G elements/s; gathers do 2, since each of their lanes is a load of its own. Only for
 * 512-bit vectors, whose machines select from two registers in one instruction.
 */
final class Transpose {
    /** Side of a block, or 0 where this is not to be used. */
    static final int SIDE = L == 16 ? 16 : 0;

    private static final VectorSpecies<Integer> I = IntVector.SPECIES_PREFERRED;

    /** Row i of a pair (i, i + w) afterwards: its own lanes without bit w, and beside each the partner's same lane. */
    private static final IntVector LOW_8 = low(8);

    private static final IntVector HIGH_8 = high(8);
    private static final IntVector LOW_4 = low(4);
    private static final IntVector HIGH_4 = high(4);
    private static final IntVector LOW_2 = low(2);
    private static final IntVector HIGH_2 = high(2);
    private static final IntVector LOW_1 = low(1);
    private static final IntVector HIGH_1 = high(1);

    private Transpose() {}

    private static IntVector low(int w) {
        return lanes(lane -> (lane & w) == 0 ? lane : L + (lane ^ w));
    }

    private static IntVector high(int w) {
        return lanes(lane -> (lane & w) == 0 ? lane | w : L + lane);
    }

    private static IntVector lanes(IntUnaryOperator from) {
        int[] v = new int[L];
        Arrays.setAll(v, lane -> from.applyAsInt(lane) % (2 * L));
        return IntVector.fromArray(I, v, 0);
    }

    /**
     * out[at + j * apart + i] = x[from + i * down + j] for i, j below 16. Rows beyond {@code last} are read as row {@code
     * last}.
     */
    static void block(float[] x, int from, int down, int last, float[] out, int at, int apart) {
        IntVector a0 = FloatVector.fromArray(F, x, from).reinterpretAsInts();
        IntVector a1 =
                FloatVector.fromArray(F, x, from + Math.min(1, last) * down).reinterpretAsInts();
        IntVector a2 =
                FloatVector.fromArray(F, x, from + Math.min(2, last) * down).reinterpretAsInts();
        IntVector a3 =
                FloatVector.fromArray(F, x, from + Math.min(3, last) * down).reinterpretAsInts();
        IntVector a4 =
                FloatVector.fromArray(F, x, from + Math.min(4, last) * down).reinterpretAsInts();
        IntVector a5 =
                FloatVector.fromArray(F, x, from + Math.min(5, last) * down).reinterpretAsInts();
        IntVector a6 =
                FloatVector.fromArray(F, x, from + Math.min(6, last) * down).reinterpretAsInts();
        IntVector a7 =
                FloatVector.fromArray(F, x, from + Math.min(7, last) * down).reinterpretAsInts();
        IntVector a8 =
                FloatVector.fromArray(F, x, from + Math.min(8, last) * down).reinterpretAsInts();
        IntVector a9 =
                FloatVector.fromArray(F, x, from + Math.min(9, last) * down).reinterpretAsInts();
        IntVector a10 =
                FloatVector.fromArray(F, x, from + Math.min(10, last) * down).reinterpretAsInts();
        IntVector a11 =
                FloatVector.fromArray(F, x, from + Math.min(11, last) * down).reinterpretAsInts();
        IntVector a12 =
                FloatVector.fromArray(F, x, from + Math.min(12, last) * down).reinterpretAsInts();
        IntVector a13 =
                FloatVector.fromArray(F, x, from + Math.min(13, last) * down).reinterpretAsInts();
        IntVector a14 =
                FloatVector.fromArray(F, x, from + Math.min(14, last) * down).reinterpretAsInts();
        IntVector a15 =
                FloatVector.fromArray(F, x, from + Math.min(15, last) * down).reinterpretAsInts();
        IntVector b0 = LOW_8.selectFrom(a0, a8);
        IntVector b8 = HIGH_8.selectFrom(a0, a8);
        IntVector b1 = LOW_8.selectFrom(a1, a9);
        IntVector b9 = HIGH_8.selectFrom(a1, a9);
        IntVector b2 = LOW_8.selectFrom(a2, a10);
        IntVector b10 = HIGH_8.selectFrom(a2, a10);
        IntVector b3 = LOW_8.selectFrom(a3, a11);
        IntVector b11 = HIGH_8.selectFrom(a3, a11);
        IntVector b4 = LOW_8.selectFrom(a4, a12);
        IntVector b12 = HIGH_8.selectFrom(a4, a12);
        IntVector b5 = LOW_8.selectFrom(a5, a13);
        IntVector b13 = HIGH_8.selectFrom(a5, a13);
        IntVector b6 = LOW_8.selectFrom(a6, a14);
        IntVector b14 = HIGH_8.selectFrom(a6, a14);
        IntVector b7 = LOW_8.selectFrom(a7, a15);
        IntVector b15 = HIGH_8.selectFrom(a7, a15);
        IntVector c0 = LOW_4.selectFrom(b0, b4);
        IntVector c4 = HIGH_4.selectFrom(b0, b4);
        IntVector c1 = LOW_4.selectFrom(b1, b5);
        IntVector c5 = HIGH_4.selectFrom(b1, b5);
        IntVector c2 = LOW_4.selectFrom(b2, b6);
        IntVector c6 = HIGH_4.selectFrom(b2, b6);
        IntVector c3 = LOW_4.selectFrom(b3, b7);
        IntVector c7 = HIGH_4.selectFrom(b3, b7);
        IntVector c8 = LOW_4.selectFrom(b8, b12);
        IntVector c12 = HIGH_4.selectFrom(b8, b12);
        IntVector c9 = LOW_4.selectFrom(b9, b13);
        IntVector c13 = HIGH_4.selectFrom(b9, b13);
        IntVector c10 = LOW_4.selectFrom(b10, b14);
        IntVector c14 = HIGH_4.selectFrom(b10, b14);
        IntVector c11 = LOW_4.selectFrom(b11, b15);
        IntVector c15 = HIGH_4.selectFrom(b11, b15);
        IntVector d0 = LOW_2.selectFrom(c0, c2);
        IntVector d2 = HIGH_2.selectFrom(c0, c2);
        IntVector d1 = LOW_2.selectFrom(c1, c3);
        IntVector d3 = HIGH_2.selectFrom(c1, c3);
        IntVector d4 = LOW_2.selectFrom(c4, c6);
        IntVector d6 = HIGH_2.selectFrom(c4, c6);
        IntVector d5 = LOW_2.selectFrom(c5, c7);
        IntVector d7 = HIGH_2.selectFrom(c5, c7);
        IntVector d8 = LOW_2.selectFrom(c8, c10);
        IntVector d10 = HIGH_2.selectFrom(c8, c10);
        IntVector d9 = LOW_2.selectFrom(c9, c11);
        IntVector d11 = HIGH_2.selectFrom(c9, c11);
        IntVector d12 = LOW_2.selectFrom(c12, c14);
        IntVector d14 = HIGH_2.selectFrom(c12, c14);
        IntVector d13 = LOW_2.selectFrom(c13, c15);
        IntVector d15 = HIGH_2.selectFrom(c13, c15);
        IntVector e0 = LOW_1.selectFrom(d0, d1);
        IntVector e1 = HIGH_1.selectFrom(d0, d1);
        IntVector e2 = LOW_1.selectFrom(d2, d3);
        IntVector e3 = HIGH_1.selectFrom(d2, d3);
        IntVector e4 = LOW_1.selectFrom(d4, d5);
        IntVector e5 = HIGH_1.selectFrom(d4, d5);
        IntVector e6 = LOW_1.selectFrom(d6, d7);
        IntVector e7 = HIGH_1.selectFrom(d6, d7);
        IntVector e8 = LOW_1.selectFrom(d8, d9);
        IntVector e9 = HIGH_1.selectFrom(d8, d9);
        IntVector e10 = LOW_1.selectFrom(d10, d11);
        IntVector e11 = HIGH_1.selectFrom(d10, d11);
        IntVector e12 = LOW_1.selectFrom(d12, d13);
        IntVector e13 = HIGH_1.selectFrom(d12, d13);
        IntVector e14 = LOW_1.selectFrom(d14, d15);
        IntVector e15 = HIGH_1.selectFrom(d14, d15);
        e0.reinterpretAsFloats().intoArray(out, at);
        e1.reinterpretAsFloats().intoArray(out, at + apart);
        e2.reinterpretAsFloats().intoArray(out, at + 2 * apart);
        e3.reinterpretAsFloats().intoArray(out, at + 3 * apart);
        e4.reinterpretAsFloats().intoArray(out, at + 4 * apart);
        e5.reinterpretAsFloats().intoArray(out, at + 5 * apart);
        e6.reinterpretAsFloats().intoArray(out, at + 6 * apart);
        e7.reinterpretAsFloats().intoArray(out, at + 7 * apart);
        e8.reinterpretAsFloats().intoArray(out, at + 8 * apart);
        e9.reinterpretAsFloats().intoArray(out, at + 9 * apart);
        e10.reinterpretAsFloats().intoArray(out, at + 10 * apart);
        e11.reinterpretAsFloats().intoArray(out, at + 11 * apart);
        e12.reinterpretAsFloats().intoArray(out, at + 12 * apart);
        e13.reinterpretAsFloats().intoArray(out, at + 13 * apart);
        e14.reinterpretAsFloats().intoArray(out, at + 14 * apart);
        e15.reinterpretAsFloats().intoArray(out, at + 15 * apart);
    }
}
