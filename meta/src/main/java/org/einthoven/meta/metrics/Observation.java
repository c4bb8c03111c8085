package org.einthoven.meta.metrics;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A number that belongs to an attribute group and to a patient, both of which other numbers belong to as well.
 *
 * @param question what it answers; two systems are compared question by question
 */
public record Observation(String question, String group, String patient, double value) {

    /** The mean of the group means, so that a group that is asked about often weighs no more than others. NaN when empty. */
    public static double mean(List<Observation> xs) {
        return groupMeans(xs).values().stream()
                .mapToDouble(Double::doubleValue)
                .average()
                .orElse(Double.NaN);
    }

    /** The mean in each group, groups in order of their names. */
    public static Map<String, Double> groupMeans(List<Observation> xs) {
        Map<String, double[]> sums = new TreeMap<>();
        for (Observation x : xs) {
            double[] s = sums.computeIfAbsent(x.group, g -> new double[2]);
            s[0] += x.value;
            s[1]++;
        }
        Map<String, Double> means = new TreeMap<>();
        sums.forEach((group, s) -> means.put(group, s[0] / s[1]));
        return means;
    }

    static int groups(List<Observation> xs) {
        return (int) xs.stream().map(Observation::group).distinct().count();
    }

    static int patients(List<Observation> xs) {
        return (int) xs.stream().map(Observation::patient).distinct().count();
    }
}
