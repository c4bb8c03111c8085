package org.einthoven.data;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;
import org.einthoven.tensor.FormatException;

/**
 * The table of PTB-XL (Wagner et al., "PTB-XL, a large publicly available electrocardiography dataset", Scientific Data
 * 2020): which patient each ECG is of.
 *
 * @param patientOfEcg patient ids by ECG id
 */
public record PtbXl(Map<Integer, String> patientOfEcg) {
    /** The table's name in the published data set. */
    public static final String FILE = "ptbxl_database.csv";

    private static final int LEVELS = 3;

    public PtbXl {
        patientOfEcg = Map.copyOf(patientOfEcg);
    }

    /**
     * Reads the columns {@code ecg_id} and {@code patient_id}.
     *
     * @throws FormatException when the file is missing, lacks a column, or an id is no number
     */
    public static PtbXl read(Path csv) {
        Map<Integer, String> patients = new TreeMap<>();
        CSVFormat format = CSVFormat.DEFAULT
                .builder()
                .setHeader()
                .setSkipHeaderRecord(true)
                .get();
        try (BufferedReader in = Files.newBufferedReader(csv, StandardCharsets.UTF_8);
                CSVParser rows = format.parse(in)) {
            for (String column : new String[] {"ecg_id", "patient_id"}) {
                if (!rows.getHeaderMap().containsKey(column)) {
                    throw new FormatException(csv.toString(), 0, "header", "there is no column " + column);
                }
            }
            for (CSVRecord row : rows) {
                patients.put((int) number(csv, row, "ecg_id"), Long.toString((long) number(csv, row, "patient_id")));
            }
            return new PtbXl(patients);
        } catch (IOException | UncheckedIOException | IllegalArgumentException e) {
            throw new FormatException(csv.toString(), FormatException.WHOLE_FILE, "file", "cannot be read: " + e, e);
        }
    }

    /** The table in {@code directory} or up to three folders above it; empty when there is none. */
    public static Optional<PtbXl> around(Path directory) {
        Path folder = directory.toAbsolutePath().normalize();
        for (int level = 0; level <= LEVELS && folder != null; level++, folder = folder.getParent()) {
            Path csv = folder.resolve(FILE);
            if (Files.isRegularFile(csv)) {
                return Optional.of(read(csv));
            }
        }
        return Optional.empty();
    }

    private static double number(Path csv, CSVRecord row, String column) {
        if (!row.isSet(column)) {
            throw new FormatException(
                    csv.toString(), row.getBytePosition(), "row " + row.getRecordNumber(), "ends before " + column);
        }
        try {
            return Double.parseDouble(row.get(column));
        } catch (NumberFormatException e) {
            throw new FormatException(
                    csv.toString(),
                    FormatException.WHOLE_FILE,
                    "row " + row.getRecordNumber() + ", " + column,
                    "'" + row.get(column) + "' is not a number");
        }
    }
}
