package org.einthoven.meta.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.einthoven.meta.metrics.Selective.Rated;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

class SelectiveTest {
    @Test
    void theCurveIsReadFromTheSurest() {
        Selective s = Selective.of(
                List.of(new Rated(0.6, false), new Rated(0.9, true), new Rated(0.8, true), new Rated(0.7, false)));
        assertEquals(
                List.of(
                        new Selective.Point(0.25, 0, 0.9),
                        new Selective.Point(0.5, 0, 0.8),
                        new Selective.Point(0.75, 1 / 3.0, 0.7),
                        new Selective.Point(1, 0.5, 0.6)),
                s.curve());
        assertEquals((0 + 0 + 1 / 3.0 + 0.5) / 4, s.area(), 1e-15);
        assertEquals(s.area(), s.best(), 1e-15);
        assertEquals((0.36 + 0.01 + 0.04 + 0.49) / 4, s.brier(), 1e-12);
        assertEquals((0.6 + 0.1 + 0.2 + 0.7) / 4, s.calibrationError(), 1e-12);
        assertEquals(new Selective.Point(0.5, 0, 0.75), s.abstainingBelow(0.75));
        assertEquals(0, s.abstainingBelow(0.95).coverage());
        assertTrue(Double.isNaN(s.abstainingBelow(0.95).risk()));
    }

    @Test
    void equalConfidencesAreTakenInAnyOrder() {
        Selective s = Selective.of(List.of(new Rated(0.5, true), new Rated(0.5, false)));
        assertEquals(List.of(new Selective.Point(1, 0.5, 0.5)), s.curve());
        assertEquals((0.5 + 0.5) / 2, s.area(), 1e-15); // the first is wrong in half the orders
        assertEquals(0, s.calibrationError(), 1e-15);
        assertEquals(List.of(new Selective.Bin(0.5, 0.5, 2)), s.bins());
    }

    @RepeatedTest(30)
    void lawsOfTheCurve(RepetitionInfo info) {
        Random random = new Random(info.getCurrentRepetition());
        List<Rated> rated = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            rated.add(new Rated(random.nextInt(11) / 10.0, random.nextInt(3) > 0));
        }
        Selective s = Selective.of(rated);
        double wrong = rated.stream().filter(r -> !r.right()).count() / 40.0;
        assertEquals(wrong, s.curve().getLast().risk(), 1e-12);
        assertEquals(1, s.curve().getLast().coverage());
        assertTrue(s.best() <= s.area() + 1e-12 && s.area() <= 1);
        assertEquals(40, s.bins().stream().mapToInt(Selective.Bin::answers).sum());
        assertTrue(s.calibrationError() >= -1e-12 && s.calibrationError() <= 1);
        List<Rated> shuffled = new ArrayList<>(rated);
        Collections.shuffle(shuffled, random);
        assertEquals(s.area(), Selective.of(shuffled).area(), 1e-12);
        assertEquals(s.curve(), Selective.of(shuffled).curve());
    }

    @Test
    void aTemperatureUndoesWhatMadeThemTooSure() {
        // Right three times of four at odds of 3 to 1 is honest; 9 to 1 is its square.
        List<Answer> honest = said(0.75);
        assertEquals(1, Temperature.fit(honest).value(), 1e-9);
        Temperature two = Temperature.fit(said(0.9));
        assertEquals(2, two.value(), 1e-9);
        assertEquals(0.75, two.apply(List.of(0.9, 0.1)).getFirst(), 1e-9);
        assertEquals(List.of(0.25, 0.75), Temperature.NONE.apply(List.of(0.25, 0.75)));
        double before = Selective.ofAnswers(said(0.9)).calibrationError();
        double after =
                Selective.ofAnswers(said(0.9).stream().map(two::apply).toList()).calibrationError();
        assertEquals(0.15, before, 1e-12);
        assertEquals(0, after, 1e-9);
        assertThrows(
                IllegalArgumentException.class,
                () -> Temperature.fit(List.of(AnswerScoresTest.answer("t", 0, "a", "yes", "yes"))));
    }

    @RepeatedTest(20)
    void aTemperatureKeepsTheOrderAndTheSum(RepetitionInfo info) {
        Random random = new Random(info.getCurrentRepetition());
        double[] w = random.doubles(4, 0.01, 1).toArray();
        double total = IntStream.range(0, 4).mapToDouble(i -> w[i]).sum();
        List<Double> p = IntStream.range(0, 4).mapToObj(i -> w[i] / total).toList();
        List<Double> q = new Temperature(Math.exp(random.nextGaussian())).apply(p);
        assertEquals(1, q.stream().mapToDouble(x -> x).sum(), 1e-12);
        for (int i = 0; i < 4; i++) {
            for (int j = 0; j < 4; j++) {
                assertEquals(Double.compare(p.get(i), p.get(j)), Double.compare(q.get(i), q.get(j)), p + " " + q);
            }
        }
    }

    /** Four answers of one confidence, three of them right. */
    private static List<Answer> said(double confidence) {
        List<Answer> answers = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            answers.add(AnswerScoresTest.answer(
                    "t",
                    i,
                    "a",
                    i == 0 ? "no" : "yes",
                    "yes",
                    List.of("yes", "no"),
                    List.of(confidence, 1 - confidence)));
        }
        return answers;
    }
}
