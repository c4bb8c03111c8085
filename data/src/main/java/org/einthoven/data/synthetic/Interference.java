package org.einthoven.data.synthetic;

import static org.einthoven.data.synthetic.Finding.*;

import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * What the room adds, its currents and machines. As everything that is not the heart it comes in at the electrodes, so that
 * the leads stay consistent with one another, as in a real machine.
 */
final class Interference {
    private static final double MAINS_HZ = 50;
    private static final double RAILWAY_HZ = 50 / 3.0;

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
            white(electrode, 0, electrode.length, 0.010 * difficulty.noise(), random);
        }
        if (findings.contains(STATIC_NOISE)) {
            double phase = random.nextDouble();
            for (double[] electrode : potentials) {
                Curves.addSine(
                        electrode, Curves.between(0.06, 0.18, random) * e.of(STATIC_NOISE), MAINS_HZ / hz, phase);
            }
        }
        if (findings.contains(RAILWAY_CURRENT)) {
            together(potentials, 0.35 * e.of(RAILWAY_CURRENT), RAILWAY_HZ / hz, random);
        }
        if (findings.contains(DIALYSIS_RIPPLE)) {
            together(potentials, 0.20 * e.of(DIALYSIS_RIPPLE), Curves.between(8.5, 10, random) / hz, random);
        }
        if (findings.contains(SQUARE_WAVES)) {
            squares(potentials, hz, e.of(SQUARE_WAVES), random);
        }
        if (findings.contains(SAWTOOTH_BASELINE)) {
            sawtooth(potentials, hz, e.of(SAWTOOTH_BASELINE), random);
        }
        if (findings.contains(NERVE_STIMULATOR)) {
            stimulator(potentials, hz, e.of(NERVE_STIMULATOR), random);
        }
        if (findings.contains(SCANNER_PULSES)) {
            scanner(potentials, hz, e.of(SCANNER_PULSES), random);
        }
        if (findings.contains(RADIO_INTERFERENCE)) {
            radio(potentials, hz, e.of(RADIO_INTERFERENCE), random);
        }
        if (findings.contains(ALARM_TONES)) {
            alarm(potentials, hz, e.of(ALARM_TONES), random);
        }
        if (findings.contains(RANDOM_CLICKS)) {
            clicks(potentials, hz, e.of(RANDOM_CLICKS), random);
        }
        if (findings.contains(ELECTROCAUTERY)) {
            cautery(potentials, hz, e.of(ELECTROCAUTERY), random);
        }
        if (findings.contains(DEFIBRILLATOR_SHOCK)) {
            shock(potentials, hz, e.of(DEFIBRILLATOR_SHOCK), random);
        }
    }

    private static void white(double[] x, int from, int to, double size, RandomGenerator random) {
        for (int t = from; t < to; t++) {
            x[t] += size * Curves.normal(random);
        }
    }

    /** One sine through all electrodes, of another size at each. */
    private static void together(double[][] potentials, double size, double turnsPerSample, RandomGenerator random) {
        double phase = random.nextDouble();
        for (double[] electrode : potentials) {
            Curves.addSine(electrode, size * Curves.between(-1, 1, random), turnsPerSample, phase);
        }
    }

    /** A machine that switches on and off, about three times a second. */
    private static void squares(double[][] potentials, double hz, double strength, RandomGenerator random) {
        double turns = Curves.between(2.6, 3.4, random) / hz;
        double phase = random.nextDouble();
        for (double[] electrode : potentials) {
            double size = strength * Curves.between(-0.5, 0.5, random);
            for (int t = 0; t < electrode.length; t++) {
                electrode[t] += Curves.sine(turns * t + phase) > 0 ? size : -size;
            }
        }
    }

    /** Slow ramps that snap back, a little faster than one a second. */
    private static void sawtooth(double[][] potentials, double hz, double strength, RandomGenerator random) {
        double turns = Curves.between(1.1, 1.5, random) / hz;
        double phase = random.nextDouble();
        for (double[] electrode : potentials) {
            double size = strength * Curves.between(-1.2, 1.2, random);
            for (int t = 0; t < electrode.length; t++) {
                double at = turns * t + phase;
                electrode[t] += size * (at - Math.floor(at) - 0.5);
            }
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

    /** The gradients of a scanner: five quick swings, a pause, and again, about twice a second. */
    private static void scanner(double[][] potentials, double hz, double strength, RandomGenerator random) {
        int period = (int) (hz / Curves.between(1.8, 2.3, random));
        int from = random.nextInt(period);
        for (double[] electrode : potentials) {
            double size = strength * Curves.between(-1, 1, random);
            for (int start = from; start < electrode.length; start += period) {
                for (int t = start; t < Math.min(electrode.length, start + 0.2 * hz); t++) {
                    electrode[t] += Curves.sine((t - start) * 25 / hz) > 0 ? size : -size;
                }
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

    /** A tone of about 65 Hz, a quarter of a second long, every second. */
    private static void alarm(double[][] potentials, double hz, double strength, RandomGenerator random) {
        double carrier = Curves.between(60, 70, random) / hz;
        int period = (int) (Curves.between(0.9, 1.1, random) * hz);
        int from = random.nextInt(period / 2);
        for (double[] electrode : potentials) {
            double size = 0.7 * strength * Curves.between(0.5, 1, random);
            for (int t = from; t < electrode.length; t++) {
                electrode[t] += (t - from) % period < 0.25 * hz ? size * Curves.sine(carrier * t) : 0;
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

    /** A surgeon's current: a second and a half in which nothing else is seen. */
    private static void cautery(double[][] potentials, double hz, double strength, RandomGenerator random) {
        int duration = (int) Math.min(potentials[0].length, 1.5 * hz);
        int from = random.nextInt(potentials[0].length - duration + 1);
        for (double[] electrode : potentials) {
            white(electrode, from, from + duration, 0.7 * strength, random);
        }
    }

    /** One blow of both signs, from which the electrodes come back within a second. */
    private static void shock(double[][] potentials, double hz, double strength, RandomGenerator random) {
        int length = potentials[0].length;
        int at = (int) (length * Curves.between(0.15, 0.7, random));
        double keep = 1 - 1 / (0.35 * hz);
        for (double[] electrode : potentials) {
            double size = strength * Curves.between(2, 5, random) * (random.nextBoolean() ? 1 : -1);
            double level = -0.4 * size;
            for (int t = at; t < length; t++) {
                electrode[t] += t < at + 0.012 * hz ? size : level;
                level *= keep;
            }
        }
    }
}
