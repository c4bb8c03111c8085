package org.einthoven.data.ptbxl;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.einthoven.data.table.CsvTable;
import org.einthoven.tensor.FormatException;

/**
 * {@code ptbxl_database.csv} of PTB-XL 1.0.3 (Wagner et al., Scientific Data 2020), row by row.
 *
 * @param source the file
 * @param rows by ECG id
 */
public record LabelTable(String source, SortedMap<Integer, Labels> rows) {
    static final List<String> NOISES = List.of("baseline_drift", "static_noise", "burst_noise", "electrodes_problems");

    private static final List<String> COLUMNS = List.of(
            "ecg_id",
            "patient_id",
            "scp_codes",
            "heart_axis",
            "infarction_stadium1",
            "infarction_stadium2",
            "baseline_drift",
            "static_noise",
            "burst_noise",
            "electrodes_problems",
            "extra_beats",
            "strat_fold",
            "filename_lr",
            "filename_hr");

    private static final int MOST_STATEMENTS = 100;
    private static final Pattern STATEMENT =
            Pattern.compile("'([^']{1,40})'\\s*:\\s*(\\d{1,3}(?:\\.\\d{1,8})?)\\s*(,\\s*|$)");

    public LabelTable {
        rows = Collections.unmodifiableSortedMap(new TreeMap<>(rows));
    }

    /** @throws FormatException when the file is missing, lacks a column, or a cell is malformed */
    public static LabelTable read(Path csv) {
        SortedMap<Integer, Labels> rows = new TreeMap<>();
        CsvTable.read(csv, COLUMNS, row -> {
            Labels labels = labels(row);
            if (rows.put(labels.ecg(), labels) != null) {
                throw row.bad("ecg_id", labels.ecg() + " is there twice");
            }
        });
        return new LabelTable(csv.toString(), rows);
    }

    private static Labels labels(CsvTable.Row row) {
        SortedMap<String, String> noise = new TreeMap<>();
        NOISES.forEach(column -> row.stated(column).ifPresent(leads -> noise.put(column, leads)));
        List<String> stages = new ArrayList<>();
        row.stated("infarction_stadium1").ifPresent(stages::add);
        row.stated("infarction_stadium2").ifPresent(stages::add);
        return new Labels(
                row.id("ecg_id"),
                Integer.toString(row.id("patient_id")),
                statements(row),
                row.stated("heart_axis"),
                stages,
                Collections.unmodifiableSortedMap(noise),
                row.stated("extra_beats"),
                row.id("strat_fold"),
                List.of(row.text("filename_lr"), row.text("filename_hr")));
    }

    /** Python's notation of a dictionary: {@code {'NORM': 100.0, 'SR': 0.0}}. */
    private static Map<String, Double> statements(CsvTable.Row row) {
        String text = row.text("scp_codes");
        if (!text.startsWith("{") || !text.endsWith("}")) {
            throw row.bad("scp_codes", "must be codes with likelihoods in braces, such as {'NORM': 100.0, 'SR': 0.0}");
        }
        String inner = text.substring(1, text.length() - 1).strip();
        Map<String, Double> statements = new HashMap<>();
        Matcher next = STATEMENT.matcher(inner);
        int at = 0;
        while (at < inner.length()) {
            if (statements.size() == MOST_STATEMENTS
                    || !next.region(at, inner.length()).lookingAt()) {
                throw row.bad("scp_codes", "is malformed at its character " + (at + 1));
            }
            double likelihood = Double.parseDouble(next.group(2));
            if (likelihood > 100 || statements.put(next.group(1), likelihood) != null) {
                throw row.bad("scp_codes", next.group(1) + " has a likelihood beyond 100 %, or is there twice");
            }
            at = next.end();
        }
        return statements;
    }
}
