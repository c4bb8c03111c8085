package org.einthoven.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The record list and the measurements, as their published columns are; the data set itself is not here. */
class MimicIvEcgTest {
    private static final String LIST = "subject_id,study_id,file_name,ecg_time,path\n"
            + "10000032,40689238,40689238,2180-07-23 08:44:00,files/p1000/p10000032/s40689238/40689238\n"
            + "10000032,44458630,44458630,2180-07-23 09:54:00,files/p1000/p10000032/s44458630/44458630\n";

    @TempDir
    Path folder;

    private Path record(String path) throws IOException {
        Path header = folder.resolve(path + ".hea");
        Files.createDirectories(header.getParent());
        String name = header.getFileName().toString().replace(".hea", "");
        Files.writeString(header, name + " 1 500 2\n" + name + ".dat 16 200/mV 16 0 0 0 0 II\n");
        Files.write(folder.resolve(path + ".dat"), new byte[4]);
        return header;
    }

    @Test
    void ecgsAreFoundByTheListAndPatientsAreSubjects() throws IOException {
        Files.writeString(folder.resolve(MimicIvEcg.FILE), LIST);
        record("files/p1000/p10000032/s40689238/40689238");
        for (Path at : List.of(folder, folder.resolve("files"))) {
            EcgLibrary library = EcgLibrary.open(at);
            assertEquals(Set.of(40689238, 44458630), library.ids());
            assertTrue(library.has(40689238));
            assertFalse(library.has(44458630), "listed, but not on this disk");
            assertEquals("10000032", library.patient(44458630));
            assertEquals(500, library.read(40689238).hz());
            assertEquals(
                    Optional.of("10000032"), library.read(40689238).patient().id());
            assertEquals(List.of(), library.warnings());
        }
    }

    /** A spreadsheet puts a mark in front, quotes and ends lines otherwise. */
    @Test
    void aListThatASpreadsheetWroteIsRead() throws IOException {
        Path list = folder.resolve(MimicIvEcg.FILE);
        Files.writeString(list, "\uFEFF\"subject_id\",study_id,path\r\n7,8,\"files/a, b\"\r\n\r\n");
        assertEquals(
                new MimicIvEcg.Entry(8, "7", "files/a, b"),
                MimicIvEcg.read(folder).records().get(8));
        Files.writeString(list, "\uFEFFsubject_id,study_id,path\n1,x,a\n");
        Refused.with(() -> MimicIvEcg.read(folder), "at byte 28", "row 1, study_id"); // 3 of the mark, 25 of the header
    }

    @Test
    void badListsAreRefused() throws IOException {
        Path list = folder.resolve(MimicIvEcg.FILE);
        Refused.with(() -> MimicIvEcg.read(folder), "there is no such file");
        Files.write(list, new byte[] {(byte) 0xff});
        Refused.with(() -> MimicIvEcg.read(folder), "not in UTF-8");
        Files.writeString(list, "subject_id,study_id\n");
        Refused.with(() -> MimicIvEcg.read(folder), "there is no column path");
        Files.writeString(list, "subject_id,study_id,path\n1,2,../../etc/passwd\n");
        Refused.with(() -> MimicIvEcg.read(folder), "row 1, path", "leads out of the folder");
        Files.writeString(list, "subject_id,study_id,path\n1,2,a\n1,2,b\n");
        Refused.with(() -> MimicIvEcg.read(folder), "row 2, study_id: 2 is there twice");
        Files.writeString(list, "subject_id,study_id,path\n1,2.5,a\n");
        Refused.with(() -> MimicIvEcg.read(folder), "'2.5' is not a number that can be an id");
    }

    @Test
    void measurementsAndWhatWasNotMeasured() throws IOException {
        Files.writeString(
                folder.resolve(MachineMeasurements.FILE),
                "subject_id,study_id,report_0,report_1,report_2,rr_interval,p_onset,p_end,qrs_onset,qrs_end,t_end,"
                        + "p_axis,qrs_axis,t_axis\n"
                        + "1,7,Sinus rhythm,,Low voltage,659,40,128,170,258,518,81,-77,75\n"
                        + "1,8,Atrial fibrillation,,,600,29999,29999,170,258,518,29999,10,\n");
        Map<Integer, MachineMeasurements> all = MachineMeasurements.read(folder, study -> true);
        MachineMeasurements sinus = all.get(7);
        assertEquals(List.of("Sinus rhythm", "Low voltage"), sinus.report());
        assertEquals(OptionalInt.of(659), sinus.rr());
        assertEquals(OptionalInt.of(130), sinus.pr());
        assertEquals(OptionalInt.of(88), sinus.qrs());
        assertEquals(OptionalInt.of(348), sinus.qt());
        assertEquals(OptionalInt.of(-77), sinus.qrsAxis());
        assertEquals(OptionalInt.empty(), all.get(8).pr(), "29999 stands for no P wave");
        assertEquals(OptionalInt.empty(), all.get(8).tAxis());
        assertEquals(
                Set.of(8), MachineMeasurements.read(folder, study -> study == 8).keySet());
    }

    /** The layout of the reference's data release: a list of files, and the folder of the same name. */
    @Test
    void theReleasedListOfTestedEcgs() throws IOException {
        record("processed_test_30k/40000035");
        record("processed_test_30k/40000857");
        Path list = folder.resolve("processed_test_30k.json");
        Files.writeString(list, "[\n  \"40000035.mat\",\n  \"40000940.mat\"\n]");
        EcgLibrary library = EcgLibrary.open(list);
        assertTrue(library.has(40000035));
        assertFalse(library.has(40000857), "not in the list");
        assertFalse(library.has(40000940), "not on this disk");
        Files.writeString(list, "{}");
        Refused.with(() -> EcgLibrary.open(list), "must be a JSON list of file names");
        Files.writeString(list, "[1]");
        Refused.with(() -> EcgLibrary.open(list), "entry 0 is no file name");
        Files.writeString(list, "[\"40000035.mat\"");
        Refused.with(() -> EcgLibrary.open(list), "JSON");
    }
}
