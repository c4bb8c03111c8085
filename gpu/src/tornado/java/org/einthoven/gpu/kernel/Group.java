package org.einthoven.gpu.kernel;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.math.TornadoMath;

/**
 * Sums, maxima and minima over a work-group of {@link #ITEMS}, as trees in local memory: 2 log2(ITEMS) barriers' worth at most. Each
 * has its local array to itself, since TornadoVM 5.2 indexes one that is handed to another method as if it stood behind the
 * header of a Java array, outside of it.
 */
public final class Group {
    /** Work-items of a group that shares one row. */
    public static final int ITEMS = 64;

    /** Less than any number that is masked by it, and still far from overflow when two are added. */
    static final float MASKED = -1e30f;

    private Group() {}

    /** The sum of all items' values; all items must call it. */
    static float sum(KernelContext c, float value) {
        float[] scratch = c.allocateFloatLocalArray(ITEMS);
        int item = c.localIdx;
        scratch[item] = value;
        c.localBarrier();
        for (int half = ITEMS / 2; half > 0; half >>= 1) {
            if (item < half) {
                scratch[item] += scratch[item + half];
            }
            c.localBarrier();
        }
        float total = scratch[0];
        c.localBarrier(); // before scratch is written again
        return total;
    }

    /** The largest of all items' values; all items must call it. */
    static float max(KernelContext c, float value) {
        float[] scratch = c.allocateFloatLocalArray(ITEMS);
        int item = c.localIdx;
        scratch[item] = value;
        c.localBarrier();
        for (int half = ITEMS / 2; half > 0; half >>= 1) {
            if (item < half) {
                scratch[item] = TornadoMath.max(scratch[item], scratch[item + half]);
            }
            c.localBarrier();
        }
        float largest = scratch[0];
        c.localBarrier();
        return largest;
    }

    /** The smallest of all items' whole numbers; all items must call it. */
    static int min(KernelContext c, int value) {
        int[] scratch = c.allocateIntLocalArray(ITEMS);
        int item = c.localIdx;
        scratch[item] = value;
        c.localBarrier();
        for (int half = ITEMS / 2; half > 0; half >>= 1) {
            if (item < half) {
                scratch[item] = TornadoMath.min(scratch[item], scratch[item + half]);
            }
            c.localBarrier();
        }
        int smallest = scratch[0];
        c.localBarrier();
        return smallest;
    }
}
