package org.einthoven.autograd.check;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.BinaryOperator;
import java.util.function.DoubleFunction;
import java.util.function.DoubleUnaryOperator;
import java.util.function.IntFunction;
import java.util.function.ToDoubleFunction;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.einthoven.autograd.check.GradReport.Line;
import org.einthoven.tensor.Rng;

/**
 * Compares a gradient of plain arrays with central differences: one written by hand, or another library's behind two
 * lambdas. No tensor is involved and no test framework.
 *
 * <pre>{@code
 * GradCheck.of(x -> x[0] * x[0] * x[1], x -> new double[] {2 * x[0] * x[1], x[0] * x[0]})
 *         .at(3, -2)
 *         .assertOk();
 * }</pre>
 *
 * <p>The step for an element x is {@code step * max(1, |x|)}. What an error is relative to, {@link GradCheck} says. The
 * functions are given copies and may write to them; a gradient may return the same array each time.
 */
public final class ArrayGradCheck {
    private final ToDoubleFunction<double[]> f;
    private final UnaryOperator<double[]> gradient;
    private final Optional<BinaryOperator<double[]>> hessianVector;
    private final double step;
    private final double tolerance;
    private final int most;
    private final Rng rng;

    private ArrayGradCheck(
            ToDoubleFunction<double[]> f,
            UnaryOperator<double[]> gradient,
            Optional<BinaryOperator<double[]>> hessianVector,
            double step,
            double tolerance,
            int most,
            Rng rng) {
        this.f = f;
        this.gradient = gradient;
        this.hessianVector = hessianVector;
        this.step = step;
        this.tolerance = tolerance;
        this.most = most;
        this.rng = rng;
    }

    /** Step 1e-3, tolerance 1e-6, every entry. */
    static ArrayGradCheck standard(ToDoubleFunction<double[]> f, UnaryOperator<double[]> gradient) {
        return new ArrayGradCheck(f, gradient, Optional.empty(), 1e-3, 1e-6, Integer.MAX_VALUE, Rng.of(1));
    }

    /** Another step; single precision wants about 1e-2. */
    public ArrayGradCheck withStep(double other) {
        return new ArrayGradCheck(f, gradient, hessianVector, other, tolerance, most, rng);
    }

    /** Another tolerance; single precision wants about 1e-3. */
    public ArrayGradCheck withTolerance(double other) {
        return new ArrayGradCheck(f, gradient, hessianVector, step, other, most, rng);
    }

    /**
     * Checks second derivatives too.
     *
     * @param product (x, v) to the Hessian at x times v, compared with differences of the gradient along a random v
     */
    public ArrayGradCheck withHessianVector(BinaryOperator<double[]> product) {
        return new ArrayGradCheck(f, gradient, Optional.of(product), step, tolerance, most, rng);
    }

    /**
     * For many variables: checks {@code n} entries chosen by the seed, and the slope along a random direction, in which
     * every entry has a part. Else each entry costs four calls of the function.
     */
    public ArrayGradCheck onEntries(int n, long seed) {
        return new ArrayGradCheck(f, gradient, hessianVector, step, tolerance, n, Rng.of(seed));
    }

    /**
     * The report at a point.
     *
     * @throws IllegalArgumentException when the gradient, or the Hessian's product, is not as long as {@code x}
     */
    public GradReport at(double... x) {
        double[] g = gradientAt(x);
        List<Line> lines = new ArrayList<>();
        int[] entries = entries(x.length);
        IntFunction<DoubleUnaryOperator> value = j -> h -> valueAt(moved(x, entries[j], h));
        lines.add(Differences.ofEach(entries.length, value, j -> step * Math.max(1, Math.abs(x[entries[j]])))
                .against(
                        "df/dx",
                        Arrays.stream(entries).mapToDouble(i -> g[i]).toArray(),
                        tolerance,
                        j -> "[" + entries[j] + "]",
                        value,
                        j -> Math.abs(x[entries[j]])));
        double[] v = direction(x.length);
        if (entries.length < x.length) {
            lines.add(along(
                    "df along a random direction",
                    new double[] {dot(g, v)},
                    h -> new double[] {valueAt(displaced(x, v, h))},
                    j -> "along the direction"));
        }
        hessianVector.ifPresent(product -> lines.add(along(
                "Hessian times v",
                sized("the Hessian's product", product.apply(x.clone(), v.clone()), x),
                h -> gradientAt(displaced(x, v, h)),
                j -> "[" + j + "]")));
        return new GradReport(lines);
    }

    private Line along(String what, double[] analytic, DoubleFunction<double[]> f, IntFunction<String> entry) {
        return Differences.of(f, step).against(what, analytic, tolerance, entry, j -> h -> f.apply(h)[j], j -> 1);
    }

    private double valueAt(double[] x) {
        return f.applyAsDouble(x);
    }

    private double[] gradientAt(double[] x) {
        return sized("the gradient", gradient.apply(x.clone()), x);
    }

    private static double[] sized(String what, double[] a, double[] x) {
        if (a.length != x.length) {
            throw new IllegalArgumentException(
                    what + " has " + a.length + " entries for " + x.length + " variables; it needs one for each");
        }
        return a.clone();
    }

    private int[] entries(int n) {
        return most < n
                ? Arrays.stream(rng.split("entries").permutation(n), 0, most)
                        .sorted()
                        .toArray()
                : IntStream.range(0, n).toArray();
    }

    /** Of length about 1, whatever the number of variables. */
    private double[] direction(int n) {
        RandomGenerator g = rng.split("direction").stream();
        double[] v = new double[n];
        Arrays.setAll(v, i -> g.nextGaussian() / Math.sqrt(n));
        return v;
    }

    private static double dot(double[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += a[i] * b[i];
        }
        return sum;
    }

    private static double[] displaced(double[] x, double[] v, double h) {
        double[] y = x.clone();
        Arrays.setAll(y, i -> x[i] + h * v[i]);
        return y;
    }

    private static double[] moved(double[] x, int entry, double h) {
        double[] y = x.clone();
        y[entry] += h;
        return y;
    }
}
