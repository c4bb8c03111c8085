package org.einthoven.bench;

/** Results as floats. */
public final class Floats {
    private Floats() {}

    public static float[] of(double[] x) {
        float[] y = new float[x.length];
        for (int i = 0; i < x.length; i++) {
            y[i] = (float) x[i];
        }
        return y;
    }

    /**
     * The largest difference between two results, by the largest number in the first.
     *
     * @throws IllegalStateException when they are of different length
     */
    static double difference(float[] want, float[] got) {
        if (want.length != got.length) {
            throw new IllegalStateException(want.length + " numbers against " + got.length);
        }
        double largest = 0;
        double off = 0;
        for (int i = 0; i < want.length; i++) {
            largest = Math.max(largest, Math.abs(want[i]));
            double d = Math.abs((double) want[i] - got[i]);
            off = Double.isNaN(d) ? Double.POSITIVE_INFINITY : Math.max(off, d);
        }
        return off / largest;
    }
}
