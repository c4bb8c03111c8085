package org.einthoven.meta.metrics;

import java.util.Arrays;
import java.util.List;

/**
 * An answer as the tokens that a model read it as, beside the right one's.
 *
 * @param gold ids, the BOS in front where the protocol counts it
 * @param predicted the likeliest id at each place
 */
public record AnswerTokens(List<Integer> gold, List<Integer> predicted) {
    public AnswerTokens {
        gold = List.copyOf(gold);
        predicted = List.copyOf(predicted);
    }

    public static AnswerTokens of(int[] gold, int[] predicted) {
        return new AnswerTokens(
                Arrays.stream(gold).boxed().toList(),
                Arrays.stream(predicted).boxed().toList());
    }

    /** Place by place, as the reference counts. */
    public TokenScore score() {
        return TokenScore.of(ids(gold), ids(predicted));
    }

    private static int[] ids(List<Integer> tokens) {
        return tokens.stream().mapToInt(Integer::intValue).toArray();
    }
}
