package org.einthoven.gpu.kernel;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/** A kernel whose loop has no barrier but those of the sum: whether the sum can be made again at the same place. */
public final class SumsInALoop {
    private SumsInALoop() {}

    /** y[i] = the sum of all rounds, the last counting most, for every item. Grid: groups of {@link Group#ITEMS}. */
    public static void rounds(KernelContext c, FloatArray x, FloatArray y) {
        float total = 0f;
        for (int i = 0; i < x.getSize(); i += Group.ITEMS) {
            total = total * 0.5f + Group.sum(c, x.get(i + c.localIdx));
        }
        y.set(c.globalIdx, total);
    }
}
