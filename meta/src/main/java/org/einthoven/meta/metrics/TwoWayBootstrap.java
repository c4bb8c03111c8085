package org.einthoven.meta.metrics;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.random.RandomGenerator;
import org.einthoven.tensor.Rng;

/**
 * Attribute groups and patients are resampled, both with replacement, and an answer counts as often as its group times its
 * patient was drawn (the pigeonhole bootstrap; Owen, "The pigeonhole bootstrap", Annals of Applied Statistics 1, 2007).
 * Intervals are percentiles.
 */
public record TwoWayBootstrap(int draws, Rng rng) implements IntervalMethod {
    private static final int DRAWS = 2000;

    public static TwoWayBootstrap of(Rng rng) {
        return new TwoWayBootstrap(DRAWS, rng.split("two-way bootstrap"));
    }

    @Override
    public Interval interval(List<Observation> xs, double level) {
        double[] means = means(xs);
        if (means.length == 0) {
            return Interval.UNKNOWN;
        }
        return new Interval(quantile(means, (1 - level) / 2), quantile(means, (1 + level) / 2));
    }

    @Override
    public double probability(List<Observation> xs, double value) {
        double[] means = means(xs);
        long below = Arrays.stream(means).filter(m -> m <= value).count();
        long above = Arrays.stream(means).filter(m -> m >= value).count();
        return means.length == 0 ? Double.NaN : Math.min(1, 2 * (1.0 + Math.min(below, above)) / (1 + means.length));
    }

    @Override
    public String description() {
        return "two-way bootstrap over attribute groups and patients, " + draws + " draws";
    }

    /** All answers of one patient about one group. */
    private static final class Cell {
        final int group;
        final int patient;
        double sum;
        int n;

        Cell(int group, int patient) {
            this.group = group;
            this.patient = patient;
        }
    }

    /** The mean of each draw, sorted. */
    private double[] means(List<Observation> xs) {
        List<String> groups = new ArrayList<>(
                new TreeSet<>(xs.stream().map(Observation::group).toList()));
        List<String> patients = new ArrayList<>(
                new TreeSet<>(xs.stream().map(Observation::patient).toList()));
        if (groups.size() < 2 || patients.size() < 2) {
            return new double[0];
        }
        List<Cell> cells = cells(xs, groups, patients);
        RandomGenerator random = rng.stream();
        double[] means = new double[draws];
        int n = 0;
        while (n < draws) {
            int[] g = counts(groups.size(), random);
            int[] p = counts(patients.size(), random);
            double mean = mean(cells, g, p);
            if (!Double.isNaN(mean)) {
                means[n++] = mean;
            }
        }
        Arrays.sort(means);
        return means;
    }

    /** Groups and patients in order, each once. */
    private static List<Cell> cells(List<Observation> xs, List<String> groups, List<String> patients) {
        Map<Long, Cell> cells = new LinkedHashMap<>();
        for (Observation x : xs) {
            int g = Collections.binarySearch(groups, x.group());
            int p = Collections.binarySearch(patients, x.patient());
            Cell c = cells.computeIfAbsent((long) g << 32 | p, k -> new Cell(g, p));
            c.sum += x.value();
            c.n++;
        }
        return List.copyOf(cells.values());
    }

    private static int[] counts(int n, RandomGenerator random) {
        int[] c = new int[n];
        for (int i = 0; i < n; i++) {
            c[random.nextInt(n)]++;
        }
        return c;
    }

    /** The mean over drawn groups of the mean over drawn patients; a group none of whose patients was drawn is left out. */
    private static double mean(List<Cell> cells, int[] groupCount, int[] patientCount) {
        double[] sum = new double[groupCount.length];
        double[] weight = new double[groupCount.length];
        for (Cell c : cells) {
            sum[c.group] += patientCount[c.patient] * c.sum;
            weight[c.group] += (double) patientCount[c.patient] * c.n;
        }
        double total = 0;
        double groups = 0;
        for (int g = 0; g < groupCount.length; g++) {
            if (weight[g] > 0) {
                total += groupCount[g] * sum[g] / weight[g];
                groups += groupCount[g];
            }
        }
        return total / groups;
    }

    /** Linear between order statistics. */
    private static double quantile(double[] sorted, double q) {
        double at = q * (sorted.length - 1);
        int i = (int) Math.floor(at);
        return i + 1 < sorted.length ? sorted[i] + (at - i) * (sorted[i + 1] - sorted[i]) : sorted[i];
    }
}
