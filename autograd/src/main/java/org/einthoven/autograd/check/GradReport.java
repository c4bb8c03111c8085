package org.einthoven.autograd.check;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The outcome of a gradient check: one line for each derivative that was compared. */
public record GradReport(List<Line> lines) {
    /**
     * One derivative, analytic against numeric, at its worst entry.
     *
     * @param what e.g. {@code "dL/dx0"}
     * @param error |analytic - numeric| at the worst entry, relative to what {@link GradCheck} says
     * @param index of the worst entry, row-major
     * @param entry the same as an index of the tensor or array, such as {@code [1, 2]}
     * @param sweep why they disagree; only when they do
     */
    public record Line(
            String what,
            double error,
            int index,
            String entry,
            double analytic,
            double numeric,
            double tolerance,
            Optional<StepSweep> sweep) {
        public boolean ok() {
            return error <= tolerance;
        }

        @Override
        public String toString() {
            String line = String.format(
                    Locale.ROOT,
                    "%s %s: worst error %.2e at entry %s: analytic %s, numeric %s (tolerance %.0e)",
                    ok() ? "ok  " : "FAIL",
                    what,
                    error,
                    entry,
                    digits(analytic),
                    digits(numeric),
                    tolerance);
            return sweep.map(s ->
                            line + "\n" + s.toString().stripTrailing().indent(5).stripTrailing())
                    .orElse(line);
        }
    }

    /** Twelve digits, without trailing zeros. */
    static String digits(double x) {
        if (!Double.isFinite(x)) {
            return Double.toString(x);
        }
        BigDecimal d = new BigDecimal(x).round(new MathContext(12)).stripTrailingZeros();
        return (Math.abs(x) < 1e12 ? d.setScale(Math.max(0, d.scale())) : d).toString();
    }

    public boolean ok() {
        return lines.stream().allMatch(Line::ok);
    }

    public double worst() {
        return lines.stream().mapToDouble(Line::error).max().orElse(0);
    }

    /** Throws an {@link AssertionError} with the whole report unless all lines agree. */
    public void assertOk() {
        if (!ok()) {
            throw new AssertionError("gradient check failed\n" + this);
        }
    }

    @Override
    public String toString() {
        StringBuilder s = new StringBuilder();
        lines.forEach(l -> s.append(l).append('\n'));
        return s.toString();
    }
}
