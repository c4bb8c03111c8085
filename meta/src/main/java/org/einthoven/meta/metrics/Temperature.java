package org.einthoven.meta.metrics;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * One number that makes probabilities honest without changing which answer is likeliest (Guo et al., arXiv 1706.04599): they
 * are raised to the power {@code 1 / temperature} and brought back to a sum of 1. It is to be fitted on answers that neither
 * training nor the test has seen.
 *
 * @param value above 1 where answers were too sure, below where they were not sure enough
 */
public record Temperature(double value) {
    /** Leaves probabilities as they are. */
    public static final Temperature NONE = new Temperature(1);

    /** A probability of 0 counts as this, so that no answer is impossible; smaller ones become equal. */
    private static final double LEAST = 1e-15;

    /** The powers that are looked at; beyond them answers are all even, or all certain. */
    private static final double LOWEST = 1e-3;

    private static final double HIGHEST = 1e3;
    private static final int HALVINGS = 100;

    public Temperature {
        if (!(value > 0)) {
            throw new IllegalArgumentException("a temperature is above 0, not " + value);
        }
    }

    /**
     * By which the right options are likeliest. The mean of -ln of their probability is convex in the power, so its slope is
     * followed to 0.
     *
     * @param answers those without probabilities of a right option say nothing
     * @throws IllegalArgumentException when none says anything
     */
    public static Temperature fit(List<Answer> answers) {
        List<Row> rows = new ArrayList<>();
        for (Answer a : answers) {
            int gold = IntStream.range(0, a.probabilities().size())
                    .filter(i -> Answer.parts(a.options().get(i)).equals(a.gold()))
                    .findFirst()
                    .orElse(-1);
            if (gold >= 0) {
                rows.add(new Row(logs(a.probabilities()), gold));
            }
        }
        if (rows.isEmpty()) {
            throw new IllegalArgumentException(
                    "no answer gives the probability of what was right; there is nothing to fit a temperature to");
        }
        double low = LOWEST;
        double high = HIGHEST;
        for (int i = 0; i < HALVINGS; i++) {
            double middle = Math.sqrt(low * high);
            if (slope(rows, middle) > 0) {
                high = middle;
            } else {
                low = middle;
            }
        }
        return new Temperature(1 / Math.sqrt(low * high));
    }

    private record Row(double[] logs, int gold) {}

    private static double[] logs(List<Double> probabilities) {
        return probabilities.stream()
                .mapToDouble(p -> Math.log(Math.max(LEAST, p)))
                .toArray();
    }

    /** By the power: how much likelier the options are than the right one, by their own probabilities. */
    private static double slope(List<Row> rows, double power) {
        double sum = 0;
        for (Row r : rows) {
            double[] p = softmax(r.logs, power);
            for (int i = 0; i < p.length; i++) {
                sum += p[i] * r.logs[i];
            }
            sum -= r.logs[r.gold];
        }
        return sum;
    }

    private static double[] softmax(double[] logs, double power) {
        double most = Arrays.stream(logs).max().orElseThrow();
        double[] p = Arrays.stream(logs).map(l -> Math.exp(power * (l - most))).toArray();
        double total = Arrays.stream(p).sum();
        return Arrays.stream(p).map(x -> x / total).toArray();
    }

    /** Probabilities at this temperature. */
    public List<Double> apply(List<Double> probabilities) {
        if (probabilities.isEmpty() || value == 1) {
            return probabilities;
        }
        return Arrays.stream(softmax(logs(probabilities), 1 / value)).boxed().toList();
    }

    public Answer apply(Answer a) {
        return a.withProbabilities(apply(a.probabilities()));
    }
}
