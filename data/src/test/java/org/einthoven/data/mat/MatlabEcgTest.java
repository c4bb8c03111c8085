package org.einthoven.data.mat;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.zip.Deflater;
import org.einthoven.data.EcgFiles;
import org.einthoven.data.Refused;
import org.einthoven.data.ecg.EcgRecord;
import org.einthoven.tensor.FormatException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** fairseq-signals files and rows M1 and M2 of the list of bad inputs, written here byte by byte. */
class MatlabEcgTest {
    private static final int DOUBLE_CLASS = 6;
    private static final int SINGLE_CLASS = 7;

    @TempDir
    Path directory;

    private static byte[] header(ByteOrder order) {
        ByteBuffer b = ByteBuffer.allocate(128).order(order);
        b.put("MATLAB 5.0 MAT-file, written by a test".getBytes());
        b.putShort(124, (short) 0x0100);
        b.putShort(126, (short) ('M' << 8 | 'I'));
        return b.array();
    }

    private static byte[] element(ByteOrder order, int type, byte[] data) {
        int padded = type == 15 ? data.length : (data.length + 7) / 8 * 8;
        return ByteBuffer.allocate(8 + padded)
                .order(order)
                .putInt(type)
                .putInt(data.length)
                .put(data)
                .array();
    }

    /** A double or single matrix whose element (r, c) is r + c / 1000. */
    private static byte[] matrix(ByteOrder order, String name, int kind, int rows, int columns) {
        ByteBuffer flags = ByteBuffer.allocate(8).order(order).putInt(kind);
        ByteBuffer dims = ByteBuffer.allocate(8).order(order).putInt(rows).putInt(columns);
        int bytes = kind == SINGLE_CLASS ? 4 : 8;
        ByteBuffer data = ByteBuffer.allocate(bytes * rows * columns).order(order);
        for (int c = 0; c < columns; c++) {
            for (int r = 0; r < rows; r++) {
                double v = r + c / 1000.0;
                Object unused = bytes == 4 ? data.putFloat((float) v) : data.putDouble(v);
            }
        }
        return element(
                order,
                14,
                join(
                        element(order, 6, flags.array()),
                        element(order, 5, dims.array()),
                        element(order, 1, name.getBytes()),
                        element(order, bytes == 4 ? 7 : 9, data.array())));
    }

    private static byte[] scalar(ByteOrder order, String name, double value) {
        byte[] m = matrix(order, name, DOUBLE_CLASS, 1, 1);
        ByteBuffer.wrap(m).order(order).putDouble(m.length - 8, value);
        return m;
    }

    private static byte[] compressed(ByteOrder order, byte[] element) {
        Deflater deflater = new Deflater();
        deflater.setInput(element);
        deflater.finish();
        byte[] out = new byte[element.length + 100];
        int n = deflater.deflate(out);
        deflater.end();
        return element(order, 15, Arrays.copyOf(out, n));
    }

    private static byte[] join(byte[]... parts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }

    private Path file(byte[]... parts) throws IOException {
        return Files.write(directory.resolve("ecg.mat"), join(parts));
    }

    @ParameterizedTest
    @CsvSource({"true, false", "true, true", "false, false", "false, true"})
    void fairseqSignals(boolean little, boolean compress) throws IOException {
        ByteOrder order = little ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN;
        byte[] feats = matrix(order, "feats", compress ? SINGLE_CLASS : DOUBLE_CLASS, 12, 2500);
        EcgRecord record = EcgFiles.open(file(
                header(order), scalar(order, "curr_sample_rate", 500), compress ? compressed(order, feats) : feats));
        assertEquals(500, record.hz());
        assertEquals(2500, record.length());
        assertEquals("ecg", record.id());
        assertEquals((float) (7 + 1.234), record.samples()[7][1234]);
    }

    @Test
    void whatIsMissingIsNamed() throws IOException {
        ByteOrder order = ByteOrder.LITTLE_ENDIAN;
        byte[] feats = matrix(order, "feats", DOUBLE_CLASS, 12, 10);
        Refused.with(() -> EcgFiles.open(file(header(order), feats)), "curr_sample_rate", "Hz");
        Refused.with(() -> EcgFiles.open(file(header(order), scalar(order, "x", 1))), "holds [x]", "feats");
        Refused.with(() -> EcgFiles.open(file(header(order))), "holds none");
        byte[] rate = scalar(order, "curr_sample_rate", 500);
        Refused.with(
                () -> EcgFiles.open(file(header(order), rate, matrix(order, "feats", DOUBLE_CLASS, 10, 12))),
                "feats: [10, 12] is not [12, T]",
                "as rows");
        Refused.with(
                () -> EcgFiles.open(file(header(order), scalar(order, "curr_sample_rate", Double.NaN), feats)),
                "sampling rate");
    }

    @Test
    void truncated() throws IOException {
        ByteOrder order = ByteOrder.LITTLE_ENDIAN;
        byte[] all = join(header(order), matrix(order, "feats", DOUBLE_CLASS, 12, 100));
        Refused.with(() -> EcgFiles.open(file(Arrays.copyOf(all, 5000))), "ecg.mat at byte 128", "truncated");
        Refused.with(() -> EcgFiles.open(file(Arrays.copyOf(all, 132))), "ends inside a tag");
    }

    @Test
    void aCompressionBomb() throws IOException {
        byte[] zeros = new byte[200 << 20];
        Path bomb = file(header(ByteOrder.LITTLE_ENDIAN), compressed(ByteOrder.LITTLE_ENDIAN, zeros));
        assertTimeoutPreemptively(
                Duration.ofSeconds(2),
                () -> Refused.with(() -> EcgFiles.open(bomb), "inflates to more than", "refused"));
    }

    @Test
    void dimensionsThatOverflow() throws IOException {
        ByteOrder order = ByteOrder.LITTLE_ENDIAN;
        byte[] m = matrix(order, "feats", DOUBLE_CLASS, 12, 1);
        ByteBuffer.wrap(m).order(order).putInt(32, 1 << 30).putInt(36, 1 << 30);
        Refused.with(() -> EcgFiles.open(file(header(order), m)), "bytes announced");
        ByteBuffer.wrap(m).order(order).putInt(32, -12);
        Refused.with(() -> EcgFiles.open(file(header(order), m)), "dimensions", "-12 is negative");
    }

    /** Any damage ends in a FormatException or in a record, soon. */
    @Test
    void damagedFiles() throws IOException {
        ByteOrder order = ByteOrder.LITTLE_ENDIAN;
        byte[] good = join(
                header(order),
                scalar(order, "curr_sample_rate", 500),
                compressed(order, matrix(order, "feats", DOUBLE_CLASS, 12, 20)),
                matrix(order, "feats", DOUBLE_CLASS, 12, 20));
        long seed = Long.getLong("einthoven.seed", 222);
        SplittableRandom random = new SplittableRandom(seed);
        for (int trial = 0; trial < 2000; trial++) {
            byte[] bad = Arrays.copyOf(good, random.nextInt(4) == 0 ? random.nextInt(good.length) : good.length);
            for (int k = random.nextInt(4); k >= 0 && bad.length > 0; k--) {
                bad[random.nextInt(random.nextBoolean() ? bad.length : Math.min(bad.length, 420))] =
                        (byte) random.nextInt(256);
            }
            Path path = file(bad);
            try {
                EcgFiles.open(path);
            } catch (FormatException expected) {
                // one clear line
            } catch (RuntimeException e) {
                throw new AssertionError("trial " + trial + " of -Deinthoven.seed=" + seed, e);
            }
        }
    }

    @Test
    void challengeFilesThatLie() throws IOException {
        ByteBuffer b = ByteBuffer.allocate(24 + 24).order(ByteOrder.LITTLE_ENDIAN);
        b.putInt(30).putInt(12).putInt(1).putInt(0).putInt(4).put("val\0".getBytes());
        assertEquals(1, EcgFiles.open(file(b.array())).length());
        b.putInt(8, 2_000_000_000);
        Refused.with(() -> EcgFiles.open(file(b.array())), "columns", "truncated");
        b.putInt(8, 1).putInt(4, 3);
        Refused.with(() -> EcgFiles.open(file(b.array())), "rows", "3 leads");
        b.putInt(4, 12).putInt(0, 0);
        Refused.with(() -> EcgFiles.open(file(b.array())), "type", "0 is not 30");
    }
}
