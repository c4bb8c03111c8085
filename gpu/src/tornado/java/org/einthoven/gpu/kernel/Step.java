package org.einthoven.gpu.kernel;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/** A step of an optimiser, element by element. */
public final class Step {
    private Step() {}

    /**
     * AdamW (Loshchilov and Hutter, arXiv 1711.05101) in place: reads four and writes three numbers, 28 bytes and 14 operations
     * an element. {@code rates} is {lr, beta1, beta2, eps, decay, 1 - beta1^t, 1 - beta2^t}, an array since they change from
     * step to step while the compiled graph stays; {@code shape} is {n}. Grid: n items.
     */
    public static void adamW(
            KernelContext c, FloatArray p, FloatArray g, FloatArray m, FloatArray v, FloatArray rates, IntArray shape) {
        int i = c.globalIdx;
        if (i < shape.get(0)) {
            float gradient = g.get(i);
            float mean = rates.get(1) * m.get(i) + (1f - rates.get(1)) * gradient;
            float square = rates.get(2) * v.get(i) + (1f - rates.get(2)) * gradient * gradient;
            float step = mean / rates.get(5) / (TornadoMath.sqrt(square / rates.get(6)) + rates.get(3));
            m.set(i, mean);
            v.set(i, square);
            p.set(i, p.get(i) - rates.get(0) * (step + rates.get(4) * p.get(i)));
        }
    }
}
