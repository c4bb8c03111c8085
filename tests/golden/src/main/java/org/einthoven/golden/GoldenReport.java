package org.einthoven.golden;

import java.util.List;
import java.util.Locale;

/** What became of each case of a folder of reference numbers, in the order of its catalog. */
public record GoldenReport(List<Case> cases) {
    /** How a case ended. */
    public enum Status {
        /** Every expected value was computed and lies within the case's tolerance. */
        PASSED,
        /** A value is off, or the case's files cannot be read. */
        FAILED,
        /** Nothing is off, and something that the case expects is not built. */
        UNSUPPORTED
    }

    /**
     * One case.
     *
     * @param worstError largest |got - want| over all values that were compared; NaN where one of them is not finite
     * @param reason why it failed or is unsupported, in one line; empty when it passed
     */
    public record Case(String group, String name, Status status, double worstError, String reason) {
        @Override
        public String toString() {
            String head =
                    String.format(Locale.ROOT, "%-11s %s/%s", status.name().toLowerCase(Locale.ROOT), group, name);
            return status == Status.PASSED
                    ? head + String.format(Locale.ROOT, " (worst error %.1e)", worstError)
                    : head + ": " + reason;
        }
    }

    public GoldenReport {
        cases = List.copyOf(cases);
    }

    public long count(Status status) {
        return cases.stream().filter(c -> c.status() == status).count();
    }

    /** No case failed; unsupported ones do not count. */
    public boolean ok() {
        return count(Status.FAILED) == 0;
    }

    @Override
    public String toString() {
        StringBuilder s = new StringBuilder();
        cases.forEach(c -> s.append(c).append('\n'));
        return s.append(count(Status.PASSED))
                .append(" passed, ")
                .append(count(Status.FAILED))
                .append(" failed, ")
                .append(count(Status.UNSUPPORTED))
                .append(" unsupported")
                .toString();
    }
}
