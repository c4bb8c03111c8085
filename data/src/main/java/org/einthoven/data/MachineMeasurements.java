package org.einthoven.data;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.IntPredicate;
import org.einthoven.data.table.CsvTable;
import org.einthoven.tensor.FormatException;

/**
 * What the recording machine of a MIMIC-IV-ECG says: its report, line by line, and times in ms from the beginning of the
 * averaged beat. A machine that found no such wave gives a value beyond all beats, which is read as empty.
 *
 * @param rr mean RR interval, ms
 */
public record MachineMeasurements(
        int study,
        List<String> report,
        OptionalInt rr,
        OptionalInt pOnset,
        OptionalInt pEnd,
        OptionalInt qrsOnset,
        OptionalInt qrsEnd,
        OptionalInt tEnd,
        OptionalInt pAxis,
        OptionalInt qrsAxis,
        OptionalInt tAxis) {
    /** The table's name in the published data set. */
    public static final String FILE = "machine_measurements.csv";

    private static final int REPORT_LINES = 18;

    /** No interval of a beat lasts 10 s, and no axis turns so far; 29999 stands for "not measured". */
    private static final int IMPLAUSIBLE = 10_000;

    public MachineMeasurements {
        report = List.copyOf(report);
    }

    /** From the beginning of P to that of QRS, ms. */
    public OptionalInt pr() {
        return between(pOnset, qrsOnset);
    }

    /** Duration of QRS, ms. */
    public OptionalInt qrs() {
        return between(qrsOnset, qrsEnd);
    }

    /** From the beginning of QRS to the end of T, ms. */
    public OptionalInt qt() {
        return between(qrsOnset, tEnd);
    }

    private static OptionalInt between(OptionalInt from, OptionalInt to) {
        return from.isPresent() && to.isPresent() && to.getAsInt() > from.getAsInt()
                ? OptionalInt.of(to.getAsInt() - from.getAsInt())
                : OptionalInt.empty();
    }

    /**
     * Reads {@code machine_measurements.csv} of the published folder, by study.
     *
     * @param wanted studies to keep; the table has hundreds of thousands
     * @throws FormatException when it is missing or malformed
     */
    public static SortedMap<Integer, MachineMeasurements> read(Path folder, IntPredicate wanted) {
        SortedMap<Integer, MachineMeasurements> all = new TreeMap<>();
        List<String> needed = List.of(
                "study_id",
                "rr_interval",
                "p_onset",
                "p_end",
                "qrs_onset",
                "qrs_end",
                "t_end",
                "p_axis",
                "qrs_axis",
                "t_axis");
        CsvTable.read(folder.resolve(FILE), needed, row -> {
            int study = row.id("study_id");
            if (wanted.test(study)) {
                all.put(study, measurements(study, row));
            }
        });
        return all;
    }

    private static MachineMeasurements measurements(int study, CsvTable.Row row) {
        List<String> report = new ArrayList<>();
        for (int line = 0; line < REPORT_LINES && row.has("report_" + line); line++) {
            row.stated("report_" + line).ifPresent(report::add);
        }
        return new MachineMeasurements(
                study,
                report,
                measured(row, "rr_interval"),
                measured(row, "p_onset"),
                measured(row, "p_end"),
                measured(row, "qrs_onset"),
                measured(row, "qrs_end"),
                measured(row, "t_end"),
                measured(row, "p_axis"),
                measured(row, "qrs_axis"),
                measured(row, "t_axis"));
    }

    private static OptionalInt measured(CsvTable.Row row, String column) {
        if (row.stated(column).isEmpty()) {
            return OptionalInt.empty();
        }
        int x = row.integer(column);
        return Math.abs(x) < IMPLAUSIBLE ? OptionalInt.of(x) : OptionalInt.empty();
    }
}
