package org.einthoven.meta.report;

import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.SortedMap;
import org.einthoven.meta.metrics.Selective;

/**
 * Everything that a reader needs to judge a run.
 *
 * @param name of the run
 * @param protocol {@code seed} or {@code strict}; the two are never mixed in one table
 * @param tables a system beside its controls
 * @param confidence how sure answers were, and how right
 * @param scores of the answers as sets and as texts, by name
 * @param prevalence by attribute, at which predictive values are shown; none where it is not known
 * @param curves how training went
 * @param samples a few ECGs with question and answers
 * @param leaks what training and test share, by name
 * @param configuration what decides the numbers, seeds and digests included
 * @param notes what was dropped and why, warnings: one line each
 */
public record RunReport(
        String name,
        String protocol,
        List<ScoreTable> tables,
        Optional<Confidence> confidence,
        SequencedMap<String, Double> scores,
        SortedMap<String, Double> prevalence,
        List<Curve> curves,
        List<EcgSample> samples,
        SortedMap<String, String> leaks,
        SortedMap<String, String> configuration,
        List<String> notes) {

    /**
     * @param answers the curve and the bins
     * @param temperature that was fitted apart from the test; empty when probabilities are shown as they were
     */
    public record Confidence(Selective answers, Optional<Double> temperature) {}

    /**
     * A quantity over steps.
     *
     * @param along what the steps are, e.g. {@code "outer step"}
     * @param steps increasing
     * @param values one for each step; those that are not finite are left out
     */
    public record Curve(String name, String along, List<Long> steps, List<Double> values) {
        public Curve {
            steps = List.copyOf(steps);
            values = List.copyOf(values);
            if (steps.size() != values.size()) {
                throw new IllegalArgumentException(
                        name + ": " + steps.size() + " steps and " + values.size() + " values");
            }
        }
    }
}
