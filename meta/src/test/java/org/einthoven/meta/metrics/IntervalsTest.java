package org.einthoven.meta.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.einthoven.tensor.Rng;
import org.junit.jupiter.api.Test;

class IntervalsTest {
    @Test
    void theMeanGivesEveryGroupTheSameWeight() {
        List<Observation> xs = List.of(at("a", 1), at("a", 1), at("a", 1), at("b", 0));
        assertEquals(0.5, Observation.mean(xs));
    }

    /** Worked by hand: group means 0.6, 0.7, 0.8; standard error 0.1 / sqrt 3; t(0.975, 2) = 4.302653. */
    @Test
    void tOverGroupsIsStudents() {
        List<Observation> xs = List.of(at("a", 0.5), at("a", 0.7), at("b", 0.7), at("c", 0.8));
        Interval i = new TOverGroups().interval(xs, 0.95);
        assertEquals(0.7 - 4.302653 * 0.1 / Math.sqrt(3), i.low(), 1e-6);
        assertEquals(0.7 + 4.302653 * 0.1 / Math.sqrt(3), i.high(), 1e-6);
        // t = (0.7 - 0.5) / (0.1 / sqrt 3) = 3.4641 at 2 degrees of freedom; P = 2 (1/2 - t / (2 sqrt(2 + t^2)))
        double t = 0.2 / (0.1 / Math.sqrt(3));
        assertEquals(1 - t / Math.sqrt(2 + t * t), new TOverGroups().probability(xs, 0.5), 1e-9);
    }

    @Test
    void oneGroupDeterminesNoIntervalOverGroups() {
        assertFalse(new TOverGroups()
                .interval(List.of(at("a", 1), at("a", 0)), 0.95)
                .isKnown());
        assertFalse(
                new TOverPatients()
                        .interval(List.of(at("a", 1), at("a", 0)), 0.95)
                        .isKnown(),
                "nor does one patient");
    }

    /**
     * With one answer each the jackknife's error is that of a mean: values 0, 1, 1 and 0 have the variance 1/3, so it is
     * sqrt(1/12); t(0.975, 3) = 3.182446.
     */
    @Test
    void tOverPatientsIsStudentsWhenEachAnswersOnce() {
        List<Observation> xs = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            xs.add(new Observation("x" + i, "a", "p" + i, i % 3 == 0 ? 0 : 1));
        }
        Estimate e = Estimate.of(xs, Rng.of(1));
        assertEquals(0.5, e.value());
        assertEquals(0.5 - 3.182446 * Math.sqrt(1.0 / 12), e.ci95().low(), 1e-6);
        assertEquals(1.43 * (e.ci95().high() - e.ci95().low()) / 2, e.visible(), 1e-12);
        assertTrue(e.method().contains("over patients"), e.method());
    }

    /** As tasks of a rare finding are: half of the answers are about eight patients, the others about forty. */
    @Test
    void intervalsOverPatientsCoverTheTruthWhenAFewGiveHalfOfTheAnswers() {
        int runs = 400;
        int holds = 0;
        for (int r = 0; r < runs; r++) {
            RandomGenerator random = Rng.of(5000 + r).stream();
            List<Observation> xs = new ArrayList<>();
            for (int patient = 0; patient < 48; patient++) {
                double effect = 0.5 * random.nextGaussian();
                for (int answer = 0; answer < (patient < 8 ? 10 : 2); answer++) {
                    xs.add(new Observation("x", "a", "p" + patient, effect + 0.5 * random.nextGaussian()));
                }
            }
            holds += holds(new TOverPatients().interval(xs, 0.95));
        }
        assertTrue(holds >= 0.92 * runs && holds <= 0.995 * runs, "t over patients held the truth " + holds);
    }

    @Test
    void equalGroupsAreAtChanceExactly() {
        Estimate e = Estimate.of(List.of(at("a", 0.5), at("b", 0.5), at("c", 0.5)), Rng.of(1));
        assertTrue(e.isAtChance(0.5));
        assertEquals(new Interval(0.5, 0.5), e.ci95());
        assertEquals(1, new TOverGroups().probability(List.of(at("a", 0.5), at("b", 0.5)), 0.5));
    }

    @Test
    void theMethodFollowsTheNumberOfGroups() {
        assertInstanceOf(TOverPatients.class, IntervalMethod.of(answers(Rng.of(1), 1, 5, 9, 0.1, 0.1), Rng.of(2)));
        assertInstanceOf(TOverGroups.class, IntervalMethod.of(answers(Rng.of(1), 19, 5, 2, 0.1, 0.1), Rng.of(2)));
        assertInstanceOf(TwoWayBootstrap.class, IntervalMethod.of(answers(Rng.of(1), 20, 5, 2, 0.1, 0.1), Rng.of(2)));
    }

    @Test
    void theBootstrapIsReproducible() {
        List<Observation> xs = answers(Rng.of(3), 25, 20, 200, 0.2, 0.2);
        assertEquals(
                TwoWayBootstrap.of(Rng.of(4)).interval(xs, 0.95),
                TwoWayBootstrap.of(Rng.of(4)).interval(xs, 0.95));
    }

    /**
     * The reason for all this: with effects of group and patient, the intervals must hold the true mean about as often as
     * they say, where one that takes answers for independent would hold it far less often.
     */
    @Test
    void intervalsCoverTheTruthWhenGroupsAndPatientsShareEffects() {
        int runs = 200;
        int fewGroups = 0;
        int manyGroups = 0;
        int naive = 0;
        for (int r = 0; r < runs; r++) {
            List<Observation> few = answers(Rng.of(100 + r), 8, 40, 1000, 0.3, 0);
            fewGroups += holds(new TOverGroups().interval(few, 0.95));
            naive += holds(new TOverGroups().interval(eachItsOwnGroup(few), 0.95));
            List<Observation> many = answers(Rng.of(900 + r), 30, 40, 600, 0.2, 0.2);
            manyGroups += holds(new TwoWayBootstrap(300, Rng.of(r)).interval(many, 0.95));
        }
        assertTrue(fewGroups >= 0.91 * runs && fewGroups <= 0.99 * runs, "t over groups held the truth " + fewGroups);
        assertTrue(manyGroups >= 0.91 * runs, "two-way bootstrap held the truth " + manyGroups);
        assertTrue(naive < 0.6 * runs, "independent answers held the truth " + naive);
    }

    private static int holds(Interval i) {
        return i.low() <= 0 && 0 <= i.high() ? 1 : 0;
    }

    /** n answers of mean 0, with random effects of group and patient. */
    private static List<Observation> answers(
            Rng rng, int groups, int patients, int n, double groupEffect, double patientEffect) {
        RandomGenerator random = rng.stream();
        double[] g = new double[groups];
        double[] p = new double[patients];
        for (int i = 0; i < groups; i++) {
            g[i] = groupEffect * random.nextGaussian();
        }
        for (int i = 0; i < patients; i++) {
            p[i] = patientEffect * random.nextGaussian();
        }
        List<Observation> xs = new ArrayList<>();
        for (int i = 0; i < Math.max(n, groups); i++) {
            int group = i % groups;
            int patient = random.nextInt(patients);
            double value = g[group] + p[patient] + random.nextGaussian();
            xs.add(new Observation("x" + i, "g" + group, "p" + patient, value));
        }
        return xs;
    }

    private static List<Observation> eachItsOwnGroup(List<Observation> xs) {
        List<Observation> own = new ArrayList<>();
        for (int i = 0; i < xs.size(); i++) {
            own.add(new Observation(
                    "x" + i, "g" + i, xs.get(i).patient(), xs.get(i).value()));
        }
        return own;
    }

    private static Observation at(String group, double value) {
        return new Observation("x", group, "p", value);
    }
}
