package org.einthoven.data.synthetic;

import static org.einthoven.data.synthetic.Finding.*;

import java.util.Set;
import java.util.random.RandomGenerator;

/** What the patient's body adds to the heart's potentials: breath, muscles, movement, arteries. */
final class Movement {
    private Movement() {}

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
            drift(electrode, 0.045 * difficulty.noise(), hz, random);
        }
        if (findings.contains(BASELINE_DRIFT)) {
            for (double[] electrode : potentials) {
                drift(electrode, Curves.between(0.25, 0.5, random) * e.of(BASELINE_DRIFT), hz, random);
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
        if (findings.contains(CHEWING)) {
            chewing(potentials, hz, e.of(CHEWING), random);
        }
        if (findings.contains(HICCUPS)) {
            hiccups(potentials, hz, e.of(HICCUPS), random);
        }
        if (findings.contains(CHEST_COMPRESSIONS)) {
            compressions(potentials, hz, e.of(CHEST_COMPRESSIONS), random);
        }
        if (findings.contains(FOOTSTEPS)) {
            footsteps(potentials, hz, e.of(FOOTSTEPS), random);
        }
        if (findings.contains(FINGER_TAPPING)) {
            tapping(potentials, hz, e.of(FINGER_TAPPING), random);
        }
        if (findings.contains(PULSE_ARTEFACT)) {
            pulse(potentials[Torso.LEFT_ARM], rhythm, hz, e.of(PULSE_ARTEFACT));
        }
    }

    /** Breathing and movement: three slow sines. */
    private static void drift(double[] x, double size, double hz, RandomGenerator random) {
        for (int i = 0; i < 3; i++) {
            Curves.addSine(x, size * random.nextDouble(), Curves.between(0.12, 0.55, random) / hz, random.nextDouble());
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

    /** The muscles of the jaw, three times in two seconds, strongest at the arms. */
    private static void chewing(double[][] potentials, double hz, double strength, RandomGenerator random) {
        int period = (int) (hz * Curves.between(0.6, 0.75, random));
        int duration = (int) (0.22 * hz);
        int first = random.nextInt(period - duration);
        for (int from = first; from + duration < potentials[0].length; from += period) {
            for (int electrode = 0; electrode < potentials.length; electrode++) {
                double size = (electrode < Torso.V1 ? 0.30 : 0.12) * strength;
                tremor(potentials[electrode], from, from + duration, size, random);
            }
        }
    }

    /** The diaphragm: a few slow jolts of the whole chest. */
    private static void hiccups(double[][] potentials, double hz, double strength, RandomGenerator random) {
        for (int i = 0; i < 3; i++) {
            double at = (i + Curves.between(0.2, 0.8, random)) * potentials[0].length / 3;
            double width = Curves.between(0.07, 0.11, random) * hz;
            for (double[] electrode : potentials) {
                Curves.addBump(electrode, at, width, strength * Curves.between(-2.2, 2.2, random));
            }
        }
    }

    /** About 110 a minute, with an overtone, another size at every electrode. */
    private static void compressions(double[][] potentials, double hz, double strength, RandomGenerator random) {
        double turns = Curves.between(1.7, 2.0, random) / hz;
        double phase = random.nextDouble();
        for (double[] electrode : potentials) {
            double size = strength * Curves.between(-0.8, 0.8, random);
            Curves.addSine(electrode, size, turns, phase);
            Curves.addSine(electrode, 0.5 * size, 2 * turns, 2 * phase + 0.2);
        }
    }

    /** About two a second: each shakes all electrodes, and the shaking dies away. */
    private static void footsteps(double[][] potentials, double hz, double strength, RandomGenerator random) {
        double period = Curves.between(0.48, 0.6, random) * hz;
        double[] size = sizes(potentials.length, 0.9 * strength, random);
        for (double at = period * random.nextDouble(); at < potentials[0].length; at += period) {
            for (int electrode = 0; electrode < size.length; electrode++) {
                for (int t = (int) Math.ceil(at); t < Math.min(potentials[0].length, at + 0.4 * hz); t++) {
                    double since = (t - at) / hz;
                    potentials[electrode][t] +=
                            size[electrode] * Curves.sine(7 * since) * Curves.gaussian(since / 0.11);
                }
            }
        }
    }

    /** A finger on one chest electrode: narrow pushes, all of one size. */
    private static void tapping(double[][] potentials, double hz, double strength, RandomGenerator random) {
        double period = hz / Curves.between(3, 4, random);
        double[] tapped = potentials[Torso.V1 + random.nextInt(6)];
        for (double at = period * random.nextDouble(); at < tapped.length; at += period) {
            Curves.addBump(tapped, at, 0.022 * hz, 1.6 * strength);
        }
    }

    /** An electrode on an artery: a wave behind every beat of the ventricles. */
    private static void pulse(double[] x, Rhythm rhythm, double hz, double strength) {
        for (Rhythm.Beat beat : rhythm.beats()) {
            if (beat.origin() != Rhythm.Origin.BLOCKED) {
                Curves.addBump(x, (beat.time() + 0.40) * hz, 0.055 * hz, 0.9 * strength);
            }
        }
    }

    /** Of either sign, another at each electrode. */
    private static double[] sizes(int electrodes, double most, RandomGenerator random) {
        double[] sizes = new double[electrodes];
        for (int i = 0; i < electrodes; i++) {
            sizes[i] = Curves.between(-most, most, random);
        }
        return sizes;
    }
}
