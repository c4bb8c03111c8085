package org.einthoven.meta.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.einthoven.tensor.Rng;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

class AnswerScoresTest {
    static Answer answer(String task, int item, String attribute, String gold, String said) {
        return answer(task, item, attribute, gold, said, List.of(), List.of());
    }

    static Answer answer(
            String task, int item, String attribute, String gold, String said, List<String> options, List<Double> ps) {
        return new Answer(
                task,
                "item " + item,
                "about " + attribute,
                attribute,
                attribute,
                "patient " + item,
                "ecg " + item,
                Answer.parts(gold),
                Answer.parts(said),
                options,
                ps);
    }

    @Test
    void aTextIsASetOfAnswers() {
        assertEquals(Set.of("lead v1", "lead v2"), Answer.parts("Lead V2,  lead V1"));
        assertEquals(
                Set.of("bigeminal pattern (unknown origin, supraventricular, or ventricular)", "none"),
                Answer.parts("none, bigeminal pattern (unknown origin, supraventricular, or ventricular)"));
        assertEquals(Set.of("1,5 mv"), Answer.parts("1,5 mV"));
        assertEquals(Set.of(), Answer.parts("  "));
    }

    @Test
    void exactMatchAndF1AreOfSets() {
        assertTrue(answer("t", 0, "a", "x, y", "Y, X").isRight());
        assertFalse(answer("t", 0, "a", "x, y", "x").isRight());
        assertEquals(2 / 3.0, answer("t", 0, "a", "x, y", "x").setF1(), 1e-15);
        assertEquals(0.5, answer("t", 0, "a", "x, y", "x, z").setF1(), 1e-15);
        assertEquals(0, answer("t", 0, "a", "x", "").setF1());
        assertEquals(1, answer("t", 0, "a", "", "").setF1());
    }

    /** The reference's metric: of two tokens, the BOS among them, one is right in one answer and both in the other. */
    @Test
    void tokensCountWhereAllAnswersTellThem() {
        Answer half = answer("t", 0, "a", "yes", "no").withTokens(new AnswerTokens(List.of(1, 5), List.of(1, 6)));
        Answer whole = answer("t", 1, "b", "yes", "yes").withTokens(new AnswerTokens(List.of(1, 5), List.of(1, 5)));
        AnswerScores told = AnswerScores.of(List.of(half, whole), Rng.of(1));
        assertEquals(0.75, told.tokenAccuracy().orElseThrow().value());
        assertEquals(0.5, told.exactMatch().value());
        Answer silent = answer("t", 2, "b", "yes", "yes");
        assertTrue(AnswerScores.of(List.of(half, silent), Rng.of(1))
                .tokenAccuracy()
                .isEmpty());
    }

    @Test
    void aGroupThatIsAskedOftenWeighsNoMore() {
        List<Answer> answers = List.of(
                answer("t", 0, "a", "yes", "yes"),
                answer("t", 1, "a", "yes", "yes"),
                answer("t", 2, "a", "no", "yes"),
                answer("t", 3, "b", "no", "yes"));
        AnswerScores s = AnswerScores.of(answers, Rng.of(1));
        assertEquals((2 / 3.0 + 0) / 2, s.exactMatch().value(), 1e-15);
        assertEquals(0.5, s.plainExactMatch(), 1e-15);
        assertEquals(1 / 3.0, s.macroByAttribute(), 1e-15);
        assertEquals(new AnswerScores.Label(2, 4, 2), s.byLabel().get("yes"));
        assertEquals(0.5, s.byLabel().get("yes").precision());
        assertEquals(1, s.byLabel().get("yes").recall());
        assertEquals((2 * 2 / 6.0 + 0) / 2, s.macroF1(), 1e-15); // "no" is right twice and never said
        assertTrue(Double.isNaN(s.auroc()), "no probabilities");
        assertTrue(Double.isNaN(s.optionLogLikelihood()));
    }

    @Test
    void probabilitiesAreOfOptions() {
        List<String> yesNo = List.of("yes", "no");
        List<Answer> answers = List.of(
                answer("t", 0, "a", "yes", "yes", yesNo, List.of(0.8, 0.2)),
                answer("t", 1, "a", "no", "yes", yesNo, List.of(0.6, 0.4)),
                answer("u", 2, "a", "yes", "no", yesNo, List.of(0.3, 0.7)),
                answer("u", 3, "a", "no", "no", yesNo, List.of(0.3, 0.7)));
        AnswerScores s = AnswerScores.of(answers, Rng.of(1));
        // Task t orders its two rightly; in u they tie. Over both tasks together it would be 2.5 of 4 pairs.
        assertEquals((1 + 0.5) / 2, s.auroc(), 1e-15);
        assertEquals(Math.log(0.8 * 0.4 * 0.3 * 0.7) / 4, s.optionLogLikelihood(), 1e-12);
        Answer both = answer("t", 0, "a", "p, q", "p, q", List.of("p", "q", "q, p", "none"), List.of(.1, .1, .7, .1));
        assertEquals(0.7, both.confidence().orElseThrow());
        assertEquals(0.25, AnswerScores.chance(List.of(both)).orElseThrow());
        assertThrows(IllegalArgumentException.class, () -> both.withProbabilities(List.of(0.5, 0.5)));
        assertThrows(IllegalArgumentException.class, () -> both.withProbabilities(List.of(.5, .5, .5, .5)));
        assertThrows(IllegalArgumentException.class, () -> both.withProbabilities(List.of(-.5, .5, .5, .5)));
    }

    @Test
    void tokensOfTheSeedProtocolCountTheirBeginning() {
        TokenScore yes = TokenScore.of(new int[] {1, 7}, new int[] {1, 7});
        TokenScore no = TokenScore.of(new int[] {1, 7}, new int[] {1, 9});
        assertEquals(0.75, yes.and(no).tokenAccuracy());
        assertEquals(0.5, yes.and(no).exactMatch());
        assertEquals(new TokenScore(1, 2, 0, 1), TokenScore.of(new int[] {1, 7}, new int[] {1}));
        assertEquals(0, TokenScore.of(new int[] {1}, new int[] {1, 7}).exactMatch(), "too long is not exact");
    }

    /** A right answer scores 1 by every measure; F1 lies between 0 and 1, is symmetric, and is 1 only for equal sets. */
    @RepeatedTest(30)
    void lawsOfSets(RepetitionInfo info) {
        Random random = new Random(info.getCurrentRepetition());
        List<Answer> answers = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            String gold = drawn(random);
            String said = drawn(random);
            Answer a = answer("t" + i % 3, i, "a" + i % 4, gold, said);
            Answer turned = answer("t", i, "a", said, gold);
            assertEquals(a.setF1(), turned.setF1(), a.toString());
            assertTrue(a.setF1() >= (a.isRight() ? 1 : 0) && a.setF1() <= 1, a.toString());
            assertEquals(a.isRight(), a.setF1() == 1, a.toString());
            answers.add(a);
        }
        AnswerScores s = AnswerScores.of(answers, Rng.of(3));
        assertTrue(s.setF1().value() >= s.exactMatch().value());
        int said =
                s.byLabel().values().stream().mapToInt(AnswerScores.Label::gold).sum();
        assertEquals(answers.stream().mapToInt(a -> a.gold().size()).sum(), said);
        AnswerScores perfect = AnswerScores.of(
                answers.stream()
                        .map(a -> answer(a.task(), 0, a.attribute(), Answer.text(a.gold()), Answer.text(a.gold())))
                        .toList(),
                Rng.of(3));
        assertEquals(1, perfect.exactMatch().value());
        assertEquals(1, perfect.setF1().value());
        assertEquals(1, perfect.macroF1());
    }

    private static String drawn(Random random) {
        List<String> some = new ArrayList<>();
        for (String label : List.of("p", "q", "r")) {
            if (random.nextBoolean()) {
                some.add(label);
            }
        }
        return some.isEmpty() ? "none" : String.join(", ", some);
    }
}
