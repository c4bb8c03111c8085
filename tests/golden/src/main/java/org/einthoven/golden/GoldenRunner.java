package org.einthoven.golden;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.einthoven.golden.GoldenReport.Status;
import org.einthoven.models.io.StrictJson;
import org.einthoven.tensor.FormatException;
import org.einthoven.tensor.TensorException;
import tools.jackson.databind.JsonNode;

/**
 * Runs a folder of reference numbers. Cases are found only through its {@code catalog.json} and the {@code index.json} of each,
 * and what to compute follows from {@code op} and {@code attrs}, never from a folder's name; so other folders of the same
 * kind, with other shapes and seeds, run too.
 */
public final class GoldenRunner {
    private static final List<GoldenTable> TABLES = List.of(
            OpGoldens.table(),
            EncoderGoldens.table(),
            LlmGoldens.table(),
            GgufGoldens.table(),
            OptimiserGoldens.table(),
            MapperGoldens.table(),
            MamlGoldens.table(),
            PipelineGoldens.table(),
            TextMetricGoldens.table());

    private GoldenRunner() {}

    /** A line of the catalog: what a caller may choose by. */
    public record Entry(String group, String name) {}

    /**
     * Runs every case of a catalog that is asked for. A case that cannot be read is a failed case, never an exception.
     *
     * @param goldens the folder that holds {@code catalog.json}
     * @param only which cases to run
     * @throws FormatException when the catalog itself cannot be read
     */
    public static GoldenReport run(Path goldens, Predicate<Entry> only) {
        List<GoldenReport.Case> cases = new ArrayList<>();
        for (Entry entry : catalog(goldens)) {
            if (only.test(entry)) {
                cases.add(run(goldens, entry));
            }
        }
        return new GoldenReport(cases);
    }

    /** As {@link #run(Path, Predicate)}, on the small set that this module carries. */
    public static GoldenReport runEmbedded(Predicate<Entry> only) {
        return EmbeddedGoldens.with(folder -> run(folder, only));
    }

    /** The cases that a folder's catalog lists, in its order. */
    public static List<Entry> catalog(Path goldens) {
        Path file = goldens.resolve("catalog.json");
        JsonNode list = StrictJson.tree(file, "catalog");
        List<Entry> entries = new ArrayList<>();
        for (JsonNode line : list) {
            if (!line.path("group").isString() || !line.path("name").isString()) {
                throw new FormatException(
                        file.toString(),
                        FormatException.WHOLE_FILE,
                        "[" + entries.size() + "]",
                        "must have a group and a name, is " + line);
            }
            entries.add(new Entry(line.get("group").asString(), line.get("name").asString()));
        }
        if (!list.isArray()) {
            throw new FormatException(file.toString(), 0, "catalog", "must be a list of cases");
        }
        return entries;
    }

    private static GoldenReport.Case run(Path goldens, Entry entry) {
        try (GoldenCase golden = GoldenCase.open(goldens.resolve(entry.group()).resolve(entry.name()))) {
            Comparison compare = new Comparison(golden);
            Optional<GoldenTable.Method> method =
                    TABLES.stream().flatMap(t -> t.find(golden.op()).stream()).findFirst();
            if (method.isEmpty()) {
                return ended(entry, Status.UNSUPPORTED, 0, "op '" + golden.op() + "' is not known here");
            }
            return judged(entry, golden, compare, method.get());
        } catch (FormatException | TensorException e) {
            return ended(entry, Status.FAILED, Double.NaN, String.valueOf(e.getMessage()));
        } catch (RuntimeException e) { // A defect of ours: one case fails with its name, the others still run.
            return ended(entry, Status.FAILED, Double.NaN, e + where(e));
        }
    }

    private static GoldenReport.Case judged(
            Entry entry, GoldenCase golden, Comparison compare, GoldenTable.Method method) {
        try {
            method.run(golden, compare);
        } catch (UnsupportedGolden e) {
            return compare.failure().isEmpty()
                    ? ended(entry, Status.UNSUPPORTED, compare.worst(), String.valueOf(e.getMessage()))
                    : ended(entry, Status.FAILED, compare.worst(), compare.failure());
        }
        if (!compare.failure().isEmpty()) {
            return ended(entry, Status.FAILED, compare.worst(), compare.failure());
        }
        if (compare.compared() == 0 && compare.missing().isEmpty()) {
            return ended(
                    entry, Status.FAILED, Double.NaN, "index.json: the case expects nothing that could be compared");
        }
        return compare.missing().isEmpty()
                ? ended(entry, Status.PASSED, compare.worst(), "")
                : ended(entry, Status.UNSUPPORTED, compare.worst(), compare.missing());
    }

    private static String where(RuntimeException e) {
        return e.getStackTrace().length == 0 ? "" : " at " + e.getStackTrace()[0];
    }

    private static GoldenReport.Case ended(Entry entry, Status status, double worst, String reason) {
        return new GoldenReport.Case(
                entry.group(),
                entry.name(),
                status,
                worst,
                reason == null ? "" : reason.replaceAll("\\s*\\R\\s*", " "));
    }
}
