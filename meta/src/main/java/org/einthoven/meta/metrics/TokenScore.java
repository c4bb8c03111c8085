package org.einthoven.meta.metrics;

import java.util.Map;

/**
 * Predicted answer tokens against the gold ones.
 *
 * @param right tokens that are equal, position by position
 * @param tokens gold tokens, the BOS included where the protocol counts it
 * @param exact answers all of whose tokens are equal
 */
public record TokenScore(int right, int tokens, int exact, int answers) {
    public static final TokenScore NONE = new TokenScore(0, 0, 0, 0);

    /** One answer. */
    public static TokenScore of(int[] gold, int[] predicted) {
        int right = 0;
        for (int i = 0; i < gold.length; i++) {
            right += i < predicted.length && gold[i] == predicted[i] ? 1 : 0;
        }
        boolean exact = right == gold.length && predicted.length == gold.length;
        return new TokenScore(right, gold.length, exact ? 1 : 0, 1);
    }

    public TokenScore and(TokenScore other) {
        return new TokenScore(right + other.right, tokens + other.tokens, exact + other.exact, answers + other.answers);
    }

    /** Share of equal tokens: the reference's accuracy. */
    public double tokenAccuracy() {
        return (double) right / tokens;
    }

    /** Share of answers that are right as a whole. */
    public double exactMatch() {
        return (double) exact / answers;
    }

    /** {@code token_accuracy} and {@code exact_match}. */
    public Map<String, Double> measures() {
        return Map.of("token_accuracy", tokenAccuracy(), "exact_match", exactMatch());
    }
}
