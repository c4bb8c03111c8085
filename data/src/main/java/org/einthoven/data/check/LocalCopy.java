package org.einthoven.data.check;

import java.nio.file.Path;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What was found in a copy of a published data set.
 *
 * @param counts of what is there, by name
 * @param missing what the copy lacks, one line each
 * @param damaged what is there and wrong, one line each: checksums, rates, files that cannot be read
 * @param notes what a user should know
 */
public record LocalCopy(
        DataSet dataSet,
        Path folder,
        SortedMap<String, Long> counts,
        List<String> missing,
        List<String> damaged,
        List<String> notes) {

    /** Told how far a check has come. */
    public interface Watch {
        void at(String what, long done, long of);
    }

    public LocalCopy {
        counts = new TreeMap<>(counts);
        missing = List.copyOf(missing);
        damaged = List.copyOf(damaged);
        notes = List.copyOf(notes);
    }

    /** Whether nothing is missing and nothing is damaged. */
    public boolean isWhole() {
        return missing.isEmpty() && damaged.isEmpty();
    }

    /**
     * Looks at all files of a copy.
     *
     * @throws org.einthoven.tensor.FormatException when the folder holds no data set that is known, or its table or list
     *     cannot be read
     */
    public static LocalCopy check(Path folder, Watch watch) {
        DataSet set = DataSet.of(folder);
        Findings findings = new Findings();
        Path whole = folder.toAbsolutePath().normalize(); // nothing begins with ".", so no path would lie inside of it
        switch (set) {
            case PTB_XL -> RecordCopy.ptbXl(whole, findings, watch);
            case MIMIC_IV_ECG -> RecordCopy.mimic(whole, findings, watch);
            case ECG_QA -> QuestionCopy.check(whole, findings, watch);
        }
        Sums.check(whole, findings, watch);
        return new LocalCopy(set, folder, findings.counts(), findings.missing(), findings.damaged(), findings.notes());
    }
}
