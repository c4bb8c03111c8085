package org.einthoven.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SequencedMap;
import org.einthoven.meta.MetaEvaluator;
import org.einthoven.meta.metrics.AttributeResult;
import org.einthoven.meta.metrics.Estimate;
import org.einthoven.meta.metrics.Pick;
import org.einthoven.meta.metrics.ResultTable;
import org.einthoven.tensor.Nullable;
import org.einthoven.tensor.Rng;
import tools.jackson.databind.JsonNode;

/** The answers of an evaluation attribute by attribute, each beside its controls, with intervals over its patients. */
final class AttributeTable {
    /** The JSON field. */
    static final String FIELD = "by_attribute";

    private static final String HEAD = "%-20s %-44s %8s  %8s  %-17s %7s  %7s  %s";

    /**
     * Patients with each of the two answers, twice as many with any answer, below which an interval over them says nothing: those
     * of two patients who are both right would be [1, 1].
     */
    private static final int FEWEST = 5;

    private AttributeTable() {}

    /** For JSON. */
    static List<Map<String, Object>> of(MetaEvaluator.Evaluated evaluated, Rng rng) {
        SequencedMap<String, ResultTable> tables = evaluated.byAttribute(rng);
        List<Pick> ours = Judgement.ours(evaluated);
        List<Map<String, Object>> attributes = new ArrayList<>();
        tables.forEach((attribute, table) -> {
            List<Pick> own =
                    ours.stream().filter(p -> p.attribute().equals(attribute)).toList();
            Map<String, Object> m = new LinkedHashMap<>();
            m.put("attribute", attribute);
            m.put("group", own.getFirst().group());
            m.put("answers", own.size());
            long patients = patients(own);
            long yes = patients(own.stream().filter(p -> p.gold() == 0).toList());
            long no = patients(own.stream().filter(p -> p.gold() == 1).toList());
            m.put("patients", patients);
            table.detail().ifPresent(d -> {
                AttributeResult a = d.attributes().getFirst();
                m.put("yes_patients", yes);
                m.put("no_patients", no);
                m.put("sensitivity", a.sensitivity());
                m.put("specificity", a.specificity());
                m.put("auroc", d.auroc());
            });
            Map<String, Object> rows = new LinkedHashMap<>();
            boolean enough = table.detail().isPresent() ? Math.min(yes, no) >= FEWEST : patients >= 2 * FEWEST;
            table.rows().forEach(row -> rows.put(row.name(), row(row, enough)));
            m.put("table", rows);
            attributes.add(m);
        });
        return attributes;
    }

    private static long patients(List<Pick> picks) {
        return picks.stream().map(Pick::patient).distinct().count();
    }

    /** @param enough whether there are patients for intervals, which are null else */
    private static Map<String, @Nullable Object> row(ResultTable.Row row, boolean enough) {
        Estimate a = row.accuracy();
        Map<String, @Nullable Object> m = new LinkedHashMap<>();
        m.put("accuracy", a.value());
        m.put("ci95", enough ? ends(a) : null);
        m.put("visible", enough ? a.visible() : null);
        row.advantage().map(c -> c.difference()).ifPresent(d -> {
            m.put("paired_diff", d.value());
            m.put("paired_diff_ci95", enough ? ends(d) : null);
        });
        return m;
    }

    private static double[] ends(Estimate e) {
        return new double[] {e.ci95().low(), e.ci95().high()};
    }

    static void head(Result r) {
        r.line(
                HEAD,
                "group",
                "attribute",
                "yes/no",
                "ours",
                "95 % over patients",
                "visible",
                "ridge",
                "question- and ECG-blind");
    }

    /** A line of what {@link #of} gave for an attribute. */
    static void line(Result r, JsonNode attribute) {
        JsonNode table = attribute.path("table");
        JsonNode ours = table.path(MetaEvaluator.OURS);
        String patients = attribute.has("yes_patients")
                ? attribute.get("yes_patients").asInt() + "/"
                        + attribute.get("no_patients").asInt()
                : attribute.path("patients").asString("");
        r.line(
                HEAD,
                attribute.path("group").asString(""),
                attribute.path("attribute").asString(""),
                patients,
                number(ours.path("accuracy")),
                "[" + number(ours.path("ci95").path(0)) + ", "
                        + number(ours.path("ci95").path(1)) + "]",
                number(ours.path("visible")),
                number(table.path("ridge").path("accuracy")),
                number(table.path("question_blind").path("accuracy")) + "  "
                        + number(table.path("ecg_blind").path("accuracy")));
    }

    private static String number(JsonNode n) {
        return n.isNumber() ? String.format(Locale.ROOT, "%.3f", n.doubleValue()) : "-";
    }
}
