package org.einthoven.meta.metrics;

import java.util.Arrays;
import java.util.List;

/**
 * One answer about one ECG (or two), picked from several options by their probabilities.
 *
 * @param episode the task it was given in
 * @param attribute what was asked for: an attribute, a pair of them, or the answer itself
 * @param group the concepts that belong to it
 * @param patient whose ECG it is
 * @param ecg which ECG
 * @param options the answers in words
 * @param gold which of them is right
 * @param probabilities of the options, adding up to 1
 */
public record Pick(
        String episode,
        String attribute,
        String group,
        String patient,
        String ecg,
        List<String> options,
        int gold,
        List<Double> probabilities) {
    private static final double SLACK = 1e-6;

    public Pick {
        options = List.copyOf(options);
        probabilities = List.copyOf(probabilities);
        double sum = probabilities.stream().mapToDouble(Double::doubleValue).sum();
        boolean proper = probabilities.stream().allMatch(p -> 0 <= p && p <= 1) && Math.abs(sum - 1) <= SLACK;
        if (options.size() != probabilities.size() || gold < 0 || gold >= options.size() || !proper) {
            throw new IllegalArgumentException(episode + ", " + attribute + ", ECG " + ecg + ": " + probabilities
                    + " are no probabilities of " + options + ", number " + gold + " of which is right");
        }
    }

    /** The probabilities that these natural log-likelihoods of the options come to. */
    public static List<Double> softmax(double... logs) {
        if (logs.length == 2) { // a logistic of the margin, as yes-no answers have always been rounded
            double first = 1 / (1 + Math.exp(logs[1] - logs[0]));
            return List.of(first, 1 - first);
        }
        double most = Arrays.stream(logs).max().orElseThrow();
        double[] p = Arrays.stream(logs).map(x -> Math.exp(x - most)).toArray();
        double sum = Arrays.stream(p).sum();
        return Arrays.stream(p).map(x -> x / sum).boxed().toList();
    }

    /** 1 when right, 0 when wrong; where several options are equally likely, their share, which a fair draw would earn. */
    public double score() {
        double most =
                probabilities.stream().mapToDouble(Double::doubleValue).max().orElseThrow();
        long ties = probabilities.stream().filter(p -> p == most).count();
        return probabilities.get(gold) == most ? 1.0 / ties : 0;
    }

    /** What statistics are made of. */
    public Observation scored() {
        return new Observation(
                episode + ", " + attribute + ", ECG " + ecg + ", option " + gold, group, patient, score());
    }

    /** Whether it was a choice between yes and no. */
    public boolean isYesNo() {
        return options.equals(List.of("yes", "no"));
    }

    /** As a yes-no answer. */
    public Prediction prediction() {
        return new Prediction(episode, attribute, group, patient, ecg, gold == 0, probabilities.get(0));
    }
}
