package org.einthoven.tensor.reference;

/**
 * erf to double precision. For small |x| the Maclaurin series of e^(x^2) erf(x), all of whose terms are positive
 * (Abramowitz and Stegun 7.1.6); beyond, 1 - erfc by Lentz's evaluation of the continued fraction (7.1.14).
 */
final class ErrorFunction {
    private static final double TWO_OVER_SQRT_PI = 2 / Math.sqrt(Math.PI);

    private ErrorFunction() {}

    static double erf(double x) {
        if (Double.isNaN(x)) {
            return x;
        }
        double a = Math.abs(x);
        double y = a < 2.5 ? series(a) : a > 6 ? 1 : 1 - complement(a);
        return Math.copySign(y, x);
    }

    private static double series(double x) {
        double term = x;
        double sum = x;
        for (int n = 1; term > 1e-17 * sum; n++) {
            term *= 2 * x * x / (2 * n + 1);
            sum += term;
        }
        return TWO_OVER_SQRT_PI * Math.exp(-x * x) * sum;
    }

    /** erfc(x) = e^(-x^2)/sqrt(pi) * 1/(x + (1/2)/(x + 1/(x + (3/2)/(x + ...)))). */
    private static double complement(double x) {
        double f = x;
        for (int n = 60; n >= 1; n--) {
            f = x + 0.5 * n / f;
        }
        return Math.exp(-x * x) / (Math.sqrt(Math.PI) * f);
    }
}
