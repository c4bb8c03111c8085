package org.einthoven.data.ptbxl;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;
import org.einthoven.tensor.FormatException;

/**
 * {@code scp_statements.csv} of PTB-XL: what each SCP code stands for.
 *
 * @param statements by code
 */
public record ScpStatements(SortedMap<String, Statement> statements) {
    private static final List<String> COLUMNS =
            List.of("description", "diagnostic", "form", "rhythm", "diagnostic_class");

    /**
     * One code.
     *
     * @param text in words, lower case
     * @param superclass {@code NORM}, {@code MI}, {@code STTC}, {@code CD}, {@code HYP} of a diagnosis; else empty
     */
    public record Statement(
            String code, String text, boolean diagnostic, boolean form, boolean rhythm, String superclass) {}

    public ScpStatements {
        statements = Collections.unmodifiableSortedMap(new TreeMap<>(statements));
    }

    /** @throws FormatException when the file is missing or lacks a column */
    public static ScpStatements read(Path csv) {
        SortedMap<String, Statement> statements = new TreeMap<>();
        CSVFormat format = CSVFormat.DEFAULT
                .builder()
                .setHeader()
                .setSkipHeaderRecord(true)
                .setAllowMissingColumnNames(true)
                .get();
        try (BufferedReader in = Files.newBufferedReader(csv, StandardCharsets.UTF_8);
                CSVParser rows = format.parse(in)) {
            for (String column : COLUMNS) {
                if (!rows.getHeaderMap().containsKey(column)) {
                    throw new FormatException(csv.toString(), 0, "header", "there is no column " + column);
                }
            }
            for (CSVRecord row : rows) {
                if (!row.isConsistent()) {
                    throw new FormatException(
                            csv.toString(),
                            row.getBytePosition(),
                            "row " + row.getRecordNumber(),
                            row.size() + " cells where the header has "
                                    + rows.getHeaderMap().size());
                }
                String code = row.get(0).strip();
                statements.put(
                        code,
                        new Statement(
                                code,
                                row.get("description").strip().toLowerCase(Locale.ROOT),
                                isSet(row, "diagnostic"),
                                isSet(row, "form"),
                                isSet(row, "rhythm"),
                                row.get("diagnostic_class").strip()));
            }
        } catch (IOException | UncheckedIOException | IllegalArgumentException e) {
            throw new FormatException(csv.toString(), FormatException.WHOLE_FILE, "file", "cannot be read: " + e, e);
        }
        return new ScpStatements(statements);
    }

    private static boolean isSet(CSVRecord row, String column) {
        return !row.get(column).isBlank();
    }
}
