package org.einthoven.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.einthoven.data.ecg.EcgRecord;
import org.einthoven.data.ecg.Lead;
import org.einthoven.data.ecg.Patient;
import org.einthoven.data.ecg.Quality;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The kind of an ECG file is found by content, never by name alone. */
class EcgFilesTest {

    @ParameterizedTest
    @ValueSource(strings = {"00001_hr", "00001_hr.hea", "00001_hr.dat"})
    void oneRecordUnderThreeNames(String name) {
        Path path = RealData.at("ptbxl", "records500", "00000").resolve(name);
        EcgRecord record = EcgFiles.open(path);
        assertEquals("00001_hr", record.id());
        assertEquals(Optional.of("wfdb"), EcgFiles.format(path));
        assertEquals(-0.115f, record.samples()[0][0]);
    }

    @Test
    void aChallengeFileIsItsWfdbRecordWithAHeaderInFront(@TempDir Path elsewhere) throws IOException {
        EcgRecord ptbXl =
                EcgFiles.open(RealData.at("ptbxl", "records500", "00000").resolve("00001_hr"));
        Path mat = RealData.at("cinc", "ptbxl", "HR00001.mat");
        EcgRecord challenge = EcgFiles.open(mat);
        assertEquals(Optional.of("challenge-mat"), EcgFiles.format(mat));
        assertEquals(Optional.of(true), challenge.checksumsOk());
        assertEquals(56, challenge.patient().age().orElseThrow());
        assertEquals(List.of("251146004", "426783006"), challenge.patient().diagnoses());
        Path alone = Files.copy(mat, elsewhere.resolve("renamed.bin"));
        EcgRecord withoutHeader = EcgFiles.open(alone);
        assertTrue(withoutHeader.warnings().get(0).contains("no header renamed.hea beside the file"));
        for (int lead = 0; lead < Lead.COUNT; lead++) {
            assertArrayEquals(ptbXl.samples()[lead], challenge.samples()[lead]);
            assertArrayEquals(ptbXl.samples()[lead], withoutHeader.samples()[lead]);
        }
    }

    @Test
    void cpsc2018AsFirstPublished() {
        Path mat = RealData.at("cpsc2018-original", "A1980.mat");
        EcgRecord record = EcgFiles.open(mat);
        assertEquals(Optional.of("matlab5"), EcgFiles.format(mat));
        assertEquals(500, record.hz());
        assertEquals(12, record.samples().length);
        assertTrue(record.patient().age().isPresent());
        assertTrue(record.patient().sex() != Patient.Sex.UNKNOWN);
        assertTrue(Quality.of(record).einthovenDeviation().orElseThrow() < 0.05);
    }

    @Test
    void whatIsNoEcgIsNamed(@TempDir Path directory) throws IOException {
        Refused.with(
                () -> EcgFiles.open(directory.resolve("nothing")), "nothing", "no such file or record", "nothing.hea");
        Refused.with(() -> EcgFiles.open(directory), "is a directory");
        Path file = directory.resolve("x");
        Refused.with(() -> EcgFiles.open(Files.write(file, new byte[0])), "the file is empty");
        Refused.with(() -> EcgFiles.open(Files.writeString(file, "<?xml version='1.0'?><x/>")), "this is XML");
        byte[] dicom = new byte[200];
        System.arraycopy("DICM".getBytes(), 0, dicom, 128, 4);
        Refused.with(() -> EcgFiles.open(Files.write(file, dicom)), "this is DICOM");
        byte[] hdf5 = {(byte) 0x89, 'H', 'D', 'F', '\r', '\n', 0x1A, '\n', 0, 0};
        Refused.with(() -> EcgFiles.open(Files.write(file, hdf5)), "this is HDF5", "-v7");
        byte[] newer = new byte[512];
        System.arraycopy("MATLAB 7.3 MAT-file".getBytes(), 0, newer, 0, 19);
        newer[125] = 2;
        newer[126] = 'I';
        newer[127] = 'M';
        Refused.with(() -> EcgFiles.open(Files.write(file, newer)), "this is HDF5", "-v7");
        assertFalse(EcgFiles.isEcg(file));
    }
}
