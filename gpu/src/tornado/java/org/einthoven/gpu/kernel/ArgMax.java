package org.einthoven.gpu.kernel;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/** Where the largest element of each row is: 4 bytes read and a comparison an element; one number a row leaves the device. */
public final class ArgMax {
    private ArgMax() {}

    /** index[r] = the first i with the largest x[r, i]; {@code shape} is {d}. Grid: a group of {@link Group#ITEMS} a row. */
    public static void rows(KernelContext c, FloatArray x, IntArray index, IntArray shape) {
        int d = shape.get(0);
        float[] values = c.allocateFloatLocalArray(Group.ITEMS);
        int[] indices = c.allocateIntLocalArray(Group.ITEMS);
        int item = c.localIdx;
        int row = c.groupIdx * d;
        float best = x.get(row);
        int at = 0;
        for (int i = item; i < d; i += Group.ITEMS) {
            float v = x.get(row + i);
            if (v > best) {
                best = v;
                at = i;
            }
        }
        values[item] = best;
        indices[item] = at;
        c.localBarrier();
        for (int half = Group.ITEMS / 2; half > 0; half >>= 1) {
            if (item < half) {
                float other = values[item + half];
                int otherAt = indices[item + half];
                if (other > values[item] || other == values[item] && otherAt < indices[item]) {
                    values[item] = other;
                    indices[item] = otherAt;
                }
            }
            c.localBarrier();
        }
        if (item == 0) {
            index.set(c.groupIdx, indices[0]);
        }
    }
}
