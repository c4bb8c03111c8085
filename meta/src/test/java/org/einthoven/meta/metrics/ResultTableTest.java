package org.einthoven.meta.metrics;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.random.RandomGenerator;
import org.einthoven.tensor.Rng;
import org.junit.jupiter.api.Test;

/** On made-up answers whose truth is known. */
class ResultTableTest {
    @Test
    void aSkilledSystemBeatsTheGuessersAndTheyStandAtChance() {
        var predictions = new LinkedHashMap<String, List<Prediction>>();
        predictions.put("ours", answers(0.8));
        predictions.put("undecided", answers(0));
        predictions.put("as good", answers(0.8));
        ResultTable table = ResultTable.of("made up", 0.5, predictions, Rng.of(5));

        assertEquals(0.9, table.row("ours").accuracy().value(), 0.03);
        assertFalse(table.row("ours").atChance());
        assertTrue(table.row("undecided").atChance());
        assertTrue(table.row("undecided").isBeaten());
        assertFalse(table.row("as good").isBeaten());
        assertEquals(0, table.row("as good").advantage().get().difference().value());
        assertEquals(10, table.row("ours").accuracy().groups());
        assertTrue(table.detail().get().auroc() > 0.8);
    }

    @Test
    void pairsMustAnswerTheSameQuestions() {
        List<Observation> a = Prediction.scores(answers(0.8));
        assertThrows(IllegalArgumentException.class, () -> Comparison.of(a, a.subList(1, a.size()), Rng.of(1)));
        List<Observation> turned = new ArrayList<>(a);
        Collections.reverse(turned);
        assertThrows(IllegalArgumentException.class, () -> Comparison.of(a, turned, Rng.of(1)));
    }

    /** Holm's steps: 3 x 0.01, then 2 x 0.02, then 1 x 0.04, never falling. */
    @Test
    void holmStepsDown() {
        assertArrayEquals(new double[] {0.04, 0.03, 0.04}, Holm.adjust(0.04, 0.01, 0.02), 1e-15);
        assertArrayEquals(new double[] {1, 1}, Holm.adjust(0.9, 0.8), 1e-15);
        assertTrue(Double.isNaN(Holm.adjust(0.01, Double.NaN)[1]));
        assertEquals(0.02, Holm.adjust(0.01, Double.NaN)[0], 1e-15);
    }

    @Test
    void scoresOfProbabilitiesAreThoseOfTheBooks() {
        List<Prediction> ps = List.of(yes("e", 0.8), yes("e", 0.4), no("e", 0.3), no("e", 0.4));
        Calibration c = Calibration.of(ps);
        assertEquals((0.04 + 0.36 + 0.09 + 0.16) / 4, c.brier(), 1e-12);
        assertEquals(-(Math.log(0.8) + Math.log(0.4) + Math.log(0.7) + Math.log(0.6)) / 4, c.logScore(), 1e-12);
        // Bins: 0.3 (1, none yes), 0.4 (2, one yes), 0.8 (1, yes).
        assertEquals((0.3 + Math.abs(0.8 - 1) + 0.2) / 4, c.calibrationError(), 1e-12);
        assertEquals((1 + 1 + 1 + 0.5) / 4, Auroc.of(ps), 1e-12);
        AttributeResult r = AttributeResult.of(ps).getFirst();
        assertEquals(0.5, r.sensitivity());
        assertEquals(1, r.specificity());
        assertEquals(1, r.positivePredictiveValue(0.1));
        assertEquals(0.9 / (0.9 + 0.05), r.negativePredictiveValue(0.1), 1e-12);
    }

    @Test
    void ratingsOfDifferentTasksAreNotCompared() {
        List<Prediction> ps = List.of(yes("e", 0.2), no("e", 0.1), yes("f", 0.9), no("f", 0.8), yes("g", 0.5));
        assertEquals(1, Auroc.withinTasks(ps));
        assertTrue(Auroc.of(ps) < 1);
    }

    @Test
    void anUndecidedAnswerEarnsHalf() {
        assertEquals(0.5, yes("e", 0.5).score());
        assertThrows(IllegalArgumentException.class, () -> yes("e", Double.NaN));
    }

    /** A gold answer of beginning-of-sequence and one word: the reference's accuracy a means 2 a - 1 right answers. */
    @Test
    void tokensAndWholeAnswers() {
        TokenScore s = TokenScore.of(new int[] {1, 7}, new int[] {1, 7})
                .and(TokenScore.of(new int[] {1, 7}, new int[] {1, 8}));
        assertEquals(0.75, s.tokenAccuracy());
        assertEquals(0.5, s.exactMatch());
        assertEquals(0, TokenScore.of(new int[] {1}, new int[] {1, 2}).exactMatch());
    }

    /** 10 groups, 30 patients, 600 answers, right with probability (1 + skill) / 2; no skill stays undecided. */
    private static List<Prediction> answers(double skill) {
        RandomGenerator random = Rng.of(77).stream();
        List<Prediction> ps = new ArrayList<>();
        for (int i = 0; i < 600; i++) {
            boolean truth = i % 2 == 0;
            boolean right = random.nextDouble() < (1 + skill) / 2;
            String attribute = "a" + i / 2 % 10;
            double p = skill == 0 ? 0.5 : truth == right ? 0.9 : 0.1;
            ps.add(new Prediction("episode " + i / 60, attribute, attribute, "p" + i % 30, "ecg " + i, truth, p));
        }
        return ps;
    }

    private static Prediction yes(String episode, double p) {
        return new Prediction(episode, "a", "a", "p", "x", true, p);
    }

    private static Prediction no(String episode, double p) {
        return new Prediction(episode, "a", "a", "p", "y", false, p);
    }
}
