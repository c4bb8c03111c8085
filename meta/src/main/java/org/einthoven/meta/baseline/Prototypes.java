package org.einthoven.meta.baseline;

import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import org.einthoven.meta.EncodedEpisode;
import org.einthoven.meta.metrics.Pick;

/**
 * The nearest class mean, for each attribute (Snell et al., "Prototypical networks", arXiv 1703.05175), on the
 * standardised ECG vector; probabilities are a softmax of minus the mean squared distance over the features.
 */
public record Prototypes() implements Baseline {
    @Override
    public String name() {
        return "prototypes";
    }

    @Override
    public List<Pick> pick(EncodedEpisode episode) {
        return PerAttribute.pick(episode, Prototypes::fit);
    }

    private static Function<double[], List<Double>> fit(List<double[]> xs, int[] labels, int classes) {
        double[][] means = new double[classes][];
        Arrays.setAll(means, c -> mean(xs, labels, c));
        return x -> Pick.softmax(
                Arrays.stream(means).mapToDouble(m -> -distance(x, m)).toArray());
    }

    private static double[] mean(List<double[]> xs, int[] labels, int of) {
        double[] mean = new double[xs.getFirst().length];
        int n = 0;
        for (int i = 0; i < xs.size(); i++) {
            if (labels[i] == of) {
                n++;
                for (int j = 0; j < mean.length; j++) {
                    mean[j] += xs.get(i)[j];
                }
            }
        }
        for (int j = 0; j < mean.length; j++) {
            mean[j] /= n;
        }
        return mean;
    }

    private static double distance(double[] a, double[] b) {
        double sum = 0;
        for (int j = 0; j < a.length; j++) {
            sum += (a[j] - b[j]) * (a[j] - b[j]);
        }
        return sum / a.length;
    }
}
