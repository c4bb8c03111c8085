package org.einthoven.meta.report;

import java.util.List;
import java.util.Optional;
import org.einthoven.meta.metrics.AttributeResult;
import org.einthoven.meta.metrics.Calibration;
import org.einthoven.meta.metrics.Estimate;
import org.einthoven.meta.metrics.Interval;
import org.einthoven.meta.metrics.ResultTable;

/**
 * A table of scores as a page shows it.
 *
 * @param measure what is averaged
 * @param chance what a fair guess earns; NaN where that is not known
 * @param rows the system first, then its controls
 * @param basis what the intervals rest on, as a sentence
 * @param further other scores of the system, as a sentence; empty when there are none
 * @param attributes each attribute's share; may be empty
 */
public record ScoreTable(
        String title,
        String measure,
        double chance,
        List<Row> rows,
        String basis,
        String further,
        List<AttributeResult> attributes) {
    /**
     * @param advantage of the system over this control; empty for the system itself
     * @param adjusted its probability were there none, corrected over the controls; NaN where unknown
     */
    public record Row(
            String name,
            double score,
            Interval ci95,
            boolean atChance,
            Optional<Advantage> advantage,
            double adjusted) {
        private static final double LEVEL = 0.05;

        /** Whether the system beats this: the paired difference lies above 0, corrected over the controls. */
        public boolean isBeaten() {
            return advantage.isPresent() && advantage.get().ci95.isAbove(0) && adjusted < LEVEL;
        }

        /** Whether this beats the system. */
        public boolean isBetter() {
            return advantage.isPresent() && advantage.get().ci95.high() < 0 && adjusted < LEVEL;
        }
    }

    /** A paired difference on identical questions. */
    public record Advantage(double difference, Interval ci95) {}

    public ScoreTable {
        rows = List.copyOf(rows);
        attributes = List.copyOf(attributes);
        if (rows.isEmpty()) {
            throw new IllegalArgumentException("the table '" + title + "' has no row");
        }
    }

    public static ScoreTable of(ResultTable t) {
        Estimate us = t.rows().getFirst().accuracy();
        return new ScoreTable(
                t.title(),
                t.measure(),
                t.chance(),
                t.rows().stream()
                        .map(r -> new Row(
                                r.name(),
                                r.accuracy().value(),
                                r.accuracy().ci95(),
                                r.atChance(),
                                r.advantage()
                                        .map(c -> new Advantage(
                                                c.difference().value(),
                                                c.difference().ci95())),
                                r.adjusted()))
                        .toList(),
                basis(us.groups(), us.patients(), us.answers(), us.method()),
                t.detail().map(d -> further(d.auroc(), d.calibration())).orElse(""),
                t.detail().map(ResultTable.Detail::attributes).orElse(List.of()));
    }

    /** What the numbers are means of. */
    public static String basis(int groups, int patients, int answers, String method) {
        return "Mean over " + groups + " attribute groups; " + patients + " patients, " + answers
                + " answers. Intervals: " + method + ".";
    }

    private static String further(double auroc, Calibration c) {
        return "AUROC within task and attribute " + Html.number(auroc) + "; Brier score " + Html.number(c.brier())
                + ", log score " + Html.number(c.logScore()) + ", calibration error "
                + Html.number(c.calibrationError()) + ".";
    }
}
