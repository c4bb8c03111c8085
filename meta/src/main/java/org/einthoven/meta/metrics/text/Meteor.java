package org.einthoven.meta.metrics.text;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.BiPredicate;
import java.util.function.UnaryOperator;

/**
 * METEOR (Banerjee and Lavie, ACL 2005 workshop) as NLTK 3.8 computes it: words are aligned if equal, then if their stems
 * are, then if they are synonyms; the score is a mean of precision and recall that favours recall, less a penalty for
 * alignments in many pieces.
 *
 * <p>Two habits of NLTK are kept, as its numbers are what others report: synonyms are looked up by stem, since the stem stage
 * hands on stems; and words are aligned from the end of the text, greedily.
 *
 * @param alpha weight of precision in the mean: 0.9 makes recall count nine times as much
 * @param beta exponent of the penalty
 * @param gamma largest penalty
 */
public record Meteor(double alpha, double beta, double gamma, Synonyms synonyms) {
    /** A word that is not aligned yet, at its place in the text. */
    private record Word(int at, String text) {
        Word map(UnaryOperator<String> f) {
            return new Word(at, f.apply(text));
        }
    }

    private record Match(int predicted, int reference) {}

    /** NLTK's parameters. */
    public static Meteor with(Synonyms synonyms) {
        return new Meteor(0.9, 3, 0.5, synonyms);
    }

    /** The score, 0 to 1, of texts cut as the Penn Treebank does. A text of one word scores at most 0.5: it is one piece. */
    public double score(String reference, String prediction) {
        List<Word> gold = words(reference);
        List<Word> predicted = words(prediction);
        int golds = gold.size();
        int predictions = predicted.size();
        List<Match> matches = align(predicted, gold);
        if (matches.isEmpty()) {
            return 0;
        }
        double precision = (double) matches.size() / predictions;
        double recall = (double) matches.size() / golds;
        double mean = precision * recall / (alpha * precision + (1 - alpha) * recall);
        double fragmentation = (double) pieces(matches) / matches.size();
        return (1 - gamma * Math.pow(fragmentation, beta)) * mean;
    }

    private static List<Word> words(String text) {
        List<Word> words = new ArrayList<>();
        for (String word : TreebankTokenizer.tokens(text)) {
            words.add(new Word(words.size(), word.toLowerCase(Locale.ROOT)));
        }
        return words;
    }

    /** Pairs by place in the prediction; what stays alone stays in the lists. */
    private List<Match> align(List<Word> predicted, List<Word> gold) {
        List<Match> matches = new ArrayList<>(match(predicted, gold, String::equals));
        predicted.replaceAll(word -> word.map(PorterStemmer::stem));
        gold.replaceAll(word -> word.map(PorterStemmer::stem));
        matches.addAll(match(predicted, gold, String::equals));
        matches.addAll(match(predicted, gold, (p, g) -> synonyms.of(p).contains(g)));
        matches.sort(Comparator.comparingInt(Match::predicted));
        return matches;
    }

    private static List<Match> match(List<Word> predicted, List<Word> gold, BiPredicate<String, String> alike) {
        List<Match> matches = new ArrayList<>();
        for (int i = predicted.size() - 1; i >= 0; i--) {
            Word p = predicted.get(i);
            for (int j = gold.size() - 1; j >= 0; j--) {
                Word g = gold.get(j);
                if (alike.test(p.text(), g.text())) {
                    matches.add(new Match(p.at(), g.at()));
                    predicted.remove(i);
                    gold.remove(j);
                    break;
                }
            }
        }
        return matches;
    }

    /** Runs of matches that are neighbours in both texts. */
    private static int pieces(List<Match> matches) {
        int pieces = 1;
        for (int i = 1; i < matches.size(); i++) {
            Match before = matches.get(i - 1);
            Match here = matches.get(i);
            boolean goesOn = here.predicted() == before.predicted() + 1 && here.reference() == before.reference() + 1;
            pieces += goesOn ? 0 : 1;
        }
        return pieces;
    }
}
