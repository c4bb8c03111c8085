package org.einthoven.data.ecg;

/**
 * Band-limited resampling by a Kaiser-windowed sinc (Smith and Gossett, "A flexible sampling-rate conversion method", ICASSP
 * 1984). The pass band reaches 0.9 of the lower of the two Nyquist frequencies, so a 100 Hz record keeps everything below
 * 45 Hz.
 */
final class Resampler {
    /** Zero crossings of the sinc on either side. */
    private static final int CROSSINGS = 24;

    private static final double KAISER_BETA = 8.0;
    private static final double PASS_BAND = 0.9;

    /** Half of the windowed sinc, finely sampled; between two entries a straight line is right to 2e-7. */
    private static final double[] KERNEL = kernel(1 << 16);

    private Resampler() {}

    /**
     * {@code x} at rate {@code from}, brought to rate {@code to} (both Hz). Sample i of the result stands at time i / to.
     * Near the ends the weights are normalised over the samples that are there.
     */
    static float[] resample(float[] x, double from, double to) {
        float[] out = new float[length(x.length, from, to)];
        double reach = CROSSINGS / (PASS_BAND * Math.min(1, to / from));
        double scale = (KERNEL.length - 1) / reach;
        for (int i = 0; i < out.length; i++) {
            double centre = i * from / to;
            int first = (int) Math.max(0, Math.ceil(centre - reach));
            int last = (int) Math.min(x.length - 1, Math.floor(centre + reach));
            double sum = 0;
            double weights = 0;
            for (int j = first; j <= last; j++) {
                double at = Math.abs(j - centre) * scale;
                int k = Math.min((int) at, KERNEL.length - 2);
                double w = KERNEL[k] + (at - k) * (KERNEL[k + 1] - KERNEL[k]);
                sum += w * x[j];
                weights += w;
            }
            out[i] = (float) (sum / weights);
        }
        return out;
    }

    /** How many samples {@code n} samples at rate {@code from} become at rate {@code to}. */
    static int length(int n, double from, double to) {
        return Math.toIntExact((long) Math.floor((n - 1) / from * to + 1e-9) + 1);
    }

    private static double[] kernel(int size) {
        double[] k = new double[size + 1];
        double atCentre = besselI0(KAISER_BETA);
        for (int i = 0; i <= size; i++) {
            double r = i / (double) size;
            double x = Math.PI * CROSSINGS * r;
            double sinc = i == 0 ? 1 : StrictMath.sin(x) / x;
            k[i] = sinc * besselI0(KAISER_BETA * Math.sqrt(1 - r * r)) / atCentre;
        }
        return k;
    }

    /** Modified Bessel function of the first kind and order zero, by its power series. */
    private static double besselI0(double x) {
        double term = 1;
        double sum = 1;
        for (int k = 1; term > 1e-12 * sum; k++) {
            term *= (x / (2 * k)) * (x / (2 * k));
            sum += term;
        }
        return sum;
    }
}
