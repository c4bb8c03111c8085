package org.einthoven.data;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.einthoven.data.table.CsvTable;
import org.einthoven.tensor.FormatException;

/**
 * The record list of MIMIC-IV-ECG 1.0 (Gow et al., PhysioNet 2023): where each ECG lies, and whose it is. ECG-QA names these
 * ECGs by their study.
 *
 * @param folder the published folder
 * @param records by study
 */
public record MimicIvEcg(Path folder, SortedMap<Integer, Entry> records) {
    /** The list's name in the published data set. */
    public static final String FILE = "record_list.csv";

    private static final int LEVELS = 4;

    /**
     * One ECG.
     *
     * @param path of its record below the folder, without extension
     */
    public record Entry(int study, String patient, String path) {}

    public MimicIvEcg {
        records = Collections.unmodifiableSortedMap(new TreeMap<>(records));
    }

    /**
     * Reads {@code record_list.csv} of the published folder.
     *
     * @throws FormatException when it is missing or malformed, or a path leads out of the folder
     */
    public static MimicIvEcg read(Path folder) {
        SortedMap<Integer, Entry> records = new TreeMap<>();
        Path whole = folder.toAbsolutePath().normalize();
        CsvTable.read(folder.resolve(FILE), List.of("subject_id", "study_id", "path"), row -> {
            String path = row.text("path");
            if (!whole.resolve(path).normalize().startsWith(whole)) {
                throw row.bad("path", "'" + path + "' leads out of the folder");
            }
            int study = row.id("study_id");
            Entry entry = new Entry(study, Integer.toString(row.id("subject_id")), path);
            if (records.put(study, entry) != null) {
                throw row.bad("study_id", study + " is there twice");
            }
        });
        return new MimicIvEcg(folder, records);
    }

    /** The list in {@code directory} or up to four folders above it, such as in the folder above {@code files}. */
    public static Optional<MimicIvEcg> around(Path directory) {
        Path folder = directory.toAbsolutePath().normalize();
        for (int level = 0; level <= LEVELS && folder != null; level++, folder = folder.getParent()) {
            if (Files.isRegularFile(folder.resolve(FILE))) {
                return Optional.of(read(folder));
            }
        }
        return Optional.empty();
    }

    /** The header file of a listed ECG; empty when the list does not name it, or it is not on this disk. */
    public Optional<Path> file(int study) {
        return Optional.ofNullable(records.get(study))
                .map(entry -> folder.resolve(entry.path + ".hea"))
                .filter(Files::isRegularFile);
    }
}
