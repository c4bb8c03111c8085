package org.einthoven.meta.metrics.text;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Sentence BLEU (Papineni et al., ACL 2002): the weighted geometric mean of n-gram precisions, each n-gram of the prediction
 * counted at most as often as the reference has it, times a penalty for predictions that are too short. Orders without a
 * match count as {@value #EPSILON} matches (smoothing method 1 of Chen and Cherry, WMT 2014), except that without a single
 * common word the score is 0.
 *
 * @param weights of the precisions of 1-grams, 2-grams, ...
 */
public record Bleu(List<Double> weights) {
    /** BLEU-1 to BLEU-4 with the weights of the reference system, whose thirds are 0.33. */
    public static final List<Bleu> ORDERS = List.of(
            new Bleu(List.of(1.0)),
            new Bleu(List.of(0.5, 0.5)),
            new Bleu(List.of(0.33, 0.33, 0.33)),
            new Bleu(List.of(0.25, 0.25, 0.25, 0.25)));

    private static final double EPSILON = 0.1;

    public Bleu {
        weights = List.copyOf(weights);
    }

    /** The score, 0 to 1, of texts that are cut at white space. */
    public double score(String reference, String prediction) {
        return score(Words.ofWhiteSpace(reference), Words.ofWhiteSpace(prediction));
    }

    double score(List<String> reference, List<String> prediction) {
        if (matches(reference, prediction, 1) == 0) {
            return 0;
        }
        double log = 0;
        for (int n = 1; n <= weights.size(); n++) {
            int total = Math.max(1, prediction.size() - n + 1);
            int right = matches(reference, prediction, n);
            log += weights.get(n - 1) * Math.log((right == 0 ? EPSILON : right) / total);
        }
        return brevity(reference.size(), prediction.size()) * Math.exp(log);
    }

    private static double brevity(int reference, int prediction) {
        return prediction > reference ? 1 : Math.exp(1 - (double) reference / prediction);
    }

    private static int matches(List<String> reference, List<String> prediction, int n) {
        Map<List<String>, Integer> left = new HashMap<>();
        for (int i = 0; i + n <= reference.size(); i++) {
            left.merge(reference.subList(i, i + n), 1, Integer::sum);
        }
        int matches = 0;
        for (int i = 0; i + n <= prediction.size(); i++) {
            List<String> gram = prediction.subList(i, i + n);
            if (left.getOrDefault(gram, 0) > 0) {
                left.merge(gram, -1, Integer::sum);
                matches++;
            }
        }
        return matches;
    }
}
