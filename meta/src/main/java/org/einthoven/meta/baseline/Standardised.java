package org.einthoven.meta.baseline;

import java.util.List;
import org.einthoven.meta.EncodedEpisode;

/** Coordinates in which every feature has mean 0 and deviation 1 over the support set of a task. */
final class Standardised {
    /** A feature that varies less than this, relative to its size, is constant up to rounding and says nothing. */
    private static final double CONSTANT = 1e-6;

    private final double[] mean;
    private final double[] scale;

    Standardised(List<EncodedEpisode.Item> support) {
        List<double[]> xs = support.stream().map(i -> i.pooled().toDoubles()).toList();
        int width = xs.getFirst().length;
        mean = new double[width];
        scale = new double[width];
        for (int j = 0; j < width; j++) {
            double sum = 0;
            double squares = 0;
            for (double[] x : xs) {
                sum += x[j];
            }
            mean[j] = sum / xs.size();
            for (double[] x : xs) {
                squares += (x[j] - mean[j]) * (x[j] - mean[j]);
            }
            double deviation = Math.sqrt(squares / xs.size());
            scale[j] = deviation > CONSTANT * (1 + Math.abs(mean[j])) ? 1 / deviation : 0;
        }
    }

    double[] of(EncodedEpisode.Item item) {
        double[] x = item.pooled().toDoubles();
        for (int j = 0; j < x.length; j++) {
            x[j] = (x[j] - mean[j]) * scale[j];
        }
        return x;
    }
}
