package org.einthoven.meta.baseline;

import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.ArrayRealVector;
import org.apache.commons.math3.linear.CholeskyDecomposition;
import org.apache.commons.math3.linear.RealMatrix;
import org.einthoven.meta.EncodedEpisode;
import org.einthoven.meta.metrics.Prediction;

/**
 * Ridge regression of yes = 1 and no = -1 on the standardised ECG vector, in closed form, for each task and attribute
 * (Bertinetto et al., "Meta-learning with differentiable closed-form solvers", arXiv 1805.08136). With n examples Z [n, W]
 * and y, both centred, the dual solution is
 *
 * <pre>a = (Z Z^T / W + lambda I)^-1 y;   f(x) = mean(y) + x Z^T a / W</pre>
 *
 * and the answer is yes where f is positive. f is a score of no stated scale; (1 + f) / 2, kept within [0.01, 0.99], is given
 * as the probability.
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
    public List<Prediction> predict(EncodedEpisode episode) {
        return PerAttribute.predict(episode, this::fit);
    }

    private ToDoubleFunction<double[]> fit(List<double[]> xs, List<Boolean> yes) {
        int n = xs.size();
        int width = xs.getFirst().length;
        double[] y = yes.stream().mapToDouble(b -> b ? 1 : -1).toArray();
        double meanY = Arrays.stream(y).average().orElseThrow();
        double[] meanX = new double[width];
        for (double[] x : xs) {
            for (int j = 0; j < width; j++) {
                meanX[j] += x[j] / n;
            }
        }
        double[][] z = xs.stream().map(x -> minus(x, meanX)).toArray(double[][]::new);
        RealMatrix kernel = new Array2DRowRealMatrix(n, n);
        for (int i = 0; i < n; i++) {
            y[i] -= meanY;
            for (int j = 0; j < n; j++) {
                kernel.setEntry(i, j, dot(z[i], z[j]) / width + (i == j ? lambda : 0));
            }
        }
        double[] a = new CholeskyDecomposition(kernel)
                .getSolver()
                .solve(new ArrayRealVector(y, false))
                .toArray();
        double[] w = new double[width];
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < width; j++) {
                w[j] += a[i] * z[i][j] / width;
            }
        }
        return x -> Math.clamp((1 + meanY + dot(minus(x, meanX), w)) / 2, 1 - SURE, SURE);
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
