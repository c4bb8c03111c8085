package org.einthoven.meta.metrics;

import java.util.List;
import org.einthoven.tensor.Rng;

/**
 * A mean over attribute groups with its intervals.
 *
 * @param ci95 95 % interval
 * @param ci90 90 % interval, by which "at chance" is judged
 * @param method how the intervals were made
 */
public record Estimate(
        double value, Interval ci95, Interval ci90, int groups, int patients, int answers, String method) {
    /** How near to chance the 90 % interval must stay for a result to be called "at chance": 2 points. */
    public static final double CHANCE_MARGIN = 0.02;

    /** Half widths of a 95 % interval that a true difference must have to lie outside of it four times in five: (1.96 + 0.84) / 1.96. */
    private static final double POWER = 1.43;

    public static Estimate of(List<Observation> xs, Rng rng) {
        IntervalMethod method = IntervalMethod.of(xs, rng);
        return new Estimate(
                Observation.mean(xs),
                method.interval(xs, 0.95),
                method.interval(xs, 0.90),
                Observation.groups(xs),
                Observation.patients(xs),
                xs.size(),
                method.description());
    }

    /** The share of right answers. */
    public static Estimate accuracy(List<Prediction> predictions, Rng rng) {
        return of(Prediction.scores(predictions), rng);
    }

    /**
     * How large a difference would have to be to be seen with a probability of about 80 %, by the width of the 95 % interval;
     * NaN where there is none.
     */
    public double visible() {
        return POWER * (ci95.high() - ci95.low()) / 2;
    }

    /** Whether the 90 % interval lies within 2 points of chance. */
    public boolean isAtChance(double chance) {
        return ci90.within(chance, CHANCE_MARGIN);
    }
}
