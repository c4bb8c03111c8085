package org.einthoven.data.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.einthoven.data.RealData;
import org.einthoven.data.Refused;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalCopyTest {
    @TempDir
    Path folder;

    private LocalCopy checked() {
        return LocalCopy.check(folder, (what, done, of) -> {});
    }

    private static boolean any(List<String> lines, String part) {
        return lines.stream().anyMatch(line -> line.contains(part));
    }

    /** A MIMIC-IV-ECG of two listed records, one of which is there, in format 16 at a rate. */
    private void mimic(int hz, byte sample) throws IOException {
        Files.writeString(
                folder.resolve("record_list.csv"),
                "subject_id,study_id,file_name,ecg_time,path\n"
                        + "10,40,40,t,files/p10/s40/40\n11,41,41,t,files/p11/s41/41\n");
        Path at = Files.createDirectories(folder.resolve("files/p10/s40"));
        StringBuilder header = new StringBuilder("40 12 " + hz + " " + 10 * hz + "\n");
        for (String lead : List.of("I", "II", "III", "aVR", "aVF", "aVL", "V1", "V2", "V3", "V4", "V5", "V6")) {
            header.append("40.dat 16 200/mV 16 0 0 0 0 ").append(lead).append('\n');
        }
        Files.writeString(at.resolve("40.hea"), header);
        byte[] samples = new byte[12 * 10 * hz * 2];
        samples[0] = sample;
        Files.write(at.resolve("40.dat"), samples);
    }

    @Test
    void whatIsMissingIsCounted() throws IOException {
        mimic(500, (byte) 0);
        LocalCopy copy = checked();
        assertEquals(DataSet.MIMIC_IV_ECG, copy.dataSet());
        assertTrue(copy.dataSet().page().startsWith("https://physionet.org/"));
        assertEquals(2L, copy.counts().get("listed"));
        assertEquals(1L, copy.counts().get("records at 500 Hz"));
        assertTrue(any(copy.missing(), "1 of 2 records at 500 Hz, the first files/p11/s41/41"), copy::toString);
        assertTrue(any(copy.missing(), "machine_measurements.csv"));
        assertTrue(any(copy.missing(), "as published it has 800035"));
        assertEquals(List.of(), copy.damaged());
        assertTrue(any(copy.notes(), "no SHA256SUMS.txt"));
        assertFalse(copy.isWhole());
    }

    @Test
    void wrongRatesAndChecksumsAreDamage() throws IOException {
        mimic(250, (byte) 3);
        LocalCopy copy = checked();
        assertTrue(any(copy.damaged(), "files/p10/s40/40: 250.0 Hz; as published it has 500.0"), copy::toString);
        assertTrue(any(copy.damaged(), "checksums that the header stores"), copy::toString);
        Files.writeString(folder.resolve("files/p10/s40/40.hea"), "nonsense");
        assertTrue(any(checked().damaged(), "40.hea"));
    }

    @Test
    void publishedSumsAreCompared() throws IOException {
        mimic(500, (byte) 0);
        Files.writeString(folder.resolve("a.txt"), "abc");
        Files.writeString(
                folder.resolve("SHA256SUMS.txt"),
                "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad a.txt\n"
                        + "0".repeat(64) + " record_list.csv\n"
                        + "0".repeat(64) + " gone.txt\n"
                        + "0".repeat(64) + " ../outside.txt\nnonsense\n");
        LocalCopy copy = checked();
        assertEquals(1L, copy.counts().get("files with the published sum"));
        assertTrue(any(copy.damaged(), "record_list.csv: its SHA-256 sum is not the published one"));
        assertTrue(any(copy.missing(), "1 of 5 files of SHA256SUMS.txt, the first gone.txt"));
        assertTrue(any(copy.damaged(), "line 4: leads out of the folder"));
        assertTrue(any(copy.damaged(), "line 5: is no sum and file"));
    }

    @Test
    void aListOfSumsMayHoldAnything() throws IOException {
        mimic(500, (byte) 0);
        String none = "0".repeat(64);
        byte[] odd = (none + " a\0b\n\n" + none + " ?.hea\nnonsense\n").getBytes(StandardCharsets.UTF_8);
        odd[new String(odd, StandardCharsets.UTF_8).indexOf('?')] = (byte) 0xff;
        Files.write(folder.resolve("SHA256SUMS.txt"), odd);
        LocalCopy copy = checked();
        assertTrue(any(copy.damaged(), "line 1: is no sum and file"), copy::toString);
        assertTrue(any(copy.missing(), "1 of 3 files of SHA256SUMS.txt"), copy::toString);
        assertTrue(any(copy.damaged(), "line 4: is no sum and file"), "blank lines count: " + copy);
    }

    @Test
    void otherFoldersAreNone() {
        Refused.with(this::checked, "is no copy of a data set that is known here", "record_list.csv");
        Refused.with(() -> LocalCopy.check(folder.resolve("gone"), (what, done, of) -> {}), "no such folder");
    }

    @Test
    void theThreeHundredOfPtbXl() {
        LocalCopy copy = LocalCopy.check(RealData.at("ptbxl"), (what, done, of) -> {});
        assertEquals(DataSet.PTB_XL, copy.dataSet());
        assertEquals(300L, copy.counts().get("rows"));
        assertEquals(281L, copy.counts().get("patients"));
        assertEquals(300L, copy.counts().get("records at 500 Hz"));
        assertEquals(20L, copy.counts().get("records at 100 Hz"));
        assertTrue(any(copy.missing(), "280 of 300 records at 100 Hz"));
        assertTrue(any(copy.missing(), "has 300 rows; as published it has 21799"));
        assertEquals(List.of(), copy.damaged());
    }

    @Test
    void theFourShardsOfEcgQa() {
        LocalCopy copy = LocalCopy.check(RealData.at("ecgqa"), (what, done, of) -> {});
        assertEquals(DataSet.ECG_QA, copy.dataSet());
        assertEquals(17_539L, copy.counts().get("ptbxl/paraphrased/train"));
        assertTrue(any(
                copy.missing(), "ptbxl/paraphrased/train: 25 shards before the last that is here, the first 0.json"));
        assertTrue(any(copy.missing(), "ptbxl/paraphrased/valid has 4663 items; as published it has 64663"));
        assertEquals(List.of(), copy.damaged(), "every ECG asked about is in its split's list");
    }
}
