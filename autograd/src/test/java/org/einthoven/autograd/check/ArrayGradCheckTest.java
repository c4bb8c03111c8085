package org.einthoven.autograd.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import org.einthoven.autograd.check.GradReport.Line;
import org.junit.jupiter.api.Test;

class ArrayGradCheckTest {
    /** Rosenbrock's valley (1960): (1 - x)^2 + 100 (y - x^2)^2. */
    private static double valley(double[] x) {
        double a = 1 - x[0];
        double b = x[1] - x[0] * x[0];
        return a * a + 100 * b * b;
    }

    private static double[] slope(double[] x) {
        double b = x[1] - x[0] * x[0];
        return new double[] {-2 * (1 - x[0]) - 400 * x[0] * b, 200 * b};
    }

    private static double[] curvature(double[] x, double[] v) {
        double xx = 2 - 400 * x[1] + 1200 * x[0] * x[0];
        double xy = -400 * x[0];
        return new double[] {xx * v[0] + xy * v[1], xy * v[0] + 200 * v[1]};
    }

    @Test
    void aRightGradientPasses() {
        GradReport report = GradCheck.of(ArrayGradCheckTest::valley, ArrayGradCheckTest::slope)
                .withHessianVector(ArrayGradCheckTest::curvature)
                .at(-1.2, 1);
        report.assertOk();
        assertEquals(2, report.lines().size());
    }

    @Test
    void aWrongGradientFailsWithItsEntryBothValuesAndTheReason() {
        GradReport report = GradCheck.of(ArrayGradCheckTest::valley, x -> new double[] {slope(x)[0], -slope(x)[1]})
                .at(-1.2, 1);
        Line line = report.lines().getFirst();
        assertFalse(line.ok());
        assertEquals(1, line.index());
        assertEquals("[1]", line.entry());
        assertEquals(88, line.analytic(), 1e-9);
        assertEquals(-88, line.numeric(), 1e-6);
        assertEquals(Diagnosis.WRONG_RULE, line.sweep().orElseThrow().diagnosis());
        AssertionError e = assertThrows(AssertionError.class, report::assertOk);
        assertTrue(
                e.getMessage()
                        .startsWith("gradient check failed\nFAIL df/dx: worst error 2.00e+00 at entry [1]:"
                                + " analytic 88, numeric -88"),
                e::getMessage);
        assertTrue(e.getMessage().contains("wrong rule"), e::getMessage);
    }

    @Test
    void aWrongSecondDerivativeFails() {
        GradReport report = GradCheck.of(ArrayGradCheckTest::valley, ArrayGradCheckTest::slope)
                .withHessianVector((x, v) -> new double[] {curvature(x, v)[0], 200 * v[1]}) // lacks a mixed term
                .at(-1.2, 1);
        assertTrue(report.lines().get(0).ok());
        assertFalse(report.lines().get(1).ok());
        assertEquals("[1]", report.lines().get(1).entry());
    }

    @Test
    void smallGradientsAreComparedByTheirSize() {
        double small = 1e-3;
        assertFalse(GradCheck.of(x -> small * Math.sin(x[0]), x -> new double[] {small * Math.cos(x[0]) * 1.0001})
                .at(0.4)
                .ok());
        GradCheck.of(x -> small * Math.sin(x[0]), x -> new double[] {small * Math.cos(x[0])})
                .at(0.4)
                .assertOk();
        GradCheck.of(x -> Math.pow(x[0], 5), x -> new double[] {5 * Math.pow(x[0], 4)})
                .at(0)
                .assertOk();
    }

    @Test
    void aLargeConstantDoesNotFailARightGradient() {
        GradCheck.of(x -> 1e9 + x[0] * x[0], x -> new double[] {2 * x[0]}).at(3).assertOk();
    }

    @Test
    void singlePrecisionPassesWithItsOwnStepAndTolerance() {
        GradCheck.of(x -> (float) Math.tanh((float) x[0]), x ->
                        new double[] {(float) (1 - Math.tanh(x[0]) * Math.tanh(x[0]))})
                .withStep(1e-2)
                .withTolerance(1e-3)
                .at(0.3)
                .assertOk();
    }

    @Test
    void manyVariablesAreSampledAndAnErrorElsewhereShowsAlongADirection() {
        int n = 10_000;
        double[] x = new double[n];
        Arrays.setAll(x, i -> Math.sin(i));
        int[] calls = {0};
        ArrayGradCheck right = GradCheck.of(
                        y -> {
                            calls[0]++;
                            return Arrays.stream(y).map(Math::exp).sum();
                        },
                        y -> Arrays.stream(y).map(Math::exp).toArray())
                .onEntries(20, 3);
        GradReport report = right.at(x);
        report.assertOk();
        assertEquals(2, report.lines().size());
        assertEquals(4 * 21, calls[0]);

        GradReport wrong = GradCheck.of(y -> Arrays.stream(y).map(Math::exp).sum(), y -> {
                    double[] g = Arrays.stream(y).map(Math::exp).toArray();
                    Arrays.fill(g, 0, n / 2, 0);
                    return g;
                })
                .onEntries(1, 3)
                .at(x);
        assertFalse(wrong.lines().get(1).ok());
    }

    @Test
    void functionsMayWriteToTheirArgumentAndReuseTheirResult() {
        double[] buffer = new double[2];
        double[] at = {0.5, 2};
        GradCheck.of(
                        x -> {
                            x[0] *= x[1];
                            return x[0];
                        },
                        x -> {
                            buffer[0] = x[1];
                            buffer[1] = x[0];
                            x[0] = Double.NaN;
                            return buffer;
                        })
                .withHessianVector((x, v) -> new double[] {v[1], v[0]})
                .at(at)
                .assertOk();
        assertEquals(0.5, at[0]);
    }

    @Test
    void aGradientOfTheWrongLengthIsRefused() {
        IllegalArgumentException e =
                assertThrows(IllegalArgumentException.class, () -> GradCheck.of(x -> x[0], x -> new double[] {1})
                        .at(1, 2));
        assertEquals("the gradient has 1 entries for 2 variables; it needs one for each", e.getMessage());
    }
}
