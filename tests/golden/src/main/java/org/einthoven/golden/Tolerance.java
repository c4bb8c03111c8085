package org.einthoven.golden;

/** {@code |got - want| <= absolute + relative * |want|}. */
record Tolerance(double relative, double absolute) {
    boolean allows(double got, double want) {
        return got == want
                || Double.isNaN(got) && Double.isNaN(want)
                || Math.abs(got - want) <= absolute + relative * Math.abs(want);
    }
}
