package org.einthoven.meta.metrics;

import java.util.Arrays;
import java.util.Comparator;

/** Correction for several comparisons (Holm, "A simple sequentially rejective multiple test procedure", 1979). */
public final class Holm {
    private Holm() {}

    /** Adjusted probabilities, in the order given; a NaN stays one and counts as a comparison. */
    public static double[] adjust(double... probabilities) {
        int n = probabilities.length;
        Integer[] order = new Integer[n];
        Arrays.setAll(order, i -> i);
        Arrays.sort(order, Comparator.comparingDouble(i -> probabilities[i]));
        double[] adjusted = new double[n];
        double largest = 0;
        for (int rank = 0; rank < n; rank++) {
            double p = probabilities[order[rank]];
            largest = Double.isNaN(p) ? largest : Math.max(largest, Math.min(1, (n - rank) * p));
            adjusted[order[rank]] = Double.isNaN(p) ? p : largest;
        }
        return adjusted;
    }
}
