package org.einthoven.tensor.simd;

import static org.einthoven.tensor.simd.Lanes.F;
import static org.einthoven.tensor.simd.Lanes.L;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.LongVector;

/**
 * The sixteen small numbers that scale the groups of a block of Q4_K and Q5_K: eight scales and eight minima of 6 bits in
 * twelve bytes, unpacked together. Their order is scales 0 to 3, minima 0 to 3, scales 4 to 7, minima 4 to 7.
 */
final class KScales {
    /** In one block. */
    static final int COUNT = 16;

    private KScales() {}

    /** Where the scale of group {@code g} of 0 to 7 lies; its minimum lies 4 further on. */
    static int of(int g) {
        return (g & 4) * 2 + (g & 3);
    }

    /**
     * Unpacks the blocks of a row that begins at {@code p}.
     *
     * @param sums what minus the minima are multiplied with, in their order, and 0 where a scale is
     * @param scales of all blocks, times the blocks' own
     * @param lanes from {@code at}: L floats that add up to what the minima contribute
     */
    static void unpack(
            MemorySegment w, long p, int bytes, int blocks, float[] sums, float[] scales, float[] lanes, int at) {
        FloatVector a = FloatVector.zero(F);
        for (int block = 0; block < blocks; block++) {
            long q = p + block * (long) bytes;
            long first = w.get(BlockDot.LONG, q + 4);
            long last = w.get(BlockDot.INT, q + 12);
            // The upper two bits of the last four pairs lie above the first four.
            long low = last & 0x0f0f0f0fL | (last >> 4 & 0x0f0f0f0fL) << 32;
            ByteVector six = LongVector.zero(LongVector.SPECIES_128)
                    .withLane(0, first & 0x3f3f3f3f3f3f3f3fL)
                    .withLane(1, low | first >> 2 & 0x3030303030303030L)
                    .reinterpretAsBytes();
            FloatVector d = FloatVector.broadcast(F, Float.float16ToFloat(w.get(Decoder.SHORT, q)));
            FloatVector m = FloatVector.broadcast(F, Float.float16ToFloat(w.get(Decoder.SHORT, q + 2)));
            int i = block * COUNT;
            FloatVector v = (FloatVector) six.castShape(F, 0);
            v.mul(d).intoArray(scales, i);
            a = v.mul(m).fma(FloatVector.fromArray(F, sums, i), a);
            if (L < 16) {
                v = (FloatVector) six.castShape(F, 1);
                v.mul(d).intoArray(scales, i + L);
                a = v.mul(m).fma(FloatVector.fromArray(F, sums, i + L), a);
            }
            if (L < 8) {
                v = (FloatVector) six.castShape(F, 2);
                v.mul(d).intoArray(scales, i + 2 * L);
                a = v.mul(m).fma(FloatVector.fromArray(F, sums, i + 2 * L), a);
                v = (FloatVector) six.castShape(F, 3);
                v.mul(d).intoArray(scales, i + 3 * L);
                a = v.mul(m).fma(FloatVector.fromArray(F, sums, i + 3 * L), a);
            }
        }
        a.intoArray(lanes, at);
    }

    /** The sums of 32 floats each, in the order of {@link #unpack}, less than 0 as the minima are taken off. */
    static void sums(float[] ofGroups, float[] out) {
        for (int g = 0; g < ofGroups.length; g++) {
            out[g / 8 * COUNT + of(g % 8) + 4] = -ofGroups[g];
        }
    }
}
