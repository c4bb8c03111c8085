package org.einthoven.meta.metrics;

/** A confidence interval; both ends NaN when the data do not determine one. */
public record Interval(double low, double high) {
    public static final Interval UNKNOWN = new Interval(Double.NaN, Double.NaN);

    public boolean isKnown() {
        return !Double.isNaN(low) && !Double.isNaN(high);
    }

    /** Whether all of it lies within {@code distance} of a value. */
    public boolean within(double value, double distance) {
        return low >= value - distance && high <= value + distance;
    }

    public boolean isAbove(double value) {
        return low > value;
    }
}
