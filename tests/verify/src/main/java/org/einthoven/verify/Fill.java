package org.einthoven.verify;

import java.util.Arrays;
import java.util.function.DoubleUnaryOperator;
import java.util.function.IntToDoubleFunction;
import org.einthoven.tensor.Rng;
import org.einthoven.tensor.Shape;
import org.einthoven.tensor.Tensor;

/** Kinds of F64 values, simplest first, since properties shrink towards the first. */
public enum Fill {
    /** 1 everywhere; the seed plays no part. */
    ONES,
    /** 1, 2, 3, ... in row-major order; the seed plays no part. */
    COUNTING,
    /** Whole numbers from -2 to 2: many ties, many zeros. */
    TIES,
    /** Between 0.3 and about 5: for logarithms, roots and divisors. */
    POSITIVE,
    /** Normal, but at least 0.2 from 0: for functions with a kink or a pole there. */
    OFF_ZERO,
    /** Standard normal. */
    NORMAL,
    /** Both signs and magnitudes from 1e-6 to 1e6: for overflow and cancellation. */
    WIDE;

    /** Row-major values; equal seeds give equal bits on every machine. */
    public Tensor of(long seed, Shape shape) {
        double[] x = Rng.of(seed).normal64(shape.toArray()).toDoubles();
        return switch (this) {
            case ONES -> each(x, shape, i -> 1);
            case COUNTING -> each(x, shape, i -> i + 1);
            case TIES -> map(x, shape, z -> Math.clamp(Math.rint(z), -2, 2));
            case POSITIVE -> map(x, shape, z -> 0.3 + Math.exp(z / 2));
            case OFF_ZERO -> map(x, shape, z -> z + Math.copySign(0.2, z));
            case NORMAL -> map(x, shape, z -> z);
            case WIDE -> map(x, shape, z -> Math.copySign(Math.pow(10, Math.clamp(6 * Math.abs(z) - 6, -6, 6)), z));
        };
    }

    private static Tensor map(double[] x, Shape shape, DoubleUnaryOperator f) {
        return each(x, shape, i -> f.applyAsDouble(x[i]));
    }

    private static Tensor each(double[] x, Shape shape, IntToDoubleFunction value) {
        double[] y = new double[x.length];
        Arrays.setAll(y, value);
        return Tensor.of(y, shape.toArray());
    }
}
