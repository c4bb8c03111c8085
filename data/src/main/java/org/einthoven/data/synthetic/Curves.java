package org.einthoven.data.synthetic;

import java.util.random.RandomGenerator;

/** Numbers the synthesiser is made of, the same bits on every machine: no Math function whose last bit may differ. */
final class Curves {
    /** Beyond so many widths a Gaussian is nothing. */
    static final double REACH = 4;

    private static final int STEPS = 1024;
    private static final double[] GAUSSIAN = new double[(int) (REACH * STEPS) + 2];
    private static final double[] SINE = new double[4 * STEPS + 1];

    static {
        for (int i = 0; i < GAUSSIAN.length; i++) {
            double x = i / (double) STEPS;
            GAUSSIAN[i] = StrictMath.exp(-0.5 * x * x);
        }
        for (int i = 0; i < SINE.length; i++) {
            SINE[i] = StrictMath.sin(2 * Math.PI * i / (SINE.length - 1));
        }
    }

    private Curves() {}

    /** exp(-x^2 / 2), 0 beyond {@link #REACH}. */
    static double gaussian(double x) {
        double at = Math.abs(x) * STEPS;
        int i = (int) at;
        return i + 1 >= GAUSSIAN.length ? 0 : GAUSSIAN[i] + (at - i) * (GAUSSIAN[i + 1] - GAUSSIAN[i]);
    }

    /** The sine of {@code turns} full turns. */
    static double sine(double turns) {
        double at = (turns - Math.floor(turns)) * (SINE.length - 1);
        int i = Math.min((int) at, SINE.length - 2);
        return SINE[i] + (at - i) * (SINE[i + 1] - SINE[i]);
    }

    /**
     * Nearly a standard normal: the sum of the four 16-bit parts of one draw (Irwin and Hall), within 3.5 of 0. Cheap, and
     * exact in its bits.
     */
    static double normal(RandomGenerator random) {
        long bits = random.nextLong();
        long sum = (bits & 0xFFFF) + (bits >>> 16 & 0xFFFF) + (bits >>> 32 & 0xFFFF) + (bits >>> 48);
        return (sum - 131070) * (1 / 37837.0);
    }

    static double between(double low, double high, RandomGenerator random) {
        return low + (high - low) * random.nextDouble();
    }

    /** Adds a sine to all of {@code x}. */
    static void addSine(double[] x, double size, double turnsPerSample, double phase) {
        for (int t = 0; t < x.length; t++) {
            x[t] += size * sine(turnsPerSample * t + phase);
        }
    }

    /** Adds a Gaussian around sample {@code at}. */
    static void addBump(double[] x, double at, double width, double size) {
        int first = (int) Math.max(0, at - REACH * width);
        int last = (int) Math.min(x.length - 1, at + REACH * width);
        for (int t = first; t <= last; t++) {
            x[t] += size * gaussian((t - at) / width);
        }
    }
}
