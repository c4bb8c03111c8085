package org.einthoven.verify.hyperdual;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** The numbers themselves: a commutative ring, and functions that keep the identities of analysis to second order. */
class HyperDualTest {
    private static final HyperDual X = new HyperDual(0.7, 1.3, -0.4, 0.9);
    private static final HyperDual Y = new HyperDual(-1.1, 0.2, 2.5, -0.6);
    private static final HyperDual Z = new HyperDual(0.3, -2, 0.8, 1.7);

    @Test
    void theUnitsAreNilpotentAndTheirProductIsNot() {
        HyperDual e1 = new HyperDual(0, 1, 0, 0);
        HyperDual e2 = new HyperDual(0, 0, 1, 0);
        assertEquals(HyperDual.ZERO, e1.times(e1));
        assertEquals(HyperDual.ZERO, e2.times(e2));
        assertEquals(new HyperDual(0, 0, 0, 1), e1.times(e2));
    }

    @Test
    void theyAreACommutativeRing() {
        close(X.times(Y), Y.times(X));
        close(X.times(Y).times(Z), X.times(Y.times(Z)));
        close(X.times(Y.plus(Z)), X.times(Y).plus(X.times(Z)));
        close(X, X.times(HyperDual.ONE));
        close(HyperDual.ONE, X.times(X.recip()));
        close(X.minus(Y), X.plus(Y.negated()));
    }

    @Test
    void aPolynomialHasTheDerivativesOfPaper() {
        // x^3 y at (2, 5), moving by (1, 0) along e1 and by (0, 1) along e2.
        HyperDual x = HyperDual.along(2, 1, 0);
        HyperDual y = HyperDual.along(5, 0, 1);
        assertEquals(new HyperDual(40, 60, 8, 12), x.times(x).times(x).times(y));
        // twice along the same direction: the second derivative 6 x y
        HyperDual twice = HyperDual.along(2, 1, 1);
        assertEquals(60, twice.pow(3).times(5).f12(), 1e-13);
    }

    /** Pairs of functions that are one and the same. */
    @Test
    void identitiesHoldToSecondOrder() {
        record Identity(String name, UnaryOperator<HyperDual> left, UnaryOperator<HyperDual> right) {}
        for (Identity i : List.of(
                new Identity("log e^x = x", x -> x.exp().log(), x -> x),
                new Identity("sqrt x^2 = x", x -> x.times(x).sqrt(), x -> x),
                new Identity("x^0.5 = sqrt x", x -> x.pow(0.5), HyperDual::sqrt),
                new Identity("x^-1 = 1/x", x -> x.pow(-1), HyperDual::recip),
                new Identity("x^0 = 1", x -> x.pow(0), x -> HyperDual.ONE),
                new Identity(
                        "sin^2 = 1 - cos^2",
                        x -> x.sin().times(x.sin()),
                        x -> x.cos().times(x.cos()).negated().plus(1)),
                new Identity(
                        "sigmoid = (1 + tanh x/2) / 2",
                        HyperDual::sigmoid,
                        x -> x.times(0.5).tanh().plus(1).times(0.5)),
                new Identity(
                        "sigmoid = 1 / (1 + e^-x)",
                        HyperDual::sigmoid,
                        x -> x.negated().exp().plus(1).recip()),
                new Identity("softplus = log(1 + e^x)", HyperDual::softplus, x -> x.exp()
                        .plus(1)
                        .log()),
                new Identity(
                        "erf is odd", HyperDual::erf, x -> x.negated().erf().negated()),
                new Identity("tanh = (e^x - e^-x) / (e^x + e^-x)", HyperDual::tanh, x -> x.exp()
                        .minus(x.negated().exp())
                        .over(x.exp().plus(x.negated().exp()))))) {
            close(i.name, i.left.apply(X), i.right.apply(X));
        }
    }

    /** DLMF table 7.23 and beyond: small, on both sides of the bend, and where it has become 1. */
    @Test
    void theErrorFunction() {
        assertEquals(0, HyperDual.constant(0).erf().f());
        assertEquals(0.5204998778130465, HyperDual.constant(0.5).erf().f(), 1e-15);
        assertEquals(0.8427007929497149, HyperDual.constant(1).erf().f(), 1e-15);
        assertEquals(0.9999779095030014, HyperDual.constant(3).erf().f(), 1e-15);
        assertEquals(-1, HyperDual.constant(-30).erf().f());
    }

    private static void close(HyperDual a, HyperDual b) {
        close("", a, b);
    }

    private static void close(String what, HyperDual a, HyperDual b) {
        assertEquals(a.f(), b.f(), 1e-14, what);
        assertEquals(a.f1(), b.f1(), 1e-14, what);
        assertEquals(a.f2(), b.f2(), 1e-14, what);
        assertEquals(a.f12(), b.f12(), 1e-13, what);
    }
}
