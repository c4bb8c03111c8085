package org.einthoven.cli;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.stream.Collectors;
import org.einthoven.meta.MetaEvaluator;
import org.einthoven.meta.metrics.Comparison;
import org.einthoven.meta.metrics.Estimate;
import org.einthoven.meta.metrics.Observation;
import org.einthoven.meta.metrics.ResultTable;
import org.einthoven.tensor.Rng;
import tools.jackson.databind.JsonNode;

/**
 * What the cells of a study came to: for each point of the grid every row of its tables, over the seeds, and by how much ours is
 * above it, seed by seed, corrected over the rows of a table (Holm).
 */
final class StudyTable {
    /** The tables of a run that are put together. */
    private static final List<String> TABLES = List.of("table", "seen");

    private final StudyGrid grid;
    private final List<Map<String, Object>> cells = new ArrayList<>();
    private final SequencedMap<String, SequencedMap<String, List<Observation>>> points = new LinkedHashMap<>();
    private final Optional<LeftOutTable> leftOut;
    private int failures;

    StudyTable(StudyGrid grid) {
        this.grid = grid;
        this.leftOut =
                grid.grid().containsKey(LeftOutTable.OPTION) ? Optional.of(new LeftOutTable()) : Optional.empty();
    }

    void add(StudyGrid.Cell cell, JsonNode result) {
        Map<String, Object> line = line(cell);
        for (String table : TABLES) {
            for (Map.Entry<String, JsonNode> row : result.path(table).properties()) {
                double accuracy = row.getValue().path("accuracy").asDouble(Double.NaN);
                String seed = "seed " + cell.seed();
                points.computeIfAbsent(cell.pointName(), p -> new LinkedHashMap<>())
                        .computeIfAbsent(table + "." + row.getKey(), r -> new ArrayList<>())
                        .add(new Observation(seed, seed, seed, accuracy));
            }
        }
        leftOut.ifPresent(table -> table.add(cell, result));
        line.put("accuracy", result.path("table").path("ours").path("accuracy").asDouble(Double.NaN));
        cells.add(line);
    }

    void failed(StudyGrid.Cell cell, String why) {
        Map<String, Object> line = line(cell);
        line.put("failed", why);
        cells.add(line);
        failures++;
    }

    /** A cell that asks for more of a group of attributes than there is. It is no failure where groups are left out in turn. */
    void tooFew(StudyGrid.Cell cell, String why) {
        if (leftOut.isEmpty()) {
            failed(cell, why);
            return;
        }
        Map<String, Object> line = line(cell);
        line.put("too_few", why);
        cells.add(line);
        leftOut.get().tooFew(cell, why);
    }

    /** Cells that failed. */
    int failures() {
        return failures;
    }

    private static Map<String, Object> line(StudyGrid.Cell cell) {
        Map<String, Object> line = new LinkedHashMap<>(cell.point());
        line.put("seed", cell.seed());
        line.put("folder", cell.name());
        return line;
    }

    /** The rows of a table that every seed has, each beside ours; none of one seed alone. */
    private static Map<String, ResultTable.Row> beside(String table, Map<String, List<Observation>> rows) {
        SequencedMap<String, List<Observation>> complete = new LinkedHashMap<>();
        int seeds =
                rows.getOrDefault(table + "." + MetaEvaluator.OURS, List.of()).size();
        rows.forEach((name, xs) -> {
            if (name.startsWith(table + ".") && xs.size() == seeds) {
                complete.put(name, xs);
            }
        });
        return seeds < 2
                ? Map.of()
                : ResultTable.of(table, "accuracy", Double.NaN, complete, Rng.of(0)).rows().stream()
                        .collect(Collectors.toMap(ResultTable.Row::name, row -> row));
    }

    private static double[] ends(Estimate e) {
        return new double[] {e.ci95().low(), e.ci95().high()};
    }

    private static String interval(String format, Estimate e) {
        return String.format(Locale.ROOT, format, e.ci95().low(), e.ci95().high());
    }

    /** Writes {@code cells[]} and {@code points[]}. */
    void into(Result r) {
        r.put("cells", cells);
        List<Map<String, Object>> all = new ArrayList<>();
        points.forEach((point, rows) -> {
            Map<String, Object> each = new LinkedHashMap<>();
            each.put("point", point);
            r.line("%s", point.isEmpty() ? grid.file().toString() : point);
            r.line("%-32s %9s  %-19s %-5s  %s", "", "mean", "95 % over seeds", "seeds", "ours minus this");
            Map<String, ResultTable.Row> beside = new HashMap<>();
            TABLES.forEach(table -> beside.putAll(beside(table, rows)));
            rows.forEach((name, xs) -> {
                Estimate e = Estimate.of(xs, Rng.of(0));
                Map<String, Object> row = new LinkedHashMap<>();
                row.put("accuracy", e.value());
                row.put("ci95", ends(e));
                row.put("by_seed", xs.stream().map(Observation::value).toList());
                Optional<Estimate> above = Optional.ofNullable(beside.get(name))
                        .flatMap(ResultTable.Row::advantage)
                        .map(Comparison::difference);
                above.ifPresent(d -> {
                    row.put("paired_diff", d.value());
                    row.put("paired_diff_ci95", ends(d));
                    row.put(
                            "p_adjusted",
                            Objects.requireNonNull(beside.get(name)).adjusted());
                });
                each.put(name, row);
                r.line(
                        "%-32s %9.4f  %-19s %5d  %s",
                        name,
                        e.value(),
                        xs.size() < 2 ? "one seed" : interval("[%6.4f, %6.4f]", e),
                        xs.size(),
                        above.map(d -> String.format(Locale.ROOT, "%+.4f ", d.value()) + interval("[%+.4f, %+.4f]", d))
                                .orElse(""));
            });
            all.add(each);
        });
        r.put("points", all);
        leftOut.ifPresent(table -> table.into(r));
        cells.stream()
                .filter(c -> c.containsKey("failed"))
                .forEach(c -> r.line("%s failed: %s", c.get("folder"), c.get("failed")));
    }
}
