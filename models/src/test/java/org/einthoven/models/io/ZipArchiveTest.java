package org.einthoven.models.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ZipArchiveTest {
    private static final int CENTRAL = 0x02014b50;

    @TempDir
    Path dir;

    private static byte[] zip(boolean stored, String... names) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(out)) {
            for (String name : names) {
                byte[] content = ("content of " + name).getBytes();
                ZipEntry e = new ZipEntry(name);
                if (stored) {
                    CRC32 crc = new CRC32();
                    crc.update(content);
                    e.setMethod(ZipEntry.STORED);
                    e.setSize(content.length);
                    e.setCrc(crc.getValue());
                }
                zip.putNextEntry(e);
                zip.write(content);
            }
        }
        return out.toByteArray();
    }

    private Path write(byte[] bytes) throws IOException {
        return Files.write(dir.resolve("x.zip"), bytes);
    }

    private void refused(byte[] bytes, String... parts) throws Exception {
        Path path = write(bytes);
        try (MappedFile file = MappedFile.open(path)) {
            Refused.by(path, () -> ZipArchive.open(file), parts);
        }
    }

    /** Offset of the n-th directory entry. */
    private static int central(byte[] zip, int n) {
        ByteBuffer b = ByteBuffer.wrap(zip).order(ByteOrder.LITTLE_ENDIAN);
        int seen = 0;
        for (int i = 0; i + 4 <= zip.length; i++) {
            if (b.getInt(i) == CENTRAL && seen++ == n) {
                return i;
            }
        }
        throw new IllegalArgumentException("no such entry");
    }

    private static byte[] with(byte[] zip, int at, int value, int width) {
        byte[] changed = zip.clone();
        for (int i = 0; i < width; i++) {
            changed[at + i] = (byte) (value >> 8 * i);
        }
        return changed;
    }

    @Test
    void storedAndDeflatedEntries() throws Exception {
        for (boolean stored : new boolean[] {true, false}) {
            try (MappedFile file = MappedFile.open(write(zip(stored, "a", "b/c")))) {
                ZipArchive zip = ZipArchive.open(file);
                assertEquals(2, zip.entries().size());
                assertArrayEquals(
                        "content of b/c".getBytes(),
                        zip.bytes(zip.entries().get("b/c")).toArray(ValueLayout.JAVA_BYTE));
            }
        }
    }

    @Test
    void z1Names() throws Exception {
        for (String name : new String[] {"../x", "a/../../x", "/etc/passwd", "a\\b"}) {
            refused(zip(true, name), "leads outside");
        }
        byte[] two = zip(true, "a", "b");
        int name = central(two, 1) + 46;
        int local = new String(two, StandardCharsets.ISO_8859_1).lastIndexOf("bcontent");
        refused(with(with(two, name, 'a', 1), local, 'a', 1), "a", "twice");
        refused(with(two, name, 'a', 1), "disagrees with the directory");
    }

    @Test
    void z1SizesAndPlaces() throws Exception {
        byte[] good = zip(true, "a", "b");
        int first = central(good, 0);
        int second = central(good, 1);
        refused(with(good, second + 42, 0, 4), "disagrees");
        refused(with(with(good, first + 20, 1 << 30, 4), first + 24, 1 << 30, 4), "needs 1073741824 bytes");
        refused(with(with(good, first + 20, 60, 4), first + 24, 60, 4), "overlaps");
        refused(with(good, first + 20, 3, 4), "sizes that disagree");
        refused(with(good, first + 8, 1, 2), "encrypted");
        refused(with(good, first + 10, 99, 2), "method 99");
        refused(with(good, first, 0, 4), "signature");
        refused(with(good, good.length - 12, 9999, 2), "several disks");
        refused(with(with(good, good.length - 12, 9999, 2), good.length - 14, 9999, 2), "9999 entries");
        refused(Arrays.copyOf(good, good.length - 1), "end record");
        refused(new byte[0], "end record");
    }

    @Test
    void z1AbsurdZip64() throws Exception {
        byte[] end64 = new Bytes()
                .i32(0x06064b50)
                .i64(44)
                .i32(0)
                .i32(0)
                .i32(0)
                .i64(1L << 60)
                .i64(1L << 60)
                .i64(1L << 62)
                .i64(0)
                .toArray();
        Bytes b = new Bytes().raw(end64).i32(0x07064b50).i32(0).i64(0).i32(1);
        b.i32(0x06054b50).i32(0).i32(-1).i32(-1).i32(-1).u8(0, 0);
        refused(b.toArray(), "zip directory");
    }

    @Test
    void z1Bomb() throws Exception {
        Path path = dir.resolve("bomb.zip");
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(path))) {
            zip.putNextEntry(new ZipEntry("zeros"));
            byte[] chunk = new byte[1 << 20];
            for (int i = 0; i < 64; i++) {
                zip.write(chunk);
            }
        }
        try (MappedFile file = MappedFile.open(path)) {
            Refused.by(path, () -> ZipArchive.open(file), "zip bomb");
        }
        byte[] lying = Files.readAllBytes(path);
        Path liar = write(with(lying, central(lying, 0) + 24, 100, 4));
        try (MappedFile file = MappedFile.open(liar)) {
            ZipArchive zip = ZipArchive.open(file);
            Refused.by(liar, () -> zip.bytes(zip.entries().get("zeros")), "does not unpack to the 100 bytes");
        }
    }
}
