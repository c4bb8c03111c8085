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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EcgLibraryTest {

    @Test
    void ptbXlWithItsPatients() {
        EcgLibrary library = EcgLibrary.open(RealData.at("ptbxl", "records500"));
        assertEquals(300, library.ids().size());
        assertEquals("15709", library.patient(1));
        assertEquals(Optional.of("15709"), library.read(1).patient().id());
        assertEquals(List.of(), library.warnings());
        StratFolds folds = library.stratFolds();
        assertEquals(300, folds.foldOfEcg().size());
        assertEquals(3, folds.foldOfEcg().get(1));
        assertFalse(library.has(999));
        Refused.with(() -> library.read(999), "ECG 999", "not in this folder");
    }

    @Test
    void theFinerOfTwoRatesIsTaken() {
        EcgLibrary library = EcgLibrary.open(RealData.at("ptbxl"));
        assertEquals(500, library.read(1).hz());
    }

    @Test
    void challengeCopiesWithoutATable() {
        EcgLibrary library = EcgLibrary.open(RealData.at("cinc", "ptbxl"));
        assertTrue(library.has(1));
        assertEquals("ecg 1", library.patient(1));
        assertTrue(library.warnings().get(0).contains("each ECG counts as a patient of its own"));
        Refused.with(library::stratFolds, "strat_fold: there is no ptbxl_database.csv", "take --split patient");
    }

    @Test
    void aLinkToWhereTheDataSetLies(@TempDir Path directory) throws IOException {
        Path there = Files.createDirectories(directory.resolve("set/records"));
        Files.createFile(there.resolve("00001.mat"));
        Files.writeString(directory.resolve("set").resolve(PtbXl.FILE), "ecg_id,patient_id\n1,2\n");
        Path link = Files.createSymbolicLink(directory.resolve("ecgs"), there);
        assertEquals("2", EcgLibrary.open(link).patient(1));
    }

    @Test
    void badFoldersAndTables(@TempDir Path directory) throws IOException {
        Refused.with(() -> EcgLibrary.open(directory.resolve("gone")), "no such folder");
        Refused.with(() -> EcgLibrary.open(directory), "holds no ECG named by its id");
        Path csv = directory.resolve(PtbXl.FILE);
        Refused.with(() -> PtbXl.read(csv), "cannot be read");
        Files.writeString(csv, "ecg_id,age\n1,2\n");
        Refused.with(() -> PtbXl.read(csv), "there is no column patient_id");
        Files.writeString(csv, "ecg_id,patient_id\n1,someone\n");
        Refused.with(() -> PtbXl.read(csv), "row 1, patient_id", "'someone' is not a number");
        Files.writeString(csv, "ecg_id,patient_id\n1\n");
        Refused.with(() -> PtbXl.read(csv), "row 1", "ends before patient_id");
        Files.writeString(csv, "ecg_id,patient_id,strat_fold\n1,2,11\n");
        Refused.with(() -> PtbXl.read(csv), "row 1, strat_fold", "11 is no fold");
        Files.writeString(csv, "ecg_id,patient_id,strat_fold\n1,2,\n3,4,5.0\n");
        assertEquals(Map.of(3, 5), PtbXl.read(csv).foldOfEcg(), "an empty cell tells none");
        Files.writeString(csv, "ecg_id,patient_id\n1,2\n");
        Files.createFile(directory.resolve("00001.mat"));
        Refused.with(() -> EcgLibrary.open(directory).stratFolds(), PtbXl.FILE, "strat_fold: there is no such column");
        Files.writeString(csv, "ecg_id,patient_id,\"unclosed\n1,2\n");
        Refused.with(() -> PtbXl.read(csv), PtbXl.FILE);
    }
}
