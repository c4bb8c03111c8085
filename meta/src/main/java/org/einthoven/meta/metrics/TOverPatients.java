package org.einthoven.meta.metrics;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.commons.math3.distribution.TDistribution;

/**
 * Student's t over the patients of one attribute group, for the mean of their answers: how far it moves when a patient is left
 * out tells its error (the delete-one jackknife; Efron and Stein, "The jackknife estimate of variance", Annals of Statistics 9,
 * 1981). Patients who gave many of the answers count for more than others, so the degrees of freedom are fewer than the patients
 * (Satterthwaite, "An approximate distribution of estimates of variance components", Biometrics Bulletin 2, 1946). Nothing is
 * said about other groups.
 */
public record TOverPatients() implements IntervalMethod {
    @Override
    public Interval interval(List<Observation> xs, double level) {
        Spread s = Spread.of(xs);
        if (!(s.freedom > 0)) {
            return Interval.UNKNOWN;
        }
        double half = s.t().inverseCumulativeProbability(0.5 + level / 2) * s.error;
        return new Interval(s.mean - half, s.mean + half);
    }

    @Override
    public double probability(List<Observation> xs, double value) {
        Spread s = Spread.of(xs);
        if (!(s.freedom > 0)) {
            return Double.NaN;
        }
        double off = Math.abs(s.mean - value);
        if (s.error == 0) {
            return off == 0 ? 1 : 0;
        }
        return 2 * s.t().cumulativeProbability(-off / s.error);
    }

    @Override
    public String description() {
        return "t-interval over patients, of this attribute group alone";
    }

    /** @param error the standard error of the mean */
    private record Spread(double mean, double error, double freedom) {
        static Spread of(List<Observation> xs) {
            double mean = xs.stream().mapToDouble(Observation::value).average().orElse(Double.NaN);
            Map<String, double[]> patients = new LinkedHashMap<>(); // sum, count
            for (Observation x : xs) {
                double[] p = patients.computeIfAbsent(x.patient(), k -> new double[2]);
                p[0] += x.value();
                p[1]++;
            }
            double n = xs.size();
            double moved = 0;
            double shares = 0;
            double squares = 0;
            for (double[] p : patients.values()) {
                double without = (n * mean - p[0]) / (n - p[1]);
                moved += (without - mean) * (without - mean);
                double share = p[1] * p[1] / (n * n);
                shares += share;
                squares += share * share;
            }
            int count = patients.size();
            return new Spread(mean, Math.sqrt(moved * (count - 1) / count), shares * shares / squares - 1);
        }

        TDistribution t() {
            return new TDistribution(freedom);
        }
    }
}
