package org.einthoven.autograd.check;

import java.util.Arrays;
import java.util.Optional;
import java.util.function.DoubleFunction;
import java.util.function.DoubleUnaryOperator;
import java.util.function.IntFunction;
import java.util.function.IntToDoubleFunction;
import org.einthoven.autograd.check.GradReport.Line;

/**
 * Derivatives by five-point central differences, (f(-2h) - 8 f(-h) + 8 f(h) - f(2h)) / 12h, of error h^4, entry by entry.
 *
 * @param noise what rounding of the values alone can do to a slope
 */
record Differences(double[] slopes, double noise) {
    private static final double ROUNDING = 0x1p-52;
    /** Slopes smaller than this are compared as if they were this large. */
    private static final double SMALLEST = 1e-4;

    /** At 0, of a function of the displacement. */
    static Differences of(DoubleFunction<double[]> f, double h) {
        double[] a = f.apply(-2 * h);
        double[] b = f.apply(-h);
        double[] p = f.apply(h);
        double[] q = f.apply(2 * h);
        double[] slopes = new double[a.length];
        double largest = 0;
        for (int i = 0; i < a.length; i++) {
            slopes[i] = (a[i] - 8 * b[i] + 8 * p[i] - q[i]) / (12 * h);
            largest = Math.max(largest, Math.max(Math.abs(b[i]), Math.abs(p[i])));
        }
        return new Differences(slopes, 8 * ROUNDING * largest / h);
    }

    /** Of a function of several variables, by each in turn. */
    static Differences ofEach(int variables, IntFunction<DoubleUnaryOperator> along, IntToDoubleFunction step) {
        double[] slopes = new double[variables];
        double noise = 0;
        for (int i = 0; i < variables; i++) {
            DoubleUnaryOperator f = along.apply(i);
            Differences d = of(h -> new double[] {f.applyAsDouble(h)}, step.applyAsDouble(i));
            slopes[i] = d.slopes[0];
            noise = Math.max(noise, d.noise);
        }
        return new Differences(slopes, noise);
    }

    /**
     * The line of the worst entry, with a sweep over step sizes when it is beyond the tolerance.
     *
     * @param entry the name of entry i
     * @param along entry i as a function of the displacement whose derivative was claimed
     * @param size of the variable that is displaced for entry i
     */
    Line against(
            String what,
            double[] analytic,
            double tolerance,
            IntFunction<String> entry,
            IntFunction<DoubleUnaryOperator> along,
            IntToDoubleFunction size) {
        if (slopes.length == 0) {
            return new Line(what, 0, 0, "none", 0, 0, tolerance, Optional.empty());
        }
        double common = Arrays.stream(slopes).map(Math::abs).max().orElse(0);
        common = Math.max(Math.clamp(common, SMALLEST, 1), noise / tolerance);
        int worst = 0;
        double error = 0;
        for (int i = 0; i < slopes.length; i++) {
            double e = Math.abs(analytic[i] - slopes[i]) / Math.max(common, Math.abs(slopes[i]));
            if (!(e <= error)) {
                error = Double.isNaN(e) ? Double.POSITIVE_INFINITY : e;
                worst = i;
            }
        }
        Optional<StepSweep> sweep = Optional.empty();
        if (error > tolerance) {
            double absolute = tolerance * Math.max(common, Math.abs(slopes[worst]));
            sweep = Optional.of(StepSweep.of(
                    along.apply(worst), analytic[worst], Math.max(1, size.applyAsDouble(worst)), absolute));
        }
        return new Line(what, error, worst, entry.apply(worst), analytic[worst], slopes[worst], tolerance, sweep);
    }
}
