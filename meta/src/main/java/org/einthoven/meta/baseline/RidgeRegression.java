package org.einthoven.meta.baseline;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.ArrayRealVector;
import org.apache.commons.math3.linear.CholeskyDecomposition;
import org.apache.commons.math3.linear.DecompositionSolver;
import org.apache.commons.math3.linear.RealMatrix;
import org.einthoven.meta.EncodedEpisode;
import org.einthoven.meta.metrics.Pick;

/**
 * Ridge regression of yes = 1 and no = -1 on the standardised ECG vector, in closed form, for each task and attribute
 * (Bertinetto et al., "Meta-learning with differentiable closed-form solvers", arXiv 1805.08136). With n examples Z [n, W]
 * and y, both centred, the dual solution is
 *
 * <pre>a = (Z Z^T / W + lambda I)^-1 y;   f(x) = mean(y) + x Z^T a / W</pre>
 *
 * and the answer is yes where f is positive. f is a score of no stated scale; (1 + f) / 2, kept within [0.01, 0.99], is given
 * as the probability. Among several classes each is told from all others so, and the likeliest is the answer.
 *
 * @param lambda in units of the kernel Z Z^T / W, whose diagonal is about 1
 */
public record RidgeRegression(double lambda) implements Baseline {
    /** Fixed before any result was seen, and the same in every report. */
    public static final double LAMBDA = 1;

    private static final double SURE = 0.99;

    public RidgeRegression() {
        this(LAMBDA);
    }

    @Override
    public String name() {
        return "ridge";
    }

    @Override
    public List<Pick> pick(EncodedEpisode episode) {
        return PerAttribute.pick(episode, this::fit);
    }

    private Function<double[], List<Double>> fit(List<double[]> xs, int[] labels, int classes) {
        int n = xs.size();
        int width = xs.getFirst().length;
        double[] meanX = new double[width];
        for (double[] x : xs) {
            for (int j = 0; j < width; j++) {
                meanX[j] += x[j] / n;
            }
        }
        double[][] z = xs.stream().map(x -> minus(x, meanX)).toArray(double[][]::new);
        RealMatrix kernel = new Array2DRowRealMatrix(n, n);
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < n; j++) {
                kernel.setEntry(i, j, dot(z[i], z[j]) / width + (i == j ? lambda : 0));
            }
        }
        DecompositionSolver solver = new CholeskyDecomposition(kernel).getSolver();
        List<ToDoubleFunction<double[]>> scores = new ArrayList<>();
        for (int c = 0; c < classes; c++) {
            int own = c;
            double[] y =
                    Arrays.stream(labels).mapToDouble(l -> l == own ? 1 : -1).toArray();
            scores.add(score(z, y, solver, meanX));
        }
        return x -> probabilities(
                scores.stream().mapToDouble(f -> f.applyAsDouble(x)).toArray());
    }

    /** f(x) of one class against all others. */
    private static ToDoubleFunction<double[]> score(
            double[][] z, double[] y, DecompositionSolver solver, double[] meanX) {
        int width = meanX.length;
        double meanY = Arrays.stream(y).average().orElseThrow();
        double[] centred = Arrays.stream(y).map(v -> v - meanY).toArray();
        double[] a = solver.solve(new ArrayRealVector(centred, false)).toArray();
        double[] w = new double[width];
        for (int i = 0; i < z.length; i++) {
            for (int j = 0; j < width; j++) {
                w[j] += a[i] * z[i][j] / width;
            }
        }
        return x -> meanY + dot(minus(x, meanX), w);
    }

    private static List<Double> probabilities(double... scores) {
        double[] p = Arrays.stream(scores)
                .map(f -> Math.clamp((1 + f) / 2, 1 - SURE, SURE))
                .toArray();
        double sum = Arrays.stream(p).sum();
        return Arrays.stream(p).map(x -> x / sum).boxed().toList();
    }

    private static double[] minus(double[] a, double[] b) {
        double[] d = new double[a.length];
        for (int j = 0; j < d.length; j++) {
            d[j] = a[j] - b[j];
        }
        return d;
    }

    private static double dot(double[] a, double[] b) {
        double sum = 0;
        for (int j = 0; j < a.length; j++) {
            sum += a[j] * b[j];
        }
        return sum;
    }
}
