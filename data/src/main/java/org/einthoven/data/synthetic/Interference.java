package org.einthoven.data.synthetic;

import static org.einthoven.data.synthetic.Finding.*;

import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * What does not come from the heart but from the patient's body, the electrodes and the room. Everything is added at the
 * electrodes, so that the leads stay consistent with one another, as in a real machine.
 */
final class Interference {
    private static final double MAINS_HZ = 50;

    private Interference() {}

    /** Adds to potentials [electrode][t] in mV what every recording has, and what the findings say. */
    static void add(
            double[][] potentials,
            Set<Finding> findings,
            Rhythm rhythm,
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
        if (findings.contains(HICCUPS)) {
            hiccups(potentials, hz, e.of(HICCUPS), random);
        }
        if (findings.contains(CHEST_COMPRESSIONS)) {
            compressions(potentials, hz, e.of(CHEST_COMPRESSIONS), random);
        }
        if (findings.contains(PULSE_ARTEFACT)) {
            pulse(potentials[Torso.LEFT_ARM], rhythm, hz, e.of(PULSE_ARTEFACT));
        }
        if (findings.contains(DIALYSIS_RIPPLE)) {
            together(potentials, 0.20 * e.of(DIALYSIS_RIPPLE), Curves.between(8.5, 10, random) / hz, random);
        }
        if (findings.contains(NERVE_STIMULATOR)) {
            stimulator(potentials, hz, e.of(NERVE_STIMULATOR), random);
        }
        if (findings.contains(RADIO_INTERFERENCE)) {
            radio(potentials, hz, e.of(RADIO_INTERFERENCE), random);
        }
        if (findings.contains(RANDOM_CLICKS)) {
            clicks(potentials, hz, e.of(RANDOM_CLICKS), random);
        }
        if (findings.contains(SUDDEN_JUMPS)) {
            jumps(potentials, e.of(SUDDEN_JUMPS), random);
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

    /** The diaphragm: a few slow jolts of the whole chest. */
    private static void hiccups(double[][] potentials, double hz, double strength, RandomGenerator random) {
        for (int i = 0; i < 3; i++) {
            double at = (i + Curves.between(0.2, 0.8, random)) * potentials[0].length / 3;
            double width = Curves.between(0.07, 0.11, random) * hz;
            for (double[] electrode : potentials) {
                bump(electrode, at, width, strength * Curves.between(-2.2, 2.2, random));
            }
        }
    }

    /** Adds a Gaussian around sample {@code at}. */
    private static void bump(double[] x, double at, double width, double size) {
        int first = (int) Math.max(0, at - Curves.REACH * width);
        int last = (int) Math.min(x.length - 1, at + Curves.REACH * width);
        for (int t = first; t <= last; t++) {
            x[t] += size * Curves.gaussian((t - at) / width);
        }
    }

    /** About 110 a minute, with an overtone, another size at every electrode. */
    private static void compressions(double[][] potentials, double hz, double strength, RandomGenerator random) {
        double turns = Curves.between(1.7, 2.0, random) / hz;
        double phase = random.nextDouble();
        for (double[] electrode : potentials) {
            double size = strength * Curves.between(-0.8, 0.8, random);
            sine(electrode, size, turns, phase);
            sine(electrode, 0.5 * size, 2 * turns, 2 * phase + 0.2);
        }
    }

    /** An electrode on an artery: a wave behind every beat of the ventricles. */
    private static void pulse(double[] x, Rhythm rhythm, double hz, double strength) {
        for (Rhythm.Beat beat : rhythm.beats()) {
            if (beat.origin() != Rhythm.Origin.BLOCKED) {
                bump(x, (beat.time() + 0.40) * hz, 0.055 * hz, 0.9 * strength);
            }
        }
    }

    /** One sine through all electrodes, of another size at each. */
    private static void together(double[][] potentials, double size, double turnsPerSample, RandomGenerator random) {
        double phase = random.nextDouble();
        for (double[] electrode : potentials) {
            sine(electrode, size * Curves.between(-1, 1, random), turnsPerSample, phase);
        }
    }

    /** Narrow pulses, about 25 a second. */
    private static void stimulator(double[][] potentials, double hz, double strength, RandomGenerator random) {
        int period = (int) (hz / Curves.between(22, 28, random));
        int from = random.nextInt(period);
        for (double[] electrode : potentials) {
            double size = strength * Curves.between(-0.7, 0.7, random);
            for (int t = from; t + 1 < electrode.length; t += period) {
                electrode[t] += size;
                electrode[t + 1] -= 0.6 * size;
            }
        }
    }

    /** A hum of about 110 Hz that swells and fades. */
    private static void radio(double[][] potentials, double hz, double strength, RandomGenerator random) {
        double carrier = Curves.between(105, 120, random) / hz;
        double swell = Curves.between(1.1, 1.6, random) / hz;
        for (double[] electrode : potentials) {
            double size = 0.5 * strength * Curves.between(0.5, 1, random);
            for (int t = 0; t < electrode.length; t++) {
                electrode[t] += size * Curves.sine(carrier * t) * (0.5 + 0.5 * Curves.sine(swell * t));
            }
        }
    }

    /** Static discharges: single samples, far out, at any electrode. */
    private static void clicks(double[][] potentials, double hz, double strength, RandomGenerator random) {
        int clicks = (int) (12 * potentials[0].length / hz);
        for (int i = 0; i < clicks; i++) {
            double[] electrode = potentials[random.nextInt(potentials.length)];
            int t = random.nextInt(electrode.length - 1);
            double size = strength * (random.nextBoolean() ? 1 : -1) * Curves.between(1.5, 2.5, random);
            electrode[t] += size;
            electrode[t + 1] += 0.5 * size;
        }
    }

    /** The baseline of all electrodes jumps to another level, and stays there. */
    private static void jumps(double[][] potentials, double strength, RandomGenerator random) {
        int length = potentials[0].length;
        for (int i = 0; i < 3; i++) {
            int at = (int) ((i + Curves.between(0.2, 0.8, random)) * length / 3);
            for (double[] electrode : potentials) {
                double size = strength * Curves.between(-0.8, 0.8, random);
                for (int t = at; t < length; t++) {
                    electrode[t] += size;
                }
            }
        }
    }
}
