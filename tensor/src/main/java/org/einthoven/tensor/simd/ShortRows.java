package org.einthoven.tensor.simd;

import static jdk.incubator.vector.VectorOperators.MAX;
import static org.einthoven.tensor.simd.Lanes.F;
import static org.einthoven.tensor.simd.Lanes.L;

import jdk.incubator.vector.FloatVector;

/**
 * The rows of an attention over a few keys, in a buffer in which each takes whole vectors. The bits are those of
 * {@link RowSums} and {@link BinaryKernels}, whose scalar code for rows so short took most of such an attention.
 */
final class ShortRows {
    private ShortRows() {}

    /** Whether rows of {@code n} are short: {@link RowSums} then has one partial sum for each lane. */
    static boolean areOf(int n) {
        return n < 4 * L;
    }

    /** Takes its largest element in [from, to) away from a row; the rest of it becomes minus infinity. */
    static void lessLargest(float[] x, int at, int room, int from, int to) {
        FloatVector none = FloatVector.broadcast(F, Float.NEGATIVE_INFINITY);
        FloatVector top = none;
        for (int j = 0; j < room; j += L) {
            FloatVector v = none.blend(FloatVector.fromArray(F, x, at + j), F.indexInRange(j - from, to - from));
            top = top.max(v);
            v.intoArray(x, at + j);
        }
        float largest = top.reduceLanes(MAX);
        for (int j = 0; j < room; j += L) {
            FloatVector.fromArray(F, x, at + j).sub(largest).intoArray(x, at + j);
        }
    }

    /** Divides a row by its sum. */
    static void normalise(float[] x, int at, int room, float[] lanes) {
        FloatVector sum = FloatVector.zero(F);
        for (int j = 0; j < room; j += L) {
            sum = sum.add(FloatVector.fromArray(F, x, at + j));
        }
        sum.intoArray(lanes, 0);
        float factor = 1f / Lanes.sumStored(lanes);
        for (int j = 0; j < room; j += L) {
            FloatVector.fromArray(F, x, at + j).mul(factor).intoArray(x, at + j);
        }
    }

    /** u = p (u - sum(p u)), where the sum is over [from, to). */
    static void centre(float[] u, float[] p, int at, int room, int from, int to, float[] lanes) {
        FloatVector sum = FloatVector.zero(F);
        for (int j = 0; j < room; j += L) {
            FloatVector product = FloatVector.fromArray(F, u, at + j).mul(FloatVector.fromArray(F, p, at + j));
            sum = sum.add(product, F.indexInRange(j - from, to - from));
        }
        sum.intoArray(lanes, 0);
        float mean = Lanes.sumStored(lanes);
        for (int j = 0; j < room; j += L) {
            FloatVector centred = FloatVector.fromArray(F, u, at + j).sub(mean);
            centred.mul(FloatVector.fromArray(F, p, at + j)).intoArray(u, at + j);
        }
    }
}
