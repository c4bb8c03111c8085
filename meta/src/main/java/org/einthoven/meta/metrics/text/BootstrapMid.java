package org.einthoven.meta.metrics.text;

import java.util.Arrays;
import org.apache.commons.math3.random.MersenneTwister;

/**
 * The middle of a bootstrap in place of a mean: the median over {@value #SAMPLES} means of scores drawn with replacement.
 * The reference system reports ROUGE so, since the {@code rouge} metric of Hugging Face's {@code evaluate} aggregates so by
 * default. It scatters around the mean and says nothing more than it; here it serves comparison with published numbers only.
 * Draws are those of NumPy's {@code RandomState(seed)}.
 */
public final class BootstrapMid {
    private static final int SAMPLES = 1000;

    private final MersenneTwister twister;

    /** @param seed from 0 up to what 32 bits hold */
    public BootstrapMid(int seed) {
        twister = new MersenneTwister(seed);
    }

    /** The median of resampled means; calls in a row go on in the same stream. */
    public double of(double[] scores) {
        double[] means = new double[SAMPLES];
        for (int s = 0; s < SAMPLES; s++) {
            double sum = 0;
            for (int i = 0; i < scores.length; i++) {
                sum += scores[below(scores.length)];
            }
            means[s] = sum / scores.length;
        }
        Arrays.sort(means);
        return (means[SAMPLES / 2 - 1] + means[SAMPLES / 2]) / 2;
    }

    /** As {@code RandomState.randint} draws: the lowest bits that suffice, again and again until they are below n. */
    private int below(int n) {
        int mask = n <= 1 ? 0 : -1 >>> Integer.numberOfLeadingZeros(n - 1);
        int drawn = n <= 1 ? 0 : twister.nextInt() & mask;
        while (drawn >= n) {
            drawn = twister.nextInt() & mask;
        }
        return drawn;
    }
}
