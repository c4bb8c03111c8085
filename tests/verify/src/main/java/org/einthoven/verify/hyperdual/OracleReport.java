package org.einthoven.verify.hyperdual;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What reverse mode and hyper-dual numbers say of the same derivatives.
 *
 * @param lines one for each derivative that was compared
 * @param kinks points on the way that have no derivative; where there is one, there is nothing to compare
 */
public record OracleReport(List<Line> lines, List<Kink> kinks) {
    /**
     * One derivative at its worst entry.
     *
     * @param error largest difference of an entry, relative to the largest entry of the derivative
     * @param index of the worst entry, row-major
     */
    public record Line(String what, double error, int index, double reverse, double oracle, double tolerance) {
        public boolean ok() {
            return error <= tolerance;
        }

        @Override
        public String toString() {
            return String.format(
                    Locale.ROOT,
                    "%s %s: worst error %.2e at entry %d: reverse mode %.17g, hyper-dual %.17g (tolerance %.0e)",
                    ok() ? "ok  " : "FAIL",
                    what,
                    error,
                    index,
                    reverse,
                    oracle,
                    tolerance);
        }

        static Line of(String what, double[] reverse, double[] oracle, double tolerance) {
            double scale = SMALLEST_SCALE;
            for (double o : oracle) {
                scale = Math.max(scale, Math.abs(o));
            }
            int worst = -1;
            double error = 0;
            for (int i = 0; i < oracle.length; i++) {
                double e = Math.abs(reverse[i] - oracle[i]) / scale;
                if (worst < 0 || !(e <= error)) {
                    error = Double.isNaN(e) ? Double.POSITIVE_INFINITY : e;
                    worst = i;
                }
            }
            return worst < 0
                    ? new Line(what, 0, 0, 0, 0, tolerance)
                    : new Line(what, error, worst, reverse[worst], oracle[worst], tolerance);
        }
    }

    /** A derivative that is zero, as that of a sum of probabilities, is reached to the rounding of its terms. */
    private static final double SMALLEST_SCALE = 1e-3;

    public boolean ok() {
        return kinks.isEmpty() && lines.stream().allMatch(Line::ok);
    }

    /** The largest error of all lines. */
    public double worst() {
        return lines.stream().mapToDouble(Line::error).max().orElse(0);
    }

    /** Throws an {@link AssertionError} with the whole report when there is a kink or a line that disagrees. */
    public void assertOk() {
        if (!ok()) {
            throw new AssertionError((kinks.isEmpty() ? "the oracle disagrees\n" : "no derivative here\n") + this);
        }
    }

    @Override
    public String toString() {
        return Stream.concat(kinks.stream(), lines.stream())
                .map(Object::toString)
                .collect(Collectors.joining("\n"));
    }
}
