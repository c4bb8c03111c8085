package org.einthoven.data.wfdb;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.einthoven.data.RealData;
import org.einthoven.data.ecg.EcgRecord;
import org.einthoven.data.ecg.Lead;
import org.einthoven.data.ecg.Patient;
import org.einthoven.data.ecg.Quality;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Real records: every stored checksum and first value must agree with what is read. */
class WfdbReaderTest {

    @Test
    void everyPtbXlRecordAgreesWithItsChecksums() throws IOException {
        int records = 0;
        for (String rate : List.of("records500", "records100")) {
            try (Stream<Path> files = Files.walk(RealData.at("ptbxl", rate))) {
                for (Path header : files.filter(f -> f.toString().endsWith(".hea"))
                        .sorted()
                        .toList()) {
                    EcgRecord record = WfdbReader.read(header, Checksums.REQUIRE);
                    assertEquals(Optional.of(true), record.checksumsOk(), header::toString);
                    assertEquals(12, record.samples().length);
                    assertEquals(10, record.seconds());
                    assertEquals(rate.equals("records500") ? 500 : 100, record.hz());
                    record.twelveLead();
                    records++;
                }
            }
        }
        assertEquals(320, records);
    }

    @Test
    void theFirstSamplesOfARecordInMillivolt() {
        EcgRecord record =
                WfdbReader.read(RealData.at("ptbxl", "records500", "00000").resolve("00001_hr"));
        assertEquals("00001_hr", record.id());
        assertEquals(
                List.of("I", "II", "III", "AVR", "AVL", "AVF", "V1", "V2", "V3", "V4", "V5", "V6"), record.leads());
        float[] first = new float[12];
        for (int i = 0; i < 12; i++) {
            first[i] = record.samples()[i][0];
        }
        assertArrayEquals(
                new float[] {
                    -0.115f, -0.050f, 0.065f, 0.082f, -0.090f, 0.007f, -0.065f, -0.040f, -0.005f, -0.035f, -0.035f,
                    -0.075f
                },
                first);
        assertEquals(List.of(), record.warnings());
        assertEquals(List.of(), Quality.of(record).warnings());
    }

    /** The same signals in ten formats, each with its own checksum. */
    @Test
    void everyFormatThatIsReadAgreesWithItsChecksum() {
        EcgRecord record = WfdbReader.read(RealData.at("wfdb-samples").resolve("binformats"), Checksums.REQUIRE);
        assertEquals(10, record.samples().length);
        assertEquals(499, record.length());
        assertEquals(Optional.of(true), record.checksumsOk());
    }

    @ParameterizedTest
    @ValueSource(strings = {"100_3chan", "3000003_0003", "310derive", "310derive_2", "310derive_3", "s0010_re"})
    void sampleRecordsAgreeWithTheirChecksums(String name) {
        EcgRecord record = WfdbReader.read(RealData.at("wfdb-samples").resolve(name), Checksums.REQUIRE);
        assertEquals(Optional.of(true), record.checksumsOk());
    }

    @Test
    void aRecordOfTwoFilesAndFifteenLeads() {
        EcgRecord record = WfdbReader.read(RealData.at("wfdb-samples").resolve("s0010_re.hea"));
        assertEquals(15, record.samples().length);
        assertEquals(1000, record.hz());
        assertEquals(-489 / 2000f, record.samples()[0][0]);
        assertEquals(120 / 2000f, record.samples()[13][0]);
        assertEquals(OptionalInt.of(81), record.patient().age());
        assertEquals(Patient.Sex.FEMALE, record.patient().sex());
        assertEquals(Lead.labels(), record.twelveLead().leads());
    }

    @Test
    void baselineAndGainOfFormat212() {
        EcgRecord record = WfdbReader.read(RealData.at("wfdb-samples").resolve("100_3chan"));
        assertEquals((995 - 1024) / 200f, record.samples()[0][0]);
        assertEquals((1011 - 1024) / 200f, record.samples()[1][0]);
        assertEquals(999, record.length());
    }

    @Test
    void theChallengeHeadersOfFiveSources() throws IOException {
        int records = 0;
        try (Stream<Path> files = Files.walk(RealData.at("cinc"))) {
            for (Path header :
                    files.filter(f -> f.toString().endsWith(".hea")).sorted().toList()) {
                EcgRecord record = WfdbReader.read(header, Checksums.REQUIRE);
                assertEquals(500, record.hz());
                assertEquals(Lead.labels(), record.twelveLead().leads());
                assertTrue(record.patient().sex() != Patient.Sex.UNKNOWN, header::toString);
                records++;
            }
        }
        assertEquals(21, records);
    }
}
