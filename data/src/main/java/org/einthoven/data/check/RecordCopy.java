package org.einthoven.data.check;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.einthoven.data.MachineMeasurements;
import org.einthoven.data.MimicIvEcg;
import org.einthoven.data.ecg.EcgRecord;
import org.einthoven.data.ecg.Lead;
import org.einthoven.data.ptbxl.LabelQuestions;
import org.einthoven.data.ptbxl.LabelTable;
import org.einthoven.data.ptbxl.Labels;
import org.einthoven.data.ptbxl.ScpStatements;
import org.einthoven.data.wfdb.WfdbReader;
import org.einthoven.tensor.FormatException;

/** Recordings: every one that the table or list names is read, its rate, leads, length and stored checksums compared. */
final class RecordCopy {
    private static final int PTB_XL_RECORDS = 21_799;
    private static final int MIMIC_RECORDS = 800_035;
    private static final double SECONDS = 10;

    private RecordCopy() {}

    static void ptbXl(Path folder, Findings findings, LocalCopy.Watch watch) {
        LabelTable table = LabelTable.read(folder.resolve(LabelQuestions.TABLE));
        List<Labels> rows = List.copyOf(table.rows().values());
        findings.count("rows", rows.size());
        findings.count("patients", rows.stream().map(Labels::patient).distinct().count());
        few(findings, LabelQuestions.TABLE, rows.size(), PTB_XL_RECORDS);
        if (Files.isRegularFile(folder.resolve(LabelQuestions.STATEMENTS))) {
            findings.count(
                    "statements",
                    ScpStatements.read(folder.resolve(LabelQuestions.STATEMENTS))
                            .statements()
                            .size());
        } else {
            findings.missing(LabelQuestions.STATEMENTS);
        }
        records(folder, rows, row -> row.files().get(1), 500, findings, watch);
        records(folder, rows, row -> row.files().get(0), 100, findings, watch);
    }

    static void mimic(Path folder, Findings findings, LocalCopy.Watch watch) {
        List<MimicIvEcg.Entry> list =
                List.copyOf(MimicIvEcg.read(folder).records().values());
        findings.count("listed", list.size());
        findings.count(
                "patients",
                list.stream().map(MimicIvEcg.Entry::patient).distinct().count());
        few(findings, MimicIvEcg.FILE, list.size(), MIMIC_RECORDS);
        if (Files.isRegularFile(folder.resolve(MachineMeasurements.FILE))) {
            findings.count(
                    "measured", MachineMeasurements.read(folder, study -> true).size());
        } else {
            findings.missing(MachineMeasurements.FILE);
        }
        records(folder, list, MimicIvEcg.Entry::path, 500, findings, watch);
    }

    private static void few(Findings findings, String file, int there, int published) {
        if (there != published) {
            findings.missing(file + " has " + there + " rows; as published it has " + published);
        }
    }

    /** All records of one rate: what is not there is counted, what is there is read. */
    private static <T> void records(
            Path folder, List<T> all, Function<T, String> pathOf, double hz, Findings findings, LocalCopy.Watch watch) {
        String which = "records at " + (int) hz + " Hz";
        long there = 0;
        Optional<String> lacking = Optional.empty();
        for (int i = 0; i < all.size(); i++) {
            String path = pathOf.apply(all.get(i));
            Path header = folder.resolve(path + ".hea").normalize();
            if (!header.startsWith(folder.normalize())) {
                findings.damaged(path + " leads out of the folder");
            } else if (Files.isRegularFile(header)) {
                there++;
                read(header, path, hz, findings);
            } else {
                lacking = lacking.or(() -> Optional.of(path));
            }
            watch.at(which, i + 1, all.size());
        }
        findings.count(which, there);
        if (there < all.size()) {
            findings.missing(all.size() - there + " of " + all.size() + " " + which + ", the first "
                    + lacking.orElse("of them outside the folder"));
        }
    }

    private static void read(Path header, String path, double hz, Findings findings) {
        try {
            EcgRecord record = WfdbReader.read(header);
            if (record.hz() != hz) {
                findings.damaged(path + ": " + record.hz() + " Hz; as published it has " + hz);
            }
            if (record.leads().size() != Lead.COUNT) {
                findings.damaged(path + ": " + record.leads().size() + " leads; as published it has " + Lead.COUNT);
            }
            if (record.seconds() != SECONDS) {
                findings.damaged(path + ": " + record.seconds() + " s; as published it lasts " + SECONDS);
            }
            if (!record.checksumsOk().orElse(true)) {
                findings.damaged(path + ": the samples do not have the checksums that the header stores");
            }
        } catch (FormatException e) {
            findings.damaged(e.getMessage());
        }
    }
}
