package org.einthoven.data.ptbxl;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;
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
        CSVFormat format = CSVFormat.DEFAULT
                .builder()
                .setHeader()
                .setSkipHeaderRecord(true)
                .get();
        try (BufferedReader in = Files.newBufferedReader(csv, StandardCharsets.UTF_8);
                CSVParser parser = format.parse(in)) {
            for (String column : COLUMNS) {
                if (!parser.getHeaderMap().containsKey(column)) {
                    throw new FormatException(
                            csv.toString(),
                            0,
                            "header",
                            "there is no column " + column + "; take the table as PTB-XL 1.0.3 publishes it");
                }
            }
            for (CSVRecord row : parser) {
                Labels labels = new Row(csv, row).labels();
                if (rows.put(labels.ecg(), labels) != null) {
                    throw new Row(csv, row).bad("ecg_id", labels.ecg() + " is there twice");
                }
            }
        } catch (IOException | UncheckedIOException | IllegalArgumentException e) {
            throw new FormatException(csv.toString(), FormatException.WHOLE_FILE, "file", "cannot be read: " + e, e);
        }
        return new LabelTable(csv.toString(), rows);
    }

    /** One line of the file. */
    private record Row(Path csv, CSVRecord row) {
        Labels labels() {
            SortedMap<String, String> noise = new TreeMap<>();
            NOISES.forEach(column -> stated(column).ifPresent(leads -> noise.put(column, leads)));
            List<String> stages = new ArrayList<>();
            stated("infarction_stadium1").ifPresent(stages::add);
            stated("infarction_stadium2").ifPresent(stages::add);
            return new Labels(
                    (int) number("ecg_id"),
                    Long.toString((long) number("patient_id")),
                    statements(cell("scp_codes")),
                    stated("heart_axis"),
                    stages,
                    Collections.unmodifiableSortedMap(noise),
                    stated("extra_beats"),
                    (int) number("strat_fold"),
                    List.of(cell("filename_lr"), cell("filename_hr")));
        }

        private String cell(String column) {
            if (!row.isSet(column)) {
                throw bad(column, "the row ends before it");
            }
            return row.get(column).strip();
        }

        private Optional<String> stated(String column) {
            return Optional.of(cell(column)).filter(text -> !text.isEmpty());
        }

        private double number(String column) {
            String text = cell(column);
            try {
                double x = Double.parseDouble(text);
                if (x >= 0 && x <= Integer.MAX_VALUE) {
                    return x;
                }
            } catch (NumberFormatException e) {
                throw bad(column, "'" + text + "' is not a number");
            }
            throw bad(column, "'" + text + "' is not a number that can be an id");
        }

        /** Python's notation of a dictionary: {@code {'NORM': 100.0, 'SR': 0.0}}. */
        private Map<String, Double> statements(String text) {
            if (!text.startsWith("{") || !text.endsWith("}")) {
                throw bad("scp_codes", "must be codes with likelihoods in braces, such as {'NORM': 100.0, 'SR': 0.0}");
            }
            String inner = text.substring(1, text.length() - 1).strip();
            Map<String, Double> statements = new HashMap<>();
            Matcher next = STATEMENT.matcher(inner);
            int at = 0;
            while (at < inner.length()) {
                if (statements.size() == MOST_STATEMENTS
                        || !next.region(at, inner.length()).lookingAt()) {
                    throw bad("scp_codes", "is malformed at its character " + (at + 1));
                }
                double likelihood = Double.parseDouble(next.group(2));
                if (likelihood > 100 || statements.put(next.group(1), likelihood) != null) {
                    throw bad("scp_codes", next.group(1) + " has a likelihood beyond 100 %, or is there twice");
                }
                at = next.end();
            }
            return statements;
        }

        FormatException bad(String column, String problem) {
            return new FormatException(
                    csv.toString(), row.getBytePosition(), "row " + row.getRecordNumber() + ", " + column, problem);
        }
    }
}
