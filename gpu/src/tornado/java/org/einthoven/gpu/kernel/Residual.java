package org.einthoven.gpu.kernel;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/** The residual stream x [rows, d] of a decoder; {@code shape} is {d}. */
public final class Residual {
    private Residual() {}

    /** x += branch: 12 bytes for one operation. Grid: d items along x, rows along y. */
    public static void add(KernelContext c, FloatArray x, FloatArray branch, IntArray shape) {
        int d = shape.get(0);
        int i = c.globalIdx;
        int at = c.globalIdy * d + i;
        if (i < d) {
            x.set(at, x.get(at) + branch.get(at));
        }
    }

    /** y [d] = the row {@code rows[1] - 1} of x: 8 bytes an element. Grid: d items. */
    public static void lastRow(KernelContext c, FloatArray x, FloatArray y, IntArray rows, IntArray shape) {
        int d = shape.get(0);
        int i = c.globalIdx;
        if (i < d) {
            y.set(i, x.get((rows.get(1) - 1) * d + i));
        }
    }
}
