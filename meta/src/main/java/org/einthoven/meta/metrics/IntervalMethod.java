package org.einthoven.meta.metrics;

import java.util.List;
import org.einthoven.tensor.Rng;

/**
 * A way to say how far a mean over groups may be off. Answers that share an attribute or a patient are not independent, so
 * no way treats them as if they were.
 */
public sealed interface IntervalMethod permits TwoWayBootstrap, TOverGroups, TOverPatients {
    /** Below so many attribute groups their resampling covers too little, and the t-interval is taken. */
    int FEW_GROUPS = 20;

    /** The interval of {@link Observation#mean}, of a level such as 0.95. */
    Interval interval(List<Observation> xs, double level);

    /** The two-sided probability of a mean at least so far from {@code value}, were {@code value} the truth. */
    double probability(List<Observation> xs, double value);

    /** For the report. */
    String description();

    /**
     * The two-way bootstrap, or the t-interval over groups when there are fewer than {@value #FEW_GROUPS}. One group alone
     * says nothing about others; its interval is over its patients.
     */
    static IntervalMethod of(List<Observation> xs, Rng rng) {
        int groups = Observation.groups(xs);
        return groups == 1 ? new TOverPatients() : groups < FEW_GROUPS ? new TOverGroups() : TwoWayBootstrap.of(rng);
    }
}
