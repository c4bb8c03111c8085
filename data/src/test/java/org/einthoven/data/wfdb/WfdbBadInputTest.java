package org.einthoven.data.wfdb;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.SplittableRandom;
import org.einthoven.data.Refused;
import org.einthoven.data.ecg.EcgRecord;
import org.einthoven.tensor.FormatException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Rows W1 to W4 of the list of bad inputs. */
class WfdbBadInputTest {
    private static final int[] SAMPLES = {100, -200, 300, Short.MIN_VALUE, 500, -600};

    @TempDir
    Path directory;

    @BeforeEach
    void twoLeadsOfThreeSamples() throws IOException {
        header("r 2 500 3", "r.dat 16 1000(0)/mV 16 0 100 900 0 I", "r.dat 16 1000(0)/mV 16 0 -200 -33568 0 II");
        ByteBuffer b = ByteBuffer.allocate(12).order(ByteOrder.LITTLE_ENDIAN);
        for (int s : SAMPLES) {
            b.putShort((short) s);
        }
        Files.write(directory.resolve("r.dat"), b.array());
    }

    private void header(String... lines) throws IOException {
        Files.writeString(directory.resolve("r.hea"), String.join("\n", lines) + "\n");
    }

    private EcgRecord read() {
        return WfdbReader.read(directory.resolve("r"));
    }

    @Test
    void theRecordItself() {
        EcgRecord record = read();
        assertEquals(Optional.of(true), record.checksumsOk());
        assertEquals(0.5f, record.samples()[0][2]);
        assertTrue(Float.isNaN(record.samples()[1][1]), "the sentinel is a missing sample");
        assertTrue(record.warnings().get(0).contains("1 of 3 samples are marked missing, the first at sample 1"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"../r.dat", "/etc/passwd", "sub/r.dat", "http://host/r.dat", "..\\r.dat", "-", "..", "~root/x"})
    void signalFilesOutsideTheDirectory(String name) throws IOException {
        header("r 1 500 3", name + " 16 1000/mV 16 0 0 0 0 I");
        Refused.with(this::read, "r.hea at byte 10", "signal file (line 2)", name);
    }

    @Test
    void aSymbolicLinkThatLeadsOut(@TempDir Path elsewhere) throws IOException {
        Path secret = Files.write(elsewhere.resolve("secret"), new byte[100]);
        Files.createSymbolicLink(directory.resolve("link.dat"), secret);
        header("r 1 500 3", "link.dat 16 1000/mV 16 0 0 0 0 I");
        Refused.with(this::read, "link.dat", "leads out of the record's directory");
    }

    @ParameterizedTest
    @CsvSource({
        "r 0 500 3, number of signals",
        "r -1 500 3, number of signals",
        "r 1000000000 500 3, number of signals",
        "r 1 500 3, number of signals",
        "r x 500 3, number of signals",
        "r 2 0 3, sampling rate",
        "r 2 -500 3, sampling rate",
        "r 2 NaN 3, sampling rate",
        "r 2 1e308 3, sampling rate",
        "r 2 Infinity 3, sampling rate",
        "r 2 500 -3, number of samples",
        "r 2 500 99999999999, number of samples",
        "../r 2 500 3, record name",
        "r/7 2 500 3, several segments",
        "r, record line"
    })
    void badRecordLines(String line, String field) throws IOException {
        header(line, "r.dat 16 1000(0)/mV 16 0 100 900 0 I", "r.dat 16 1000(0)/mV 16 0 -200 -33568 0 II");
        Refused.with(this::read, "r.hea at byte 0", field);
    }

    @ParameterizedTest
    @CsvSource({
        "r.dat 999 1000/mV, format, 999 is not read",
        "r.dat 516 1000/mV, format, xform",
        "r.dat x 1000/mV, format, not a format",
        "r.dat 16x4 1000/mV, format, 4 samples per frame",
        "r.dat 16:3 1000/mV, format, skew of 3",
        "r.dat 16+99 1000/mV, samples, truncated",
        "r.dat 16 -5/mV, gain, positive",
        "r.dat 16 NaN/mV, gain, NaN",
        "r.dat 16 1e999/mV, gain, positive",
        "r.dat 16 1000/mV 99, ADC resolution, 99 bits",
        "r.dat 16 1000/mV 16 zero, ADC zero, zero",
        "r.dat 16 1000/mmHg 16 0 0 0 0 ABP, units, no signal of this record is a voltage",
        "r.dat, signal line, format"
    })
    void badSignalLines(String line, String field, String problem) throws IOException {
        header("r 1 500 3", line);
        Refused.with(this::read, field, problem);
    }

    @Test
    void moreSamplesThanTheFileHas() throws IOException {
        header("r 2 500 2000000000", "r.dat 16 1000/mV 16 0 100 0 0 I", "r.dat 16 1000/mV 16 0 -200 0 0 II");
        Refused.with(this::read, "r.dat at byte 12", "ends after 3 of 2000000000 samples of 2 signals", "truncated");
    }

    @Test
    void anOddLengthOfFormat212() throws IOException {
        Files.write(directory.resolve("r.dat"), new byte[4]);
        header("r 1 500 3", "r.dat 212 1000/mV 12 0 0 0 0 I");
        Refused.with(this::read, "ends after 2 of 3 samples of 1 signal (format 212)");
    }

    @Test
    void missingFiles() throws IOException {
        Refused.with(() -> WfdbReader.read(directory.resolve("absent")), "absent", "no such record", "absent.hea");
        header("r 1 500 3", "gone.dat 16 1000/mV 16 0 0 0 0 I");
        Refused.with(this::read, "'gone.dat' is not there");
        Files.writeString(directory.resolve("r.hea"), "# only a comment\n");
        Refused.with(this::read, "record line");
    }

    @Test
    void aWrongChecksumIsAWarningOrAnError() throws IOException {
        header("r 2 500 3", "r.dat 16 1000(0)/mV 16 0 100 901 0 I", "r.dat 16 1000(0)/mV 16 0 -201 -33568 0 II");
        EcgRecord record = read();
        assertEquals(Optional.of(false), record.checksumsOk());
        assertTrue(record.warnings().get(0).contains("checksum of lead I is 900, the header says 901"));
        assertTrue(record.warnings().get(1).contains("first sample of lead II is -200, the header says -201"));
        Refused.with(() -> WfdbReader.read(directory.resolve("r"), Checksums.REQUIRE), "checksum (line 2)", "901");
    }

    @Test
    void withoutGainWfdbsDefaultIsTakenAndSaid() throws IOException {
        header("r 2 500 3", "r.dat 16 0 16 0 100 900 0 I", "r.dat 16");
        EcgRecord record = read();
        assertEquals(100 / 200f, record.samples()[0][0]);
        assertEquals(-200 / 200f, record.samples()[1][0]);
        assertTrue(
                record.warnings().stream().filter(w -> w.contains("200 per mV")).count() == 2, record::toString);
    }

    @Test
    void unitsAndBaseline() throws IOException {
        header("r 2 500 3", "r.dat 16 2(50)/uV 16 0 100 900 0 I", "r.dat 16 1000adu/mV 16 -100 -200 -33568 0 II");
        assertEquals(0.025f, read().samples()[0][0]);
        assertEquals(-0.1f, read().samples()[1][0], "without a baseline, ADC zero is 0 mV");
    }

    /** Any damage to a header ends in a FormatException or in a record, soon. */
    @Test
    void damagedHeaders() throws IOException {
        byte[] good = Files.readAllBytes(directory.resolve("r.hea"));
        long seed = Long.getLong("einthoven.seed", 222);
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < 1000; i++) {
            byte[] bad = Arrays.copyOf(good, random.nextInt(4) == 0 ? random.nextInt(good.length) : good.length);
            for (int k = random.nextInt(4); k >= 0 && bad.length > 0; k--) {
                bad[random.nextInt(bad.length)] = (byte) random.nextInt(256);
            }
            Files.write(directory.resolve("r.hea"), bad);
            int trial = i;
            assertTimeoutPreemptively(Duration.ofSeconds(2), () -> {
                try {
                    read();
                } catch (FormatException expected) {
                    // one clear line
                } catch (RuntimeException e) {
                    throw new AssertionError("trial " + trial + " of -Deinthoven.seed=" + seed, e);
                }
            });
        }
    }
}
