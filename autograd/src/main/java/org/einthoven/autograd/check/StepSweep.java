package org.einthoven.autograd.check;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.DoubleUnaryOperator;

/**
 * Differences of one function of one variable at ten step sizes, and what they say about a derivative that was claimed.
 *
 * <p>The error of a central difference is h^2 f'''/6 from curvature and N/h from the noise N of the values (see Press et
 * al., Numerical Recipes, section 5.7). Where the two are least together the differences have settled, and how well is
 * known. The gap between the slopes from the right and from the left falls with h where there is a derivative, stays at a
 * kink, and grows at a jump.
 *
 * @param analytic the derivative that was claimed
 * @param settled where the differences settle
 * @param uncertainty of {@code settled}
 * @param step at which they settle
 */
public record StepSweep(
        List<Row> rows, double analytic, double settled, double uncertainty, double step, Diagnosis diagnosis) {
    private static final int STEPS = 10;
    /** From this row of the table on, what scatters is noise. */
    private static final int NOISY = 5;

    private static final double ROUNDING = 0x1p-52;

    /** One step size: (f(h) - f(0)) / h, (f(0) - f(-h)) / h, and their mean. */
    public record Row(double step, double right, double left) {
        public double central() {
            return (right + left) / 2;
        }

        double gap() {
            return Math.abs(right - left);
        }
    }

    /**
     * Sweeps steps from scale / 10 to scale / 10^10.
     *
     * @param f of the displacement from the point in question
     * @param analytic the derivative of f at 0 that is claimed
     * @param scale the size of the variable, 1 or more
     * @param tolerance absolute, within which the claim counts as right
     */
    public static StepSweep of(DoubleUnaryOperator f, double analytic, double scale, double tolerance) {
        double here = f.applyAsDouble(0);
        double largest = Math.abs(here);
        List<Row> rows = new ArrayList<>();
        for (int k = 1; k <= STEPS; k++) {
            double h = scale * Math.pow(10, -k);
            double ahead = f.applyAsDouble(h);
            double behind = f.applyAsDouble(-h);
            rows.add(new Row(h, (ahead - here) / h, (here - behind) / h));
            largest = Math.max(largest, Math.max(Math.abs(ahead), Math.abs(behind)));
        }
        return judged(rows, analytic, tolerance, ROUNDING * largest);
    }

    private static StepSweep judged(List<Row> rows, double analytic, double tolerance, double rounding) {
        double noise = noise(rows, rounding);
        int best = 1;
        double uncertainty = Double.POSITIVE_INFINITY;
        for (int k = 1; k < rows.size(); k++) {
            Row row = rows.get(k);
            double curvature = Math.abs(row.central() - rows.get(k - 1).central()) / 10;
            double u = curvature + noise / row.step();
            if (u < uncertainty) {
                best = k;
                uncertainty = u;
            }
        }
        double settled = rows.get(best).central();
        double off = Math.abs(analytic - settled);
        Diagnosis diagnosis;
        if (!finite(rows) || !Double.isFinite(analytic)) {
            diagnosis = Diagnosis.NOT_FINITE;
        } else if (jumps(rows, rounding)) {
            diagnosis = Diagnosis.JUMP;
        } else if (kinked(rows, noise)) {
            diagnosis = Diagnosis.KINK;
        } else if (off > Math.max(tolerance, 3 * uncertainty)) {
            diagnosis = Diagnosis.WRONG_RULE;
        } else if (3 * uncertainty > tolerance) {
            diagnosis = Diagnosis.CANCELLATION;
        } else {
            diagnosis = kinkWithin(rows, tolerance) ? Diagnosis.KINK : Diagnosis.UNFIT_STEP;
        }
        return new StepSweep(
                List.copyOf(rows),
                analytic,
                settled,
                uncertainty,
                rows.get(best).step(),
                diagnosis);
    }

    /**
     * The noise of the function's values: how much the differences at small steps scatter, times the step. What curvature
     * explains, which falls a hundredfold from row to row, is not counted.
     */
    private static double noise(List<Row> rows, double rounding) {
        double noise = rounding;
        double before = 0;
        for (int k = 1; k < rows.size(); k++) {
            Row larger = rows.get(k - 1);
            Row row = rows.get(k);
            double change = Math.abs(row.central() - larger.central());
            // A difference of exactly zero after others that were not: the change has fallen below what values resolve.
            boolean vanished = row.right() == 0 && row.left() == 0 && larger.right() != 0 && larger.left() != 0;
            if (vanished) {
                noise = Math.max(noise, change * row.step());
            } else if (k >= NOISY) {
                noise = Math.max(noise, (change - before / 50) * row.step());
            }
            before = change;
        }
        return noise;
    }

    private static boolean finite(List<Row> rows) {
        return rows.stream().skip(2).allMatch(r -> Double.isFinite(r.right()) && Double.isFinite(r.left()));
    }

    /** f(h) - f(-h) is the same, and not zero, over the smallest five steps. */
    private static boolean jumps(List<Row> rows, double rounding) {
        double last = rows.getLast().central() * rows.getLast().step();
        return Math.abs(last) > 100 * rounding
                && rows.stream()
                        .skip(rows.size() - 5)
                        .allMatch(r -> Math.abs(r.central() * r.step() - last) < 0.01 * Math.abs(last));
    }

    /** The gap between the slopes is as large as at a step a hundred times larger, and is no noise. */
    private static boolean kinked(List<Row> rows, double noise) {
        for (int k = rows.size() - 1; k >= 3; k--) {
            Row row = rows.get(k);
            if (row.gap() > 20 * noise / row.step()) {
                return row.gap() > 0.3 * rows.get(k - 2).gap();
            }
        }
        return false;
    }

    /** Between two steps the gap falls off a cliff, where that of a smooth function falls with the step. */
    private static boolean kinkWithin(List<Row> rows, double tolerance) {
        for (int k = 1; k < rows.size(); k++) {
            if (rows.get(k - 1).gap() > Math.max(tolerance, 50 * rows.get(k).gap())) {
                return true;
            }
        }
        return false;
    }

    /** The diagnosis in a sentence, and the table. */
    @Override
    public String toString() {
        StringBuilder s = new StringBuilder(String.format(
                Locale.ROOT,
                "%s: %s%n(the differences settle at %s +- %.1e with step %.0e; the analytic value is %s)%n%s%n",
                diagnosis,
                diagnosis.remedy(),
                GradReport.digits(settled),
                uncertainty,
                step,
                GradReport.digits(analytic),
                "   step   central difference   analytic - central   right - left"));
        for (Row r : rows) {
            s.append(String.format(
                    Locale.ROOT,
                    "  %5.0e   %18.10g   %18.2e   %12.2e%n",
                    r.step(),
                    r.central(),
                    analytic - r.central(),
                    r.right() - r.left()));
        }
        return s.toString();
    }
}
