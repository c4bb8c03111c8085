package org.einthoven.models.text;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;
import org.einthoven.models.text.SentencePieceTokenizer.Kind;

/**
 * The unigram kind of SentencePiece (Kudo, arXiv 1804.10959; {@code unigram_model.cc}): of all ways to cut a text into pieces the
 * one of the greatest sum of scores, which are log-probabilities, found from the front in one pass (Viterbi, 1967). A character
 * that is no piece costs ten more than the unlikeliest one. A text of n characters costs O(n L log V) for V pieces of at most L.
 */
final class UnigramSegmentation {
    private static final float UNKNOWN_PENALTY = 10;

    /** What user-defined pieces cost, so that they are always found. */
    private static final double DEFINED_PENALTY = 0.1;

    private final String[] sorted;
    private final int[] ids;
    private final double[] scores;
    private final float unknown;

    /** Normal and user-defined pieces take part; of equal ones the first has the id. */
    UnigramSegmentation(SentencePieceTokenizer.Model model) {
        String[] pieces = model.pieces();
        float least = Float.MAX_VALUE;
        float most = Float.MIN_NORMAL; // as the original begins, whose scores are below 0
        for (int i = 0; i < pieces.length; i++) {
            if (model.kinds()[i] == Kind.NORMAL) {
                least = Math.min(least, model.scores()[i]);
                most = Math.max(most, model.scores()[i]);
            }
        }
        unknown = least - UNKNOWN_PENALTY;
        ids = IntStream.range(0, pieces.length)
                .filter(i -> model.kinds()[i] == Kind.NORMAL || model.kinds()[i] == Kind.USER_DEFINED)
                .boxed()
                .sorted(Comparator.comparing(i -> pieces[i])) // equal ones stay in the order of ids
                .mapToInt(i -> i)
                .toArray();
        sorted = Arrays.stream(ids).mapToObj(i -> pieces[i]).toArray(String[]::new);
        scores = new double[ids.length];
        for (int i = 0; i < ids.length; i++) {
            boolean defined = model.kinds()[ids[i]] == Kind.USER_DEFINED;
            scores[i] = defined
                    ? sorted[i].getBytes(StandardCharsets.UTF_8).length * (double) most - DEFINED_PENALTY
                    : model.scores()[ids[i]];
        }
    }

    /** The best path to each place of a text. */
    private final class Paths {
        private final String text;
        private final float[] score;
        private final int[] from; // where the last piece begins
        private final int[] id; // of the last piece, or -1

        Paths(String text) {
            this.text = text;
            this.score = new float[text.length() + 1];
            this.from = new int[text.length() + 1];
            this.id = new int[text.length() + 1];
            Arrays.fill(from, -1);
        }

        void offer(int start, int end, int piece, double cost) {
            double candidate = score[start] + cost;
            if (from[end] < 0 || candidate > score[end]) {
                score[end] = (float) candidate;
                from[end] = start;
                id[end] = piece;
            }
        }

        /** All pieces that begin at a character, by narrowing the range of sorted pieces letter by letter. */
        void from(int start) {
            int letter = start + Character.charCount(text.codePointAt(start));
            boolean alone = false;
            int low = 0;
            int high = sorted.length;
            for (int at = start; at < text.length(); at++) {
                low = first(low, high, at - start, text.charAt(at));
                high = first(low, high, at - start, text.charAt(at) + 1);
                if (low == high) {
                    break;
                }
                if (sorted[low].length() == at + 1 - start) {
                    offer(start, at + 1, ids[low], scores[low]);
                    alone |= at + 1 == letter;
                }
            }
            if (!alone) {
                offer(start, letter, -1, unknown);
            }
        }
    }

    /** Of sorted pieces from {@code low} to {@code high}, alike up to {@code at}, the first with a letter there not below this. */
    private int first(int low, int high, int at, int letter) {
        int from = low;
        int to = high;
        while (from < to) {
            int middle = (from + to) >>> 1;
            boolean below = sorted[middle].length() <= at || sorted[middle].charAt(at) < letter;
            if (below) {
                from = middle + 1;
            } else {
                to = middle;
            }
        }
        return from;
    }

    /** Hands on the pieces of a text, in order; -1 is the id of a character that is none. */
    void run(String text, Merging.Sink sink) {
        Paths paths = new Paths(text);
        for (int i = 0; i < text.length(); i += Character.charCount(text.codePointAt(i))) {
            paths.from(i);
        }
        int[] ends = new int[text.length()];
        int n = 0;
        for (int end = text.length(); end > 0; end = paths.from[end]) {
            ends[n++] = end;
        }
        while (n > 0) {
            int end = ends[--n];
            sink.symbol(paths.id[end], paths.from[end], end);
        }
    }
}
