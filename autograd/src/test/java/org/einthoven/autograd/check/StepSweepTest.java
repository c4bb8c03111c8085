package org.einthoven.autograd.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.function.DoubleUnaryOperator;
import java.util.stream.Stream;
import org.einthoven.tensor.Rng;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class StepSweepTest {
    private static final double TOLERANCE = 1e-6;

    static Stream<Arguments> functions() {
        Rng noise = Rng.of(4);
        return Stream.of(
                // The differences are right and the claim is not.
                claim("sine, wrong sign", h -> Math.sin(0.3 + h), -Math.cos(0.3), Diagnosis.WRONG_RULE),
                claim("sine, off by 1e-5", h -> Math.sin(0.3 + h), Math.cos(0.3) * 1.00001, Diagnosis.WRONG_RULE),
                claim("does not depend on it", h -> 7, 1, Diagnosis.WRONG_RULE),
                claim("no slope at a minimum", h -> h * h, 1, Diagnosis.WRONG_RULE),
                claim("no slope at x^1.5", h -> Math.pow(Math.abs(h), 1.5), 1, Diagnosis.WRONG_RULE),
                claim("detached factor", h -> (2 + h) * Math.exp(2 + h), 2 * Math.exp(2), Diagnosis.WRONG_RULE),
                claim("large value, wrong", h -> 1e6 + 3 * h, 4, Diagnosis.WRONG_RULE),
                claim("single precision, wrong", h -> (float) Math.exp(0.5 + h), 1, Diagnosis.WRONG_RULE),
                claim("ReLU off its kink, wrong side", h -> Math.max(0, 0.0015 + h), 0, Diagnosis.WRONG_RULE),
                // There is no derivative.
                claim("ReLU at its kink", h -> Math.max(0, h), 0, Diagnosis.KINK),
                claim("|x| at 0, claimed 1", Math::abs, 1, Diagnosis.KINK),
                claim("a kink in a smooth sum", h -> Math.abs(h) + Math.exp(h), 0, Diagnosis.KINK),
                claim("a vertical tangent", h -> Math.sqrt(Math.abs(h)), 0, Diagnosis.KINK),
                claim("a kink within the step", h -> Math.max(0, 0.0015 + h), 1, Diagnosis.KINK),
                claim("a kink in a curve within the step", h -> Math.abs(2e-4 + h) + Math.sin(h), 2, Diagnosis.KINK),
                claim("a step", h -> h < 0 ? 0 : 1, 0, Diagnosis.JUMP),
                claim("a sawtooth", h -> 0.3 * h - Math.floor(h), 0.3, Diagnosis.JUMP),
                // The differences know too little.
                claim("a constant drowns it", h -> 1e12 + 3 * h, 3.01, Diagnosis.CANCELLATION),
                claim("cancellation inside", h -> (1e12 + h) - 1e12, 1, Diagnosis.CANCELLATION),
                claim("single precision, right", h -> (float) Math.exp(0.5 + h), Math.exp(0.5), Diagnosis.CANCELLATION),
                claim(
                        "another result each time",
                        new DoubleUnaryOperator() {
                            private long call;

                            @Override
                            public double applyAsDouble(double h) {
                                return h + noise.split(call++).stream().nextDouble();
                            }
                        },
                        5,
                        Diagnosis.CANCELLATION),
                // The claim is right.
                claim("too curved for the step", h -> Math.sin(3000 * h), 3000, Diagnosis.UNFIT_STEP),
                claim("infinite", h -> 1 / h, 0, Diagnosis.NOT_FINITE),
                claim("claimed infinite", Math::exp, Double.POSITIVE_INFINITY, Diagnosis.NOT_FINITE),
                claim("claimed not a number", Math::exp, Double.NaN, Diagnosis.NOT_FINITE));
    }

    private static Arguments claim(String name, DoubleUnaryOperator f, double slope, Diagnosis diagnosis) {
        return Arguments.of(name, f, slope, diagnosis);
    }

    @ParameterizedTest(name = "{0}: {3}")
    @MethodSource("functions")
    void tellsWhy(String name, DoubleUnaryOperator f, double slope, Diagnosis diagnosis) {
        StepSweep sweep = StepSweep.of(f, slope, 1, TOLERANCE * Math.max(1, Math.abs(slope)));
        assertEquals(diagnosis, sweep.diagnosis(), sweep::toString);
    }

    @Test
    void knowsHowWellTheDifferencesSettle() {
        StepSweep clean = StepSweep.of(h -> Math.exp(1 + h), 0, 1, TOLERANCE);
        assertTrue(Math.abs(clean.settled() - Math.E) <= clean.uncertainty(), clean::toString);
        assertTrue(clean.uncertainty() < 1e-8, clean::toString);
        StepSweep single = StepSweep.of(h -> (float) Math.exp(1 + h), 0, 1, TOLERANCE);
        assertTrue(Math.abs(single.settled() - Math.E) <= 3 * single.uncertainty(), single::toString);
        assertTrue(single.uncertainty() > 1e-6, single::toString);
    }

    @Test
    void aLargeVariableTakesLargeSteps() {
        StepSweep sweep = StepSweep.of(h -> Math.log(1e9 + h) * 1e9, 1.1, 1e9, TOLERANCE);
        assertEquals(Diagnosis.WRONG_RULE, sweep.diagnosis(), sweep::toString);
        assertEquals(1, sweep.settled(), 1e-6, sweep::toString);
    }

    @Test
    void printsADiagnosisARemedyAndATable() {
        String text = StepSweep.of(h -> 2 * h, 3, 1, TOLERANCE).toString();
        assertEquals("""
                wrong rule: the differences settle elsewhere; look at the derivative's formula for this entry
                (the differences settle at 2 +- 4.4e-15 with step 1e-02; the analytic value is 3)
                   step   central difference   analytic - central   right - left
                  1e-01          2.000000000             1.00e+00       0.00e+00
                """, String.join("\n", text.lines().limit(4).toList()) + "\n");
        assertEquals(13, text.lines().count());
    }
}
