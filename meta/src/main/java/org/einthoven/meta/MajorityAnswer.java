package org.einthoven.meta;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;
import org.einthoven.meta.metrics.TokenScore;

/**
 * Whoever answers every query as most of the support set is answered, without a look at ECG or question. Where several answers
 * are equally frequent it scores the mean over them.
 *
 * @param answers token ids of the most frequent answers
 */
record MajorityAnswer(List<int[]> answers) {
    static MajorityAnswer of(List<EncodedEpisode.Item> support) {
        Map<String, List<EncodedEpisode.Item>> byAnswer = new TreeMap<>();
        support.forEach(i ->
                byAnswer.computeIfAbsent(i.answerText(), t -> new ArrayList<>()).add(i));
        int most = byAnswer.values().stream().mapToInt(List::size).max().orElseThrow();
        return new MajorityAnswer(byAnswer.values().stream()
                .filter(l -> l.size() == most)
                .map(l -> l.getFirst().answer())
                .toList());
    }

    /** By the reference's metric, a BOS included where {@code gold} has one. */
    double tokenAccuracy(int[] gold) {
        return mean(gold, TokenScore::tokenAccuracy);
    }

    /** By whole answers. */
    double exactMatch(int[] gold) {
        return mean(gold, TokenScore::exactMatch);
    }

    private double mean(int[] gold, ToDoubleFunction<TokenScore> of) {
        return answers.stream()
                .mapToDouble(a -> of.applyAsDouble(TokenScore.of(gold, a)))
                .average()
                .orElseThrow();
    }
}
