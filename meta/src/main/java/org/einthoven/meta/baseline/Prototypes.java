package org.einthoven.meta.baseline;

import java.util.List;
import java.util.function.ToDoubleFunction;
import org.einthoven.meta.EncodedEpisode;
import org.einthoven.meta.metrics.Prediction;

/**
 * The nearer of two class means, for each attribute (Snell et al., "Prototypical networks", arXiv 1703.05175), on the
 * standardised ECG vector; probabilities are a softmax of minus the mean squared distance over the features.
 */
public record Prototypes() implements Baseline {
    @Override
    public String name() {
        return "prototypes";
    }

    @Override
    public List<Prediction> predict(EncodedEpisode episode) {
        return PerAttribute.predict(episode, Prototypes::fit);
    }

    private static ToDoubleFunction<double[]> fit(List<double[]> xs, List<Boolean> yes) {
        double[] has = mean(xs, yes, true);
        double[] lacks = mean(xs, yes, false);
        return x -> 1 / (1 + Math.exp(distance(x, has) - distance(x, lacks)));
    }

    private static double[] mean(List<double[]> xs, List<Boolean> yes, boolean of) {
        double[] mean = new double[xs.getFirst().length];
        int n = 0;
        for (int i = 0; i < xs.size(); i++) {
            if (yes.get(i) == of) {
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
