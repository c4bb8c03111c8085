package org.einthoven.data.ptbxl;

import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;
import org.einthoven.data.table.CsvTable;
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
        CsvTable.read(csv, COLUMNS, row -> statements.put(row.first(), statement(row)));
        return new ScpStatements(statements);
    }

    private static Statement statement(CsvTable.Row row) {
        return new Statement(
                row.first(),
                row.text("description").toLowerCase(Locale.ROOT),
                row.stated("diagnostic").isPresent(),
                row.stated("form").isPresent(),
                row.stated("rhythm").isPresent(),
                row.text("diagnostic_class"));
    }
}
