package org.einthoven.meta.metrics;

import java.util.ArrayList;
import java.util.List;
import org.einthoven.tensor.Rng;

/**
 * Two systems on identical tasks.
 *
 * @param difference first minus second, answer by answer, with its intervals
 * @param probability two-sided, of a difference at least as large if there were none
 */
public record Comparison(Estimate difference, double probability) {
    /** @throws IllegalArgumentException when the lists do not answer the same questions in the same order */
    public static Comparison of(List<Observation> first, List<Observation> second, Rng rng) {
        if (first.size() != second.size()) {
            throw new IllegalArgumentException("a paired comparison needs the same questions on both sides, got "
                    + first.size() + " and " + second.size());
        }
        List<Observation> differences = new ArrayList<>();
        for (int i = 0; i < first.size(); i++) {
            Observation a = first.get(i);
            Observation b = second.get(i);
            if (!a.question().equals(b.question())) {
                throw new IllegalArgumentException("a paired comparison needs the same questions on both sides; number "
                        + i + " is '" + a.question() + "' and '" + b.question() + "'");
            }
            differences.add(new Observation(a.question(), a.group(), a.patient(), a.value() - b.value()));
        }
        return new Comparison(
                Estimate.of(differences, rng),
                IntervalMethod.of(differences, rng).probability(differences, 0));
    }
}
