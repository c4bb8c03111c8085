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
 * 2020): which patient each ECG is of, and in which fold.
 *
 * @param source the file
 * @param patientOfEcg patient ids by ECG id
 * @param foldOfEcg {@code strat_fold} by ECG id; none of an ECG where the table does not tell it
 */
public record PtbXl(String source, Map<Integer, String> patientOfEcg, Map<Integer, Integer> foldOfEcg) {
    /** The table's name in the published data set. */
    public static final String FILE = "ptbxl_database.csv";

    private static final int LEVELS = 3;

    public PtbXl {
        patientOfEcg = Map.copyOf(patientOfEcg);
        foldOfEcg = Map.copyOf(foldOfEcg);
    }

    /**
     * Reads the columns {@code ecg_id}, {@code patient_id} and, where it is there, {@code strat_fold}.
     *
     * @throws FormatException when the file is missing, lacks one of the ids, an id is no number, or a fold none of 1 to 10
     */
    public static PtbXl read(Path csv) {
        Map<Integer, String> patients = new TreeMap<>();
        Map<Integer, Integer> folds = new TreeMap<>();
        CsvTable.read(csv, List.of("ecg_id", "patient_id"), row -> {
            int ecg = row.id("ecg_id");
            patients.put(ecg, Integer.toString(row.id("patient_id")));
            if (row.has(StratFolds.COLUMN) && row.stated(StratFolds.COLUMN).isPresent()) {
                folds.put(ecg, fold(row));
            }
        });
        return new PtbXl(csv.toString(), patients, folds);
    }

    private static int fold(CsvTable.Row row) {
        int fold = row.id(StratFolds.COLUMN);
        if (fold < 1 || fold > StratFolds.COUNT) {
            throw row.bad(
                    StratFolds.COLUMN,
                    fold + " is no fold; there are 1 to " + StratFolds.COUNT + "; take the table as it is published");
        }
        return fold;
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
