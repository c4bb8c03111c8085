package org.einthoven.meta.metrics.text;

import java.util.List;
import java.util.Locale;

/**
 * ROUGE-L (Lin, ACL 2004 workshop): the longest common subsequence of words as a share of the prediction and of the
 * reference. Words are runs of a to z and digits in lower case, without stemming, as Google's {@code rouge_score} cuts them.
 *
 * @param f1 their harmonic mean
 */
public record RougeL(double precision, double recall, double f1) {
    /** Of two texts; each share is 0 when nothing is in common. */
    public static RougeL of(String reference, String prediction) {
        List<String> gold = words(reference);
        List<String> predicted = words(prediction);
        int common = longestCommonSubsequence(gold, predicted);
        if (common == 0) {
            return new RougeL(0, 0, 0);
        }
        double precision = (double) common / predicted.size();
        double recall = (double) common / gold.size();
        return new RougeL(precision, recall, 2 * precision * recall / (precision + recall));
    }

    static List<String> words(String text) {
        return Words.ofWhiteSpace(text.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", " "));
    }

    private static int longestCommonSubsequence(List<String> a, List<String> b) {
        int[] row = new int[b.size() + 1]; // of the words of a so far and the first j of b
        for (String word : a) {
            int diagonal = 0;
            for (int j = 1; j <= b.size(); j++) {
                int above = row[j];
                row[j] = word.equals(b.get(j - 1)) ? diagonal + 1 : Math.max(above, row[j - 1]);
                diagonal = above;
            }
        }
        return row[b.size()];
    }
}
