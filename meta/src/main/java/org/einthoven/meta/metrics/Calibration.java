package org.einthoven.meta.metrics;

import java.util.List;

/**
 * How far stated probabilities can be trusted.
 *
 * @param brier mean squared distance of the probability from the truth (Brier, 1950); 0 is best, 1/4 says nothing
 * @param logScore mean of -ln of the probability given to the truth, which counts as at least 1e-6; ln 2 says nothing
 * @param calibrationError |mean probability - share of yes|, averaged over ten bins of equal width (Guo et al., arXiv
 *     1706.04599)
 */
public record Calibration(double brier, double logScore, double calibrationError) {
    private static final int BINS = 10;
    private static final double LEAST = 1e-6;

    public static Calibration of(List<Prediction> predictions) {
        double brier = 0;
        double log = 0;
        double[] probability = new double[BINS];
        double[] yes = new double[BINS];
        for (Prediction p : predictions) {
            double truth = p.truth() ? 1 : 0;
            brier += (p.probabilityYes() - truth) * (p.probabilityYes() - truth);
            log -= Math.log(Math.max(LEAST, p.truth() ? p.probabilityYes() : 1 - p.probabilityYes()));
            int bin = Math.min(BINS - 1, (int) (p.probabilityYes() * BINS));
            probability[bin] += p.probabilityYes();
            yes[bin] += truth;
        }
        double error = 0;
        for (int b = 0; b < BINS; b++) {
            error += Math.abs(probability[b] - yes[b]);
        }
        int n = predictions.size();
        return new Calibration(brier / n, log / n, error / n);
    }
}
