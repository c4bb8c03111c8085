package org.einthoven.gpu.kernel;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/** The residual stream x [rows, d] of a decoder; {@code shape} is {d}. */
public final class Residual {
    private Residual() {}

    /** y [d] = the row {@code rows[1] - 1} of x: 8 bytes an element. Grid: d items. */
    public static void lastRow(KernelContext c, FloatArray x, FloatArray y, IntArray rows, IntArray shape) {
        int d = shape.get(0);
        int i = c.globalIdx;
        if (i < d) {
            y.set(i, x.get((rows.get(1) - 1) * d + i));
        }
    }
}
