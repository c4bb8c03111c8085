package org.einthoven.autograd.check;

import java.util.List;
import java.util.Locale;

/** The outcome of a gradient check: one line for each derivative that was compared. */
public record GradReport(List<Line> lines) {
    /**
     * One derivative, analytic against numeric, at its worst entry.
     *
     * @param what e.g. {@code "d out / d x0"} or {@code "d <dL/dx, v> / d cotangent"}
     * @param error |analytic - numeric| / max(1, |numeric|) at the worst entry
     * @param index of the worst entry, row-major
     */
    public record Line(String what, double error, int index, double analytic, double numeric, double tolerance) {
        public boolean ok() {
            return error <= tolerance;
        }

        @Override
        public String toString() {
            return String.format(
                    Locale.ROOT,
                    "%s %s: worst error %.2e at entry %d: analytic %.12g, numeric %.12g (tolerance %.0e)",
                    ok() ? "ok  " : "FAIL",
                    what,
                    error,
                    index,
                    analytic,
                    numeric,
                    tolerance);
        }
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
