package org.einthoven.data.synthetic;

import static org.einthoven.data.synthetic.Finding.*;

import java.util.Arrays;
import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * What the recording machine does to the signal: gain, filters, range and resolution of its amplifiers. It treats every
 * electrode alike, so that the leads stay consistent with one another.
 */
final class Recorder {
    private Recorder() {}

    /** Changes potentials [electrode][t] in mV as the findings say. */
    static void distort(double[][] potentials, Set<Finding> findings, double hz, Expression e, RandomGenerator random) {
        if (findings.contains(FLAT_CHEST_LEADS)) {
            disconnect(potentials, random);
        }
        if (findings.contains(REVERSED_POLARITY)) {
            amplify(potentials, -1);
        }
        if (findings.contains(DOUBLED_GAIN)) {
            amplify(potentials, 2);
        }
        if (findings.contains(AMPLIFIER_SETTLING)) {
            settle(potentials, hz, e.of(AMPLIFIER_SETTLING), random);
        }
        if (findings.contains(OVERSMOOTHING)) {
            for (double[] electrode : potentials) {
                smooth(electrode, (int) (0.045 * hz * e.of(OVERSMOOTHING)));
            }
        }
        if (findings.contains(HIGH_PASS_DISTORTION)) {
            for (double[] electrode : potentials) {
                removeSlow(electrode, 1 / (0.10 * hz) * e.of(HIGH_PASS_DISTORTION));
            }
        }
        if (findings.contains(FILTER_RINGING)) {
            for (double[] electrode : potentials) {
                ring(electrode, hz, e.of(FILTER_RINGING));
            }
        }
        if (findings.contains(ECHO)) {
            for (double[] electrode : potentials) {
                echo(electrode, (int) (0.18 * hz), 0.7 * e.of(ECHO));
            }
        }
        if (findings.contains(CROSSTALK)) {
            leak(potentials, 0.8 * e.of(CROSSTALK));
        }
        if (findings.contains(FADING_SIGNAL)) {
            fade(potentials);
        }
        if (findings.contains(PULSATING_GAIN)) {
            pulsate(potentials, hz, random);
        }
        if (findings.contains(CALIBRATION_PULSE)) {
            calibrate(potentials, hz, random);
        }
        if (findings.contains(SIGNAL_DROPOUTS)) {
            dropOut(potentials, hz, random);
        }
        if (findings.contains(FROZEN_ENDING)) {
            freeze(potentials, (int) (potentials[0].length - Curves.between(1.0, 1.5, random) * hz));
        }
        if (findings.contains(RECTIFIED_SIGNAL)) {
            rectify(potentials);
        }
        if (findings.contains(DEAD_ZONE)) {
            cutMiddle(potentials, 0.12 * e.of(DEAD_ZONE));
        }
        if (findings.contains(COMPRESSED_RANGE)) {
            compress(potentials);
        }
        if (findings.contains(CLIPPED_PEAKS)) {
            clip(potentials, 0.32 / e.of(CLIPPED_PEAKS));
        }
        if (findings.contains(SLOW_SAMPLING)) {
            hold(potentials, (int) (0.05 * hz));
        }
        if (findings.contains(COARSE_DIGITISATION)) {
            digitise(potentials, 0.30 * e.of(COARSE_DIGITISATION));
        }
    }

    private static void amplify(double[][] potentials, double gain) {
        for (double[] electrode : potentials) {
            for (int t = 0; t < electrode.length; t++) {
                electrode[t] *= gain;
            }
        }
    }

    /** Four neighbouring chest electrodes carry what the central terminal carries: their leads are flat. */
    private static void disconnect(double[][] potentials, RandomGenerator random) {
        int first = Torso.V1 + random.nextInt(3);
        for (int chest = first; chest < first + 4; chest++) {
            for (int t = 0; t < potentials[chest].length; t++) {
                potentials[chest][t] =
                        (potentials[Torso.RIGHT_ARM][t] + potentials[Torso.LEFT_ARM][t] + potentials[Torso.LEFT_LEG][t])
                                / 3;
            }
        }
    }

    /** After switching on: every electrode comes back from far out, within a second or two. */
    private static void settle(double[][] potentials, double hz, double strength, RandomGenerator random) {
        double keep = 1 - 1 / (Curves.between(0.7, 1.3, random) * hz);
        for (double[] electrode : potentials) {
            double level = strength * Curves.between(-2, 2, random);
            for (int t = 0; t < electrode.length; t++) {
                electrode[t] += level;
                level *= keep;
            }
        }
    }

    /** A moving mean over {@code reach} samples to either side. */
    private static void smooth(double[] x, int reach) {
        double[] before = x.clone();
        for (int t = 0; t < x.length; t++) {
            double sum = 0;
            for (int i = t - reach; i <= t + reach; i++) {
                sum += before[Math.max(0, Math.min(x.length - 1, i))];
            }
            x[t] = sum / (2 * reach + 1);
        }
    }

    /** A high pass of first order: what changes slowly is followed and taken away. */
    private static void removeSlow(double[] x, double rate) {
        double slow = x[0];
        for (int t = 0; t < x.length; t++) {
            slow += rate * (x[t] - slow);
            x[t] -= slow;
        }
    }

    /** A filter that is nearly unstable: every quick change goes on swinging at about 18 Hz. */
    private static void ring(double[] x, double hz, double strength) {
        double turns = 18 / hz;
        double radius = 1 - 8 / hz;
        double turn = 2 * radius * Curves.sine(turns + 0.25);
        double before = 0;
        double last = 0;
        for (int t = x.length - 1; t > 0; t--) {
            x[t] -= x[t - 1];
        }
        x[0] = 0;
        double level = 0;
        for (int t = 0; t < x.length; t++) {
            double now = turn * last - radius * radius * before + x[t];
            before = last;
            last = now;
            level += x[t];
            x[t] = level + 0.5 * strength * (now - x[t]);
        }
    }

    /** Everything comes once more, a little later and smaller. */
    private static void echo(double[] x, int delay, double size) {
        for (int t = x.length - 1; t >= delay; t--) {
            x[t] += size * x[t - delay];
        }
    }

    /** A share of the leg's potential gets into the cables of the left arm and of the chest. */
    private static void leak(double[][] potentials, double share) {
        double[] leg = potentials[Torso.LEFT_LEG];
        for (int electrode = 0; electrode < potentials.length; electrode++) {
            if (electrode == Torso.LEFT_ARM || electrode >= Torso.V1) {
                for (int t = 0; t < leg.length; t++) {
                    potentials[electrode][t] += share * leg[t];
                }
            }
        }
    }

    /** The gain falls along the strip to a tenth. */
    private static void fade(double[][] potentials) {
        int length = potentials[0].length;
        for (double[] electrode : potentials) {
            for (int t = 0; t < length; t++) {
                electrode[t] *= 1 - 0.9 * t / length;
            }
        }
    }

    /** The gain swings about five times a second. */
    private static void pulsate(double[][] potentials, double hz, RandomGenerator random) {
        double turns = Curves.between(4.5, 5.5, random) / hz;
        for (double[] electrode : potentials) {
            for (int t = 0; t < electrode.length; t++) {
                electrode[t] *= 1.3 + 1.2 * Curves.sine(turns * t);
            }
        }
    }

    /** From sample {@code from} on, nothing moves any more. */
    private static void freeze(double[][] potentials, int from) {
        for (double[] electrode : potentials) {
            Arrays.fill(electrode, from, electrode.length, electrode[from]);
        }
    }

    /** What goes down goes up. */
    private static void rectify(double[][] potentials) {
        for (double[] electrode : potentials) {
            for (int t = 0; t < electrode.length; t++) {
                electrode[t] = Math.abs(electrode[t]);
            }
        }
    }

    /** Nothing smaller than {@code size} mV passes. */
    private static void cutMiddle(double[][] potentials, double size) {
        for (double[] electrode : potentials) {
            for (int t = 0; t < electrode.length; t++) {
                double x = electrode[t];
                electrode[t] = x > size ? x - size : x < -size ? x + size : 0;
            }
        }
    }

    /** A square root: small waves grow, great ones do not. */
    private static void compress(double[][] potentials) {
        for (double[] electrode : potentials) {
            for (int t = 0; t < electrode.length; t++) {
                electrode[t] = Math.signum(electrode[t]) * 0.6 * Math.sqrt(Math.abs(electrode[t]));
            }
        }
    }

    /** Each value stands for {@code samples} samples. */
    private static void hold(double[][] potentials, int samples) {
        for (double[] electrode : potentials) {
            for (int t = 0; t < electrode.length; t++) {
                electrode[t] = electrode[t - t % samples];
            }
        }
    }

    /** A square pulse of a fifth of a second, 1 mV in lead I and in the chest leads. */
    private static void calibrate(double[][] potentials, double hz, RandomGenerator random) {
        int duration = (int) (0.2 * hz);
        int from = random.nextInt(potentials[0].length - duration);
        for (int electrode = 0; electrode < potentials.length; electrode++) {
            double size =
                    switch (electrode) {
                        case Torso.RIGHT_ARM -> 0;
                        case Torso.LEFT_ARM -> 1;
                        case Torso.LEFT_LEG -> 2;
                        default -> 2; // 1 mV against the central terminal
                    };
            for (int t = from; t < from + duration; t++) {
                potentials[electrode][t] += size;
            }
        }
    }

    /** Nothing is recorded for half a second, three times. */
    private static void dropOut(double[][] potentials, double hz, RandomGenerator random) {
        int length = potentials[0].length;
        int duration = (int) (0.5 * hz);
        for (int i = 0; i < 3; i++) {
            int from = i * length / 3 + random.nextInt(length / 3 - duration);
            for (double[] electrode : potentials) {
                Arrays.fill(electrode, from, from + duration, 0);
            }
        }
    }

    private static void clip(double[][] potentials, double limit) {
        for (double[] electrode : potentials) {
            for (int t = 0; t < electrode.length; t++) {
                electrode[t] = Math.max(-limit, Math.min(limit, electrode[t]));
            }
        }
    }

    private static void digitise(double[][] potentials, double step) {
        for (double[] electrode : potentials) {
            for (int t = 0; t < electrode.length; t++) {
                electrode[t] = step * Math.rint(electrode[t] / step);
            }
        }
    }
}
