package org.einthoven.gpu.kernel;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/** Between the two products of a feed-forward block. */
public final class FeedForward {
    private FeedForward() {}

    /**
     * y [rows, F] = silu(gate) * up (Shazeer, arXiv 2002.05202) for both, side by side, as one product made them: {@code gateUp}
     * [rows, 2 F]. 12 bytes for 5 operations. {@code shape} is {any, F}. Grid: F items along x, rows along y.
     */
    public static void gated(KernelContext c, FloatArray gateUp, FloatArray y, IntArray shape) {
        int features = shape.get(1);
        int i = c.globalIdx;
        int row = c.globalIdy;
        if (i < features) {
            float gate = gateUp.get(row * 2 * features + i);
            float up = gateUp.get((row * 2 + 1) * features + i);
            y.set(row * features + i, Activation.silu(gate) * up);
        }
    }
}
