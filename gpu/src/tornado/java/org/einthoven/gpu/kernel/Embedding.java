package org.einthoven.gpu.kernel;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.ByteArray;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.ShortArray;

/**
 * x [D] = the row {@code call[2]} of a table [V, D], times {@code scaling[2]}: a token's id crosses in place of its embedding.
 * 8, 6 or 5.125 bytes a number. {@code shape} is {D, V}. Grid: D items.
 */
public final class Embedding {
    private Embedding() {}

    /** A table of F32. */
    public static void f32(
            KernelContext c, FloatArray table, FloatArray x, IntArray call, IntArray shape, FloatArray scaling) {
        int d = shape.get(0);
        int i = c.globalIdx;
        if (i < d) {
            x.set(i, table.get(call.get(2) * d + i) * scaling.get(2));
        }
    }

    /** A table of the bits of F16. */
    public static void f16(
            KernelContext c, ShortArray table, FloatArray x, IntArray call, IntArray shape, FloatArray scaling) {
        int d = shape.get(0);
        int i = c.globalIdx;
        if (i < d) {
            x.set(i, MatVec.half(table.get(call.get(2) * d + i)) * scaling.get(2));
        }
    }

    /** A table of Q8_0, bytes and scales apart. */
    public static void q8(
            KernelContext c,
            ByteArray table,
            FloatArray scale,
            FloatArray x,
            IntArray call,
            IntArray shape,
            FloatArray scaling) {
        int d = shape.get(0);
        int i = c.globalIdx;
        if (i < d) {
            int at = call.get(2) * d + i;
            x.set(i, table.get(at) * scale.get(at / MatVec.BLOCK) * scaling.get(2));
        }
    }
}
