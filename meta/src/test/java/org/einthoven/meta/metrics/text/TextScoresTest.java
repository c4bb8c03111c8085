package org.einthoven.meta.metrics.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.einthoven.meta.metrics.text.TextScores.Pair;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** By hand here; against NLTK and rouge_score in the goldens of group E. */
class TextScoresTest {
    @Test
    void bleuCountsAWordAtMostAsOftenAsTheReferenceHasIt() {
        // Papineni et al., example 2: 2 of 7 words, and a prediction as long as the reference pays no penalty.
        assertEquals(
                2.0 / 7,
                Bleu.ORDERS.getFirst().score("the cat is on the mat now", "the the the the the the the"),
                1e-15);
    }

    @Test
    void bleuPenalisesWhatIsTooShort() {
        assertEquals(Math.exp(1 - 4 / 2.0), Bleu.ORDERS.getFirst().score("a b c d", "a b"), 1e-15);
        assertEquals(1, Bleu.ORDERS.getFirst().score("a b", "a b"));
    }

    @Test
    void anOrderWithoutMatchesCountsATenth() {
        assertEquals(Math.sqrt(1 * 0.1 / 1), Bleu.ORDERS.get(1).score("yes", "yes"), 1e-15);
        assertEquals(0, Bleu.ORDERS.get(3).score("yes", "no"));
    }

    @Test
    void rougeIsTheLongestCommonSubsequence() {
        RougeL rouge = RougeL.of("police killed the gunman", "police kill the gunman"); // Lin 2004, section 3.1
        assertEquals(0.75, rouge.f1(), 1e-15);
        assertEquals(
                0.5,
                RougeL.of("police killed the gunman", "the gunman kill police").f1(),
                1e-15);
        assertEquals(new RougeL(0, 0, 0), RougeL.of("", ""));
    }

    @Test
    void meteorAlignsEqualWordsThenStemsThenSynonyms() {
        Meteor plain = Meteor.with(Synonyms.NONE);
        Synonyms kin = word -> word.equals("child") ? Set.of("child", "kid") : Set.of(word);
        assertEquals(0.5, plain.score("beats", "beating"), 1e-15);
        assertEquals(0, plain.score("kid", "child"));
        assertEquals(0.5, Meteor.with(kin).score("kid", "child"), 1e-15);
        assertTrue(plain.score("a b c d", "a b c d") > plain.score("a b c d", "d c b a"), "order counts");
    }

    @ParameterizedTest
    @CsvSource({"relational, relat", "hopping, hop", "skies, sky", "ties, tie", "conflated, conflat", "is, is"})
    void stems(String word, String stem) {
        assertEquals(stem, PorterStemmer.stem(word));
    }

    @Test
    void treebankWords() {
        assertEquals(
                List.of("He", "ca", "n't", "say", ",", "``", "no", "''", "."),
                TreebankTokenizer.tokens("He can't say, \"no\"."));
    }

    @Test
    void theMeanIsOverPairs() {
        List<Pair> pairs = List.of(new Pair("yes", "yes"), new Pair("yes", "no"));
        TextScores mean = TextScores.mean(pairs, Synonyms.NONE);
        assertEquals(0.5, mean.byName().get("bleu1"), 1e-15);
        assertEquals(0.5, mean.rougeL(), 1e-15);
        assertEquals(0.25, mean.meteor(), 1e-15);
        assertThrows(IllegalArgumentException.class, () -> TextScores.mean(List.of(), Synonyms.NONE));
    }

    @Test
    void theMiddleOfABootstrapIsNearTheMeanAndRepeats() {
        double[] scores = IntStream.range(0, 50).mapToDouble(i -> i / 50.0).toArray();
        double mid = new BootstrapMid(222).of(scores);
        assertEquals(0.49, mid, 0.02);
        assertEquals(mid, new BootstrapMid(222).of(scores));
        assertEquals(0.7, new BootstrapMid(222).of(new double[] {0.7}));
    }
}
