package org.einthoven.tensor.simd;

import static jdk.incubator.vector.VectorOperators.ADD;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.MAX;
import static org.einthoven.tensor.simd.Lanes.F;
import static org.einthoven.tensor.simd.Lanes.L;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/**
 * A vector rounded to 8 bits in blocks of 32, as llama.cpp rounds what it multiplies with quantised weights (its Q8_0, but
 * for the scale, which stays F32 here): x = scale q with |q| at most 127. What {@link DotInterleaved} multiplies with is
 * kept rather than q itself.
 */
final class RoundedActivations {
    private static final VectorSpecies<Integer> I = IntVector.SPECIES_PREFERRED;
    private static final int BLOCK = 32;
    private static final int HALF = BLOCK / 2;
    private static final int MOST = 127;

    /** Added to a float of less than 2^22 it rounds that to even, and leaves the integer in the lower bits. */
    private static final float ROUNDER = 0x1.8p23f;

    private static final int ROUNDER_BITS = Float.floatToRawIntBits(ROUNDER);

    /** A block that is smaller everywhere counts as zero: 127 by that would be infinite. */
    private static final float LEAST = 0x1p-118f;

    /** All but the sign. What is no number is the largest as an integer. */
    private static final int MAGNITUDE = 0x7fffffff;

    private static final int LOWER = 0xffff;

    private static final VectorShuffle<Integer> BEFORE = VectorShuffle.fromOp(I, i -> (i + L - 1) % L);
    private static final VectorMask<Integer> ODD = VectorMask.fromLong(I, 0xaaaaaaaaaaaaaaaaL);

    /** Four for each short of nibbles, see {@link DotInterleaved}. */
    final short[] factors;

    /** -8 times the sum of q, of each block: a nibble stands for itself less 8. */
    final short[] starts;

    /** Of each block. */
    final float[] scales;

    RoundedActivations(int k) {
        this.factors = new short[k];
        this.starts = new short[k / BLOCK];
        this.scales = new float[k / BLOCK];
    }

    /** Of the k floats from x[at]. An infinite one or one that is no number makes all results so. */
    void round(float[] x, int at) {
        for (int block = 0; block < scales.length; block++) {
            int i = block * BLOCK;
            float max = largest(x, at + i);
            scales[block] = max / MOST;
            starts[block] = (short) (-8 * combine(x, at + i, max < LEAST ? 0 : MOST / max, factors, i));
        }
    }

    /** Of the magnitudes in a block. */
    private static float largest(float[] x, int at) {
        IntVector max = IntVector.zero(I);
        for (int i = at; i < at + BLOCK; i += L) {
            max = max.max(FloatVector.fromArray(F, x, i).reinterpretAsInts().and(MAGNITUDE));
        }
        return Float.intBitsToFloat(max.reduceLanes(MAX));
    }

    /**
     * A short of nibbles holds those of columns c, c + 16, c + 1 and c + 17, the first in its lowest bits, and is multiplied with
     * q_c, q_(c+16) - 16 q_c, q_(c+1) - 16 q_(c+16) and q_(c+17) - 16 q_(c+1). So an int has the factors of c and of c + 16, and
     * every second one takes from its first what stands before it.
     *
     * @return the sum of q
     */
    private static int combine(float[] x, int at, float by, short[] factors, int to) {
        IntVector sum = IntVector.zero(I);
        for (int c = 0; c < HALF; c += L) {
            IntVector a = FloatVector.fromArray(F, x, at + c)
                    .mul(by)
                    .add(ROUNDER)
                    .reinterpretAsInts()
                    .sub(ROUNDER_BITS);
            IntVector b = FloatVector.fromArray(F, x, at + c + HALF)
                    .mul(by)
                    .add(ROUNDER)
                    .reinterpretAsInts()
                    .sub(ROUNDER_BITS);
            sum = sum.add(a).add(b);
            IntVector before = b.rearrange(BEFORE).lanewise(LSHL, 4);
            a.sub(before, ODD)
                    .and(LOWER)
                    .or(b.sub(a.lanewise(LSHL, 4)).lanewise(LSHL, 16))
                    .reinterpretAsShorts()
                    .intoArray(factors, to + 2 * c);
        }
        return sum.reduceLanes(ADD);
    }
}
