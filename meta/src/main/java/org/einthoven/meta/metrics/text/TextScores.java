package org.einthoven.meta.metrics.text;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/**
 * A predicted text beside its reference, each score from 0 to 1.
 *
 * @param bleu BLEU-1 to BLEU-4
 * @param rougeL the F1 of ROUGE-L
 */
public record TextScores(List<Double> bleu, double rougeL, double meteor) {
    public TextScores {
        bleu = List.copyOf(bleu);
    }

    /** What is said and what should have been. */
    public record Pair(String reference, String prediction) {}

    /** Of one pair; {@code synonyms} serve METEOR alone. */
    public static TextScores of(Pair pair, Synonyms synonyms) {
        return new TextScores(
                Bleu.ORDERS.stream()
                        .map(b -> b.score(pair.reference(), pair.prediction()))
                        .toList(),
                RougeL.of(pair.reference(), pair.prediction()).f1(),
                Meteor.with(synonyms).score(pair.reference(), pair.prediction()));
    }

    /**
     * The mean of each score over the pairs.
     *
     * @throws IllegalArgumentException when there is no pair
     */
    public static TextScores mean(List<Pair> pairs, Synonyms synonyms) {
        if (pairs.isEmpty()) {
            throw new IllegalArgumentException("text scores need at least one pair of reference and prediction");
        }
        List<TextScores> all = pairs.stream().map(pair -> of(pair, synonyms)).toList();
        List<Double> bleu = IntStream.range(0, Bleu.ORDERS.size())
                .mapToObj(n -> mean(all, s -> s.bleu.get(n)))
                .toList();
        return new TextScores(bleu, mean(all, TextScores::rougeL), mean(all, TextScores::meteor));
    }

    private static double mean(List<TextScores> all, ToDoubleFunction<TextScores> of) {
        return all.stream().mapToDouble(of).average().orElseThrow();
    }

    /** By their names in JSON: {@code bleu1} to {@code bleu4}, {@code rougeL}, {@code meteor}. */
    public SequencedMap<String, Double> byName() {
        SequencedMap<String, Double> scores = new LinkedHashMap<>();
        for (int n = 1; n <= bleu.size(); n++) {
            scores.put("bleu" + n, bleu.get(n - 1));
        }
        scores.put("rougeL", rougeL);
        scores.put("meteor", meteor);
        return scores;
    }
}
