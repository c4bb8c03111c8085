package org.einthoven.verify.hyperdual;

/**
 * A number f + f1 e1 + f2 e2 + f12 e1 e2, where e1 e1 = e2 e2 = 0 (Fike and Alonso, "The Development of Hyper-Dual Numbers
 * for Exact Second-Derivative Calculations", AIAA 2011-886). A function computed at x + v e1 + w e2 gives in its parts f(x),
 * the derivatives along v and along w, and the second derivative v' H w: to rounding, with no step size and no cancellation.
 *
 * <p>Write any kernel over these numbers and read off what its gradient and its Hessian must be.
 */
public record HyperDual(double f, double f1, double f2, double f12) {
    public static final HyperDual ZERO = constant(0);
    public static final HyperDual ONE = constant(1);

    /** A number that no direction moves. */
    public static HyperDual constant(double f) {
        return new HyperDual(f, 0, 0, 0);
    }

    /** The number x that moves by v along e1 and by w along e2. */
    public static HyperDual along(double x, double v, double w) {
        return new HyperDual(x, v, w, 0);
    }

    public boolean isConstant() {
        return f1 == 0 && f2 == 0 && f12 == 0;
    }

    /** g(this) for a function with g(f), g'(f) and g''(f): the chain rule to second order. */
    public HyperDual lift(double g, double slope, double curvature) {
        return isConstant() ? constant(g) : new HyperDual(g, slope * f1, slope * f2, slope * f12 + curvature * f1 * f2);
    }

    /** The same value with derivatives that are not there. */
    HyperDual withoutDerivatives() {
        return new HyperDual(f, Double.NaN, Double.NaN, Double.NaN);
    }

    // ---------------------------------------------------------------- the ring

    public HyperDual plus(HyperDual b) {
        return new HyperDual(f + b.f, f1 + b.f1, f2 + b.f2, f12 + b.f12);
    }

    public HyperDual plus(double b) {
        return new HyperDual(f + b, f1, f2, f12);
    }

    public HyperDual minus(HyperDual b) {
        return new HyperDual(f - b.f, f1 - b.f1, f2 - b.f2, f12 - b.f12);
    }

    public HyperDual times(HyperDual b) {
        return new HyperDual(
                f * b.f, f * b.f1 + f1 * b.f, f * b.f2 + f2 * b.f, f * b.f12 + f1 * b.f2 + f2 * b.f1 + f12 * b.f);
    }

    public HyperDual times(double b) {
        return new HyperDual(f * b, f1 * b, f2 * b, f12 * b);
    }

    public HyperDual over(HyperDual b) {
        return times(b.recip());
    }

    public HyperDual negated() {
        return times(-1);
    }

    // ---------------------------------------------------------------- functions

    public HyperDual recip() {
        double r = 1 / f;
        return lift(r, -r * r, 2 * r * r * r);
    }

    public HyperDual exp() {
        double e = Math.exp(f);
        return lift(e, e, e);
    }

    public HyperDual log() {
        return lift(Math.log(f), 1 / f, -1 / (f * f));
    }

    public HyperDual sqrt() {
        double s = Math.sqrt(f);
        return lift(s, 0.5 / s, -0.25 / (f * s));
    }

    public HyperDual sin() {
        return lift(Math.sin(f), Math.cos(f), -Math.sin(f));
    }

    public HyperDual cos() {
        return lift(Math.cos(f), -Math.sin(f), -Math.cos(f));
    }

    public HyperDual tanh() {
        double sech = 1 / Math.cosh(f);
        return lift(Math.tanh(f), sech * sech, -2 * Math.tanh(f) * sech * sech);
    }

    /** 1 / (1 + e^-x). */
    public HyperDual sigmoid() {
        double e = Math.exp(-Math.abs(f));
        double slope = e / ((1 + e) * (1 + e));
        return lift(f < 0 ? e / (1 + e) : 1 / (1 + e), slope, -slope * Math.tanh(f / 2));
    }

    /** log(1 + e^x). */
    public HyperDual softplus() {
        HyperDual s = constant(f).sigmoid();
        double e = Math.exp(-Math.abs(f));
        return lift(Math.max(f, 0) + Math.log1p(e), s.f, e / ((1 + e) * (1 + e)));
    }

    /** The error function, whose derivative is 2 / sqrt(pi) e^(-x^2). */
    public HyperDual erf() {
        double density = 2 / Math.sqrt(Math.PI) * Math.exp(-f * f);
        return lift(density == 0 ? Math.signum(f) : density * erfOverDensity(f), density, -2 * f * density);
    }

    /** sum over n of 2^n x^(2n+1) / (1 3 5 ... (2n+1)), DLMF 7.6.2: no terms of two signs, so no cancellation. */
    private static double erfOverDensity(double x) {
        double term = x;
        double sum = x;
        for (int n = 1; Math.abs(term) > 1e-18 * Math.abs(sum); n++) {
            term *= 2 * x * x / (2 * n + 1);
            sum += term;
        }
        return sum;
    }

    /** x^p for a constant p. */
    public HyperDual pow(double p) {
        return lift(Math.pow(f, p), monomial(p, p - 1), monomial(p * (p - 1), p - 2));
    }

    /** A coefficient of zero wins over a power that has run to infinity. */
    private double monomial(double coefficient, double exponent) {
        return coefficient == 0 ? 0 : coefficient * Math.pow(f, exponent);
    }
}
