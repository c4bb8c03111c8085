package org.einthoven.meta.metrics;

import java.util.List;
import org.apache.commons.math3.distribution.TDistribution;
import org.apache.commons.math3.stat.StatUtils;

/** Student's t over the group means: each attribute group counts as one independent measurement. */
public record TOverGroups() implements IntervalMethod {
    @Override
    public Interval interval(List<Observation> xs, double level) {
        double[] means = means(xs);
        if (means.length < 2) {
            return Interval.UNKNOWN;
        }
        double half = t(means).inverseCumulativeProbability(0.5 + level / 2) * standardError(means);
        double mean = StatUtils.mean(means);
        return new Interval(mean - half, mean + half);
    }

    @Override
    public double probability(List<Observation> xs, double value) {
        double[] means = means(xs);
        if (means.length < 2) {
            return Double.NaN;
        }
        double off = Math.abs(StatUtils.mean(means) - value);
        double error = standardError(means);
        if (error == 0) {
            return off == 0 ? 1 : 0;
        }
        return 2 * t(means).cumulativeProbability(-off / error);
    }

    @Override
    public String description() {
        return "t-interval over the means of attribute groups";
    }

    private static double[] means(List<Observation> xs) {
        return Observation.groupMeans(xs).values().stream()
                .mapToDouble(Double::doubleValue)
                .toArray();
    }

    private static double standardError(double[] means) {
        return Math.sqrt(StatUtils.variance(means) / means.length);
    }

    private static TDistribution t(double[] means) {
        return new TDistribution(means.length - 1);
    }
}
