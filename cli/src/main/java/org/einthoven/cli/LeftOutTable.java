package org.einthoven.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SequencedMap;
import org.einthoven.meta.metrics.Observation;
import org.einthoven.meta.metrics.ResultTable;
import org.einthoven.tensor.Rng;
import tools.jackson.databind.JsonNode;

/**
 * A study in which every group of attributes was left out in its turn: for each point of the rest of the grid the mean over the
 * groups, each group's run counting once, and the answers attribute by attribute.
 */
final class LeftOutTable {
    /** The option of train that the grid turns. */
    static final String OPTION = "leave-out";

    private final SequencedMap<String, Point> points = new LinkedHashMap<>();

    private static final class Point {
        double chance = Double.NaN;
        final SequencedMap<String, List<Observation>> scores = new LinkedHashMap<>();
        final List<JsonNode> attributes = new ArrayList<>();
        final SequencedMap<String, String> tooFew = new LinkedHashMap<>();
    }

    private static String group(StudyGrid.Cell cell) {
        return Objects.requireNonNull(cell.point().get(OPTION), "every cell leaves a group out");
    }

    private Point point(StudyGrid.Cell cell) {
        SequencedMap<String, String> rest = new LinkedHashMap<>(cell.point());
        rest.remove(OPTION);
        return points.computeIfAbsent(new StudyGrid.Cell(rest, cell.seed()).pointName(), p -> new Point());
    }

    void add(StudyGrid.Cell cell, JsonNode result) {
        Point point = point(cell);
        String group = group(cell);
        JsonNode chance = result.path("chance");
        point.chance = chance.isNumber() ? chance.doubleValue() : Double.NaN;
        result.path("table").properties().forEach(row -> point.scores
                .computeIfAbsent(row.getKey(), r -> new ArrayList<>())
                .add(new Observation(
                        group + ", seed " + cell.seed(),
                        group,
                        group,
                        row.getValue().path("accuracy").asDouble(Double.NaN))));
        result.path("by_attribute").forEach(point.attributes::add);
    }

    void tooFew(StudyGrid.Cell cell, String why) {
        point(cell).tooFew.put(group(cell), why);
    }

    /** Writes {@code left_out[]}. */
    void into(Result r) {
        List<Map<String, Object>> all = new ArrayList<>();
        points.forEach((name, point) -> {
            Map<String, Object> m = new LinkedHashMap<>();
            m.put("point", name);
            if (!point.scores.isEmpty()) {
                int runs = point.scores.firstEntry().getValue().size();
                point.scores.values().removeIf(some -> some.size() < runs);
                ResultTable table = ResultTable.of(name, "accuracy", point.chance, point.scores, Rng.of(0));
                m.put("groups", table.rows().getFirst().accuracy().groups());
                m.put("table", Judgement.rows(table));
                Judgement.text(r, "each group left out in turn, " + name, table);
                AttributeTable.head(r);
                point.attributes.forEach(a -> AttributeTable.line(r, a));
            }
            point.tooFew.forEach((group, why) -> r.line("%s, %s: too few", name, group));
            m.put("by_attribute", point.attributes);
            m.put("too_few", point.tooFew);
            all.add(m);
        });
        r.put("left_out", all);
    }
}
