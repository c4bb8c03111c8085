package org.einthoven.data.episodes;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * What two sides of a split have in common; printed with every run.
 *
 * @param sharedEcgs ECGs that can be drawn on both sides
 * @param sharedPatients patients on both sides
 * @param sharedAttributes what can be asked for on both sides
 */
public record LeakReport(
        int trainEcgs,
        int testEcgs,
        int sharedEcgs,
        int trainPatients,
        int testPatients,
        int sharedPatients,
        int trainAttributes,
        int testAttributes,
        int sharedAttributes,
        List<String> sharedNames) {

    static LeakReport between(EpisodeSampler train, EpisodeSampler test) {
        Set<String> shared = new TreeSet<>(train.concepts().keySet());
        shared.retainAll(test.concepts().keySet());
        return new LeakReport(
                train.ecgs().size(),
                test.ecgs().size(),
                common(train.ecgs(), test.ecgs()),
                train.patients().size(),
                test.patients().size(),
                common(train.patients(), test.patients()),
                train.concepts().size(),
                test.concepts().size(),
                shared.size(),
                List.copyOf(shared));
    }

    private static <T> int common(Set<T> a, Set<T> b) {
        return (int) a.stream().filter(b::contains).count();
    }

    /** Whether an ECG or a patient stands on both sides. */
    public boolean leaks() {
        return sharedEcgs > 0 || sharedPatients > 0;
    }

    @Override
    public String toString() {
        return "shared by train and test: " + sharedEcgs + " ECGs (of " + trainEcgs + " and " + testEcgs + "), "
                + sharedPatients + " patients (of " + trainPatients + " and " + testPatients + "), " + sharedAttributes
                + " attributes (of " + trainAttributes + " and " + testAttributes + ")";
    }
}
