package org.einthoven.meta.metrics.text;

import java.util.Arrays;
import java.util.List;
import java.util.function.IntToDoubleFunction;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/**
 * BERTScore (Zhang et al., arXiv 1904.09675): each token of one text is matched with the most similar token of the other, by
 * the cosine of their hidden states. Precision is the mean over the prediction's tokens, recall over the reference's. The marks
 * around a text have no weight of their own, but may be what a token is most similar to, as in the authors' code.
 */
public record BertScore(double precision, double recall, double f1) {
    static final BertScore NONE = new BertScore(0, 0, 0);

    /**
     * A text as BERT sees it.
     *
     * @param ids its tokens, the two marks included
     * @param states the hidden state of each, rows of one width
     */
    record Seen(int[] ids, double[][] states) {}

    /**
     * Of a prediction beside its reference; all 0 when one of them has no token of weight.
     *
     * @param weight of a token by its id
     */
    static BertScore of(Seen reference, Seen prediction, IntToDoubleFunction weight) {
        double precision = matched(prediction, reference, weight);
        double recall = matched(reference, prediction, weight);
        if (Double.isNaN(precision) || Double.isNaN(recall)) {
            return NONE;
        }
        double sum = precision + recall;
        return new BertScore(precision, recall, sum == 0 ? 0 : 2 * precision * recall / sum);
    }

    /** Each score as far above a baseline as it is below 1: {@code (x - b) / (1 - b)}. */
    BertScore rescaled(BertScore baseline) {
        return new BertScore(
                rescaled(precision, baseline.precision), rescaled(recall, baseline.recall), rescaled(f1, baseline.f1));
    }

    /** The mean of each score. */
    public static BertScore mean(List<BertScore> all) {
        return new BertScore(mean(all, BertScore::precision), mean(all, BertScore::recall), mean(all, BertScore::f1));
    }

    private static double mean(List<BertScore> all, ToDoubleFunction<BertScore> of) {
        return all.stream().mapToDouble(of).average().orElse(Double.NaN);
    }

    private static double rescaled(double x, double b) {
        return (x - b) / (1 - b);
    }

    /** The weighted mean, over the tokens of {@code text}, of the best cosine with any token of {@code other}; NaN without weight. */
    private static double matched(Seen text, Seen other, IntToDoubleFunction weight) {
        double sum = 0;
        double weights = 0;
        for (int i = 0; i < text.ids.length; i++) {
            double w = weight.applyAsDouble(text.ids[i]);
            if (w != 0) {
                double[] state = text.states[i];
                sum += w
                        * Arrays.stream(other.states)
                                .mapToDouble(o -> cosine(state, o))
                                .max()
                                .orElseThrow();
                weights += w;
            }
        }
        return sum / weights;
    }

    private static double cosine(double[] a, double[] b) {
        return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
    }

    private static double dot(double[] a, double[] b) {
        return IntStream.range(0, a.length).mapToDouble(i -> a[i] * b[i]).sum();
    }
}
