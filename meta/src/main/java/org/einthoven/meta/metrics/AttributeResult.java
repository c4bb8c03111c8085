package org.einthoven.meta.metrics;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * One attribute's share of an evaluation.
 *
 * @param sensitivity share of the yes answers among the ECGs that have it
 * @param specificity share of the no answers among those that lack it
 */
public record AttributeResult(
        String attribute, String group, int yes, int no, double sensitivity, double specificity, double accuracy) {

    /** In order of the attributes' names. */
    public static List<AttributeResult> of(List<Prediction> predictions) {
        Map<String, List<Prediction>> parts = new TreeMap<>();
        predictions.forEach(p ->
                parts.computeIfAbsent(p.attribute(), a -> new ArrayList<>()).add(p));
        List<AttributeResult> results = new ArrayList<>();
        parts.forEach((attribute, ps) -> {
            List<Prediction> yes = ps.stream().filter(Prediction::truth).toList();
            List<Prediction> no = ps.stream().filter(p -> !p.truth()).toList();
            results.add(new AttributeResult(
                    attribute, ps.getFirst().group(), yes.size(), no.size(), right(yes), right(no), right(ps)));
        });
        return results;
    }

    /** Probability of having it after the answer yes, when this share of ECGs has it. */
    public double positivePredictiveValue(double prevalence) {
        double hit = sensitivity * prevalence;
        return hit / (hit + (1 - specificity) * (1 - prevalence));
    }

    /** Probability of lacking it after the answer no. */
    public double negativePredictiveValue(double prevalence) {
        double spared = specificity * (1 - prevalence);
        return spared / (spared + (1 - sensitivity) * prevalence);
    }

    private static double right(List<Prediction> ps) {
        return ps.stream().mapToDouble(Prediction::score).average().orElse(Double.NaN);
    }
}
