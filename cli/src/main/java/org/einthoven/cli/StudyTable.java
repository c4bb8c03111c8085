package org.einthoven.cli;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
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
    static final List<String> TABLES = List.of("table", "seen");

    private final StudyGrid grid;
    private final List<Map<String, Object>> cells = new ArrayList<>();
    private final SequencedMap<String, SequencedMap<String, List<Observation>>> points = new LinkedHashMap<>();
    private final Optional<LeftOutTable> leftOut;
    private final List<String> tables;
    private final Set<StudyGrid.Cell> failed = new HashSet<>();

    StudyTable(StudyGrid grid) {
        this.grid = grid;
        this.tables = Stream.concat(TABLES.stream(), grid.transfer().keySet().stream())
                .toList();
        this.leftOut =
                grid.grid().containsKey(LeftOutTable.OPTION) ? Optional.of(new LeftOutTable()) : Optional.empty();
    }

    void add(StudyGrid.Cell cell, JsonNode result) {
        Map<String, Object> line = line(cell);
        TABLES.forEach(table -> rows(cell, table, result.path(table)));
        leftOut.ifPresent(table -> table.add(cell, result));
        line.put("accuracy", result.path("table").path("ours").path("accuracy").asDouble(Double.NaN));
        cells.add(line);
    }

    /** What a cell came to elsewhere, as a table of that name. */
    void add(StudyGrid.Cell cell, String elsewhere, JsonNode result) {
        rows(cell, elsewhere, result.path("table"));
    }

    private void rows(StudyGrid.Cell cell, String table, JsonNode rows) {
        String seed = "seed " + cell.seed();
        rows.properties().forEach(row -> points.computeIfAbsent(cell.pointName(), p -> new LinkedHashMap<>())
                .computeIfAbsent(table + "." + row.getKey(), r -> new ArrayList<>())
                .add(new Observation(
                        seed, seed, seed, row.getValue().path("accuracy").asDouble(Double.NaN))));
    }

    void failed(StudyGrid.Cell cell, String why) {
        failed(cell, line(cell), why);
    }

    /** A cell that could not be judged elsewhere. What it came to here counts. */
    void failed(StudyGrid.Cell cell, String elsewhere, String why) {
        Map<String, Object> line = line(cell);
        line.put("transfer", elsewhere);
        failed(cell, line, why);
    }

    private void failed(StudyGrid.Cell cell, Map<String, Object> line, String why) {
        line.put("failed", why);
        cells.add(line);
        failed.add(cell);
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

    /** Cells that failed, here or elsewhere. */
    int failures() {
        return failed.size();
    }

    private static String folder(Map<String, Object> line) {
        return line.get("folder") + (line.containsKey("transfer") ? "/" + line.get("transfer") : "");
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

    /**
     * Writes {@code beside_first[]}: ours of the grid's first point minus ours of each other that ran with the same seeds, seed by
     * seed, corrected over the points of a table; nothing where the first came to nothing.
     */
    private void besideFirst(Result r) {
        Map<String, Map<String, Object>> others = new LinkedHashMap<>();
        for (String table : tables) {
            SequencedMap<String, List<Observation>> ours = new LinkedHashMap<>();
            List<Observation> first = ours(grid.cells().getFirst().pointName(), table);
            points.keySet().forEach(point -> {
                List<Observation> xs = ours(point, table);
                if (seeds(xs).equals(seeds(first))) {
                    ours.put(point, xs);
                }
            });
            if (ours.size() < 2 || first.size() < 2) {
                continue;
            }
            r.line("%s: ours of %s minus ours of this", table, ours.firstEntry().getKey());
            for (ResultTable.Row row : ResultTable.of(table, "accuracy", Double.NaN, ours, Rng.of(0))
                    .rows()) {
                row.advantage().map(Comparison::difference).ifPresent(d -> {
                    Map<String, Object> m = new LinkedHashMap<>();
                    m.put("paired_diff", d.value());
                    m.put("paired_diff_ci95", ends(d));
                    m.put("p_adjusted", row.adjusted());
                    others.computeIfAbsent(row.name(), point -> new LinkedHashMap<>(Map.of("point", point)))
                            .put(table, m);
                    r.line("%-32s %+.4f %s", row.name(), d.value(), interval("[%+.4f, %+.4f]", d));
                });
            }
        }
        r.put("beside_first", List.copyOf(others.values()));
    }

    private List<Observation> ours(String point, String table) {
        return points.getOrDefault(point, new LinkedHashMap<>())
                .getOrDefault(table + "." + MetaEvaluator.OURS, List.of());
    }

    private static List<String> seeds(List<Observation> xs) {
        return xs.stream().map(Observation::question).toList();
    }

    /** Writes {@code cells[]}, {@code points[]} and {@code beside_first[]}. */
    void into(Result r) {
        r.put("cells", cells);
        List<Map<String, Object>> all = new ArrayList<>();
        points.forEach((point, rows) -> {
            Map<String, Object> each = new LinkedHashMap<>();
            each.put("point", point);
            r.line("%s", point.isEmpty() ? grid.file().toString() : point);
            r.line("%-32s %9s  %-19s %-5s  %s", "", "mean", "95 % over seeds", "seeds", "ours minus this");
            Map<String, ResultTable.Row> beside = new HashMap<>();
            tables.forEach(table -> beside.putAll(beside(table, rows)));
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
        if (leftOut.isEmpty()) { // whose points are groups of attributes, and no rivals
            besideFirst(r);
        }
        leftOut.ifPresent(table -> table.into(r));
        cells.stream()
                .filter(c -> c.containsKey("failed"))
                .forEach(c -> r.line("%s failed: %s", folder(c), c.get("failed")));
    }
}
