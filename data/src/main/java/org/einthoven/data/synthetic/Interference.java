package org.einthoven.data.synthetic;

import static org.einthoven.data.synthetic.Finding.*;

import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * What does not come from the heart. Everything is added at the electrodes, so that the leads stay consistent with one
 * another, as in a real machine.
 */
final class Interference {
    private static final double MAINS_HZ = 50;

    private Interference() {}

    /** Adds to potentials [electrode][t] in mV what every recording has, and what the findings say. */
    static void add(
            double[][] potentials,
            Set<Finding> findings,
            double hz,
            Difficulty difficulty,
            Expression e,
            RandomGenerator random) {
        for (double[] electrode : potentials) {
            white(electrode, 0.010 * difficulty.noise(), random);
            drift(electrode, 0.045 * difficulty.noise(), hz, random);
        }
        if (findings.contains(BASELINE_DRIFT)) {
            for (double[] electrode : potentials) {
                drift(electrode, Curves.between(0.25, 0.5, random) * e.of(BASELINE_DRIFT), hz, random);
            }
        }
        if (findings.contains(STATIC_NOISE)) {
            double phase = random.nextDouble();
            for (double[] electrode : potentials) {
                sine(electrode, Curves.between(0.06, 0.18, random) * e.of(STATIC_NOISE), MAINS_HZ / hz, phase);
            }
        }
        if (findings.contains(TREMOR)) {
            for (double[] electrode : potentials) {
                tremor(electrode, 0, electrode.length, Curves.between(0.03, 0.07, random) * e.of(TREMOR), random);
            }
        }
        if (findings.contains(BURST_NOISE)) {
            bursts(potentials, hz, e.of(BURST_NOISE), random);
        }
        if (findings.contains(ELECTRODE_PROBLEM)) {
            loose(potentials[random.nextInt(potentials.length)], hz, e.of(ELECTRODE_PROBLEM), random);
        }
        if (findings.contains(SWAPPED_ARMS)) {
            double[] right = potentials[Torso.RIGHT_ARM];
            potentials[Torso.RIGHT_ARM] = potentials[Torso.LEFT_ARM];
            potentials[Torso.LEFT_ARM] = right;
        }
    }

    private static void white(double[] x, double size, RandomGenerator random) {
        for (int t = 0; t < x.length; t++) {
            x[t] += size * Curves.normal(random);
        }
    }

    /** Breathing and movement: three slow sines. */
    private static void drift(double[] x, double size, double hz, RandomGenerator random) {
        for (int i = 0; i < 3; i++) {
            sine(x, size * random.nextDouble(), Curves.between(0.12, 0.55, random) / hz, random.nextDouble());
        }
    }

    private static void sine(double[] x, double size, double turnsPerSample, double phase) {
        for (int t = 0; t < x.length; t++) {
            x[t] += size * Curves.sine(turnsPerSample * t + phase);
        }
    }

    /** Muscle: white noise through a resonance at about 35 Hz (of 500). */
    private static void tremor(double[] x, int from, int to, double size, RandomGenerator random) {
        double before = 0;
        double last = 0;
        for (int t = from; t < to; t++) {
            double now = 1.55 * last - 0.74 * before + 0.42 * Curves.normal(random);
            x[t] += size * now;
            before = last;
            last = now;
        }
    }

    /** Short storms on some of the electrodes. */
    private static void bursts(double[][] potentials, double hz, double strength, RandomGenerator random) {
        int length = potentials[0].length;
        int storms = 2 + random.nextInt(2);
        for (int storm = 0; storm < storms; storm++) {
            int duration = (int) (hz * Curves.between(0.35, 0.7, random));
            int from = random.nextInt(Math.max(1, length - duration));
            int to = Math.min(length, from + duration);
            for (double[] electrode : potentials) {
                if (random.nextInt(3) > 0) {
                    tremor(electrode, from, to, 0.28 * strength * Curves.between(0.6, 1.4, random), random);
                }
            }
        }
    }

    /** An electrode that loses contact: sudden steps that fade. */
    private static void loose(double[] x, double hz, double strength, RandomGenerator random) {
        double level = 0;
        for (int t = 0; t < x.length; t++) {
            if (random.nextDouble() < 1.1 / hz || t == (int) (0.1 * hz)) {
                level += strength * (random.nextBoolean() ? 1 : -1) * Curves.between(0.8, 2.0, random);
            }
            level *= 1 - 1.2 / hz;
            x[t] += level;
        }
    }
}
