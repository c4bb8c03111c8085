package org.einthoven.tensor.simd;

/**
 * A vector rounded to 8 bits in blocks of 32, as llama.cpp rounds what it multiplies with quantised weights (its Q8_0, but
 * for the scale, which stays F32 here): x = scale q with |q| at most 127. What {@link DotInterleaved} multiplies with is
 * kept rather than q itself.
 */
final class RoundedActivations {
    private static final int BLOCK = 32;
    private static final int MOST = 127;

    /** Added to a float of less than 2^22 it rounds that to even, and leaves the integer in the lower bits. */
    private static final float ROUNDER = 0x1.8p23f;

    /** A block that is smaller everywhere counts as zero: 127 by that would be infinite. */
    private static final float LEAST = 0x1p-118f;

    private final short[] q;

    /** Four for each short of nibbles, see {@link DotInterleaved}. */
    final short[] factors;

    /** -8 times the sum of q, of each block: a nibble stands for itself less 8. */
    final short[] starts;

    /** Of each block. */
    final float[] scales;

    RoundedActivations(int k) {
        this.q = new short[k];
        this.factors = new short[k];
        this.starts = new short[k / BLOCK];
        this.scales = new float[k / BLOCK];
    }

    /** Of the k floats from x[at]. An infinite one or one that is no number makes all results so. */
    void round(float[] x, int at) {
        for (int block = 0; block < scales.length; block++) {
            int i = block * BLOCK;
            scales[block] = round(x, at + i, q, i);
            starts[block] = (short) (-8 * sum(q, i));
            combine(q, i, factors);
        }
    }

    /** One block; its scale is returned. */
    private static float round(float[] x, int at, short[] q, int to) {
        float max = 0;
        for (int i = at; i < at + BLOCK; i++) {
            max = Math.max(max, Math.abs(x[i]));
        }
        float by = max < LEAST ? 0 : MOST / max;
        for (int i = 0; i < BLOCK; i++) {
            q[to + i] = (short) Float.floatToRawIntBits(x[at + i] * by + ROUNDER);
        }
        return max / MOST;
    }

    private static int sum(short[] q, int from) {
        int sum = 0;
        for (int i = from; i < from + BLOCK; i++) {
            sum += q[i];
        }
        return sum;
    }

    /** A short of nibbles holds those of columns c, c + 16, c + 1 and c + 17, the first in its lowest bits. */
    private static void combine(short[] q, int from, short[] factors) {
        for (int i = 0; i < BLOCK; i += 4) {
            int c = from + i / 2;
            factors[from + i] = q[c];
            factors[from + i + 1] = (short) (q[c + 16] - 16 * q[c]);
            factors[from + i + 2] = (short) (q[c + 1] - 16 * q[c + 16]);
            factors[from + i + 3] = (short) (q[c + 17] - 16 * q[c + 1]);
        }
    }
}
