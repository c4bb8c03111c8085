package org.einthoven.tensor.simd;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/** The vector width of this machine, and sums over lanes that have the same bits in cold code and hot. */
final class Lanes {
    static final VectorSpecies<Float> F = FloatVector.SPECIES_PREFERRED;

    static final VectorSpecies<Double> D = DoubleVector.SPECIES_PREFERRED;

    /** Floats in one vector: 4, 8 or 16. */
    static final int L = F.length();

    /** Rows shorter than this are left to scalar code: vectors are slow before C2 has compiled them. */
    static final int SHORT = 64;

    /** Lane i of the result is lane i + by: halves onto halves for {@link #sum(FloatVector)}. */
    private static final VectorShuffle<Float> BY_8 = rotate(8);

    private static final VectorShuffle<Float> BY_4 = rotate(4);
    private static final VectorShuffle<Float> BY_2 = rotate(2);
    private static final VectorShuffle<Float> BY_1 = rotate(1);

    private Lanes() {}

    /** First element of a row of {@code n} that is left to scalar code. */
    static int end(int n) {
        return n < SHORT ? 0 : F.loopBound(n);
    }

    /** Floats in the whole vectors that {@code n} take. */
    static int room(int n) {
        return (n + L - 1) / L * L;
    }

    private static VectorShuffle<Float> rotate(int by) {
        return VectorShuffle.fromOp(F, i -> (i + by) % L);
    }

    /**
     * Sum of the lanes, halves onto halves. {@code reduceLanes(ADD)} leaves the order to the compiler, and the interpreter
     * takes another one than C2.
     */
    static float sum(FloatVector v) {
        FloatVector s = L < 16 ? v : v.add(v.rearrange(BY_8));
        s = L < 8 ? s : s.add(s.rearrange(BY_4));
        s = s.add(s.rearrange(BY_2));
        return s.add(s.rearrange(BY_1)).lane(0);
    }

    /**
     * As {@link #sum(FloatVector)}, of a vector that was stored in {@code lanes}, which is overwritten: a vector that is handed
     * to a method may be boxed. For code that is hot when vectors are.
     */
    static float sumStored(float[] lanes) {
        FloatVector s = FloatVector.fromArray(F, lanes, 0);
        s = L < 16 ? s : s.add(s.rearrange(BY_8));
        s = L < 8 ? s : s.add(s.rearrange(BY_4));
        s = s.add(s.rearrange(BY_2));
        s.add(s.rearrange(BY_1)).intoArray(lanes, 0);
        return lanes[0];
    }

    /** As {@link #sum(FloatVector)}, for L lanes in an array, which is overwritten; in scalar code. */
    static float sum(float[] lanes) {
        return sum(lanes, 0);
    }

    /**
     * As {@link #sum(float[])}, for the L lanes from {@code at}. Written out for the widest
     * vectors: as a loop it took 3 to 10 % of the time of a row of 2048 quantised weights.
     */
    static float sum(float[] lanes, int at) {
        if (L == 16) {
            float a = lanes[at] + lanes[at + 8] + (lanes[at + 4] + lanes[at + 12]);
            float b = lanes[at + 1] + lanes[at + 9] + (lanes[at + 5] + lanes[at + 13]);
            float c = lanes[at + 2] + lanes[at + 10] + (lanes[at + 6] + lanes[at + 14]);
            float d = lanes[at + 3] + lanes[at + 11] + (lanes[at + 7] + lanes[at + 15]);
            return a + c + (b + d);
        }
        for (int half = L / 2; half > 0; half /= 2) {
            for (int i = at; i < at + half; i++) {
                lanes[i] += lanes[i + half];
            }
        }
        return lanes[at];
    }
}
