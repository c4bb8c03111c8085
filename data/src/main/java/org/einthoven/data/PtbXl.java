package org.einthoven.data;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.einthoven.data.table.CsvTable;
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
        CsvTable.read(
                csv,
                List.of("ecg_id", "patient_id"),
                row -> patients.put(row.id("ecg_id"), Integer.toString(row.id("patient_id"))));
        return new PtbXl(patients);
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
}
