package org.einthoven.meta;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.CRC32C;

/**
 * Replaces the last four bytes of a stream by the CRC-32C (Castagnoli) of all bytes before them, little-endian. The file may
 * declare these bytes as it likes: in a checkpoint they are the last tensor.
 */
final class TrailingChecksum extends OutputStream {
    private static final int LENGTH = 4;

    private final OutputStream out;
    private final CRC32C crc = new CRC32C();
    private byte[] held = new byte[0];

    TrailingChecksum(OutputStream out) {
        this.out = out;
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int from, int length) throws IOException {
        byte[] all = new byte[held.length + length];
        System.arraycopy(held, 0, all, 0, held.length);
        System.arraycopy(bytes, from, all, held.length, length);
        int pass = Math.max(0, all.length - LENGTH);
        crc.update(all, 0, pass);
        out.write(all, 0, pass);
        held = Arrays.copyOfRange(all, pass, all.length);
    }

    /** Writes the checksum in the place of what was held back. */
    void finish() throws IOException {
        out.write(little((int) crc.getValue()).array());
    }

    /** Whether a file ends in the checksum of what stands before. */
    static boolean holds(Path file) throws IOException {
        long body = Files.size(file) - LENGTH;
        if (body < 0) {
            return false;
        }
        CRC32C crc = new CRC32C();
        try (InputStream in = Files.newInputStream(file)) {
            byte[] chunk = new byte[1 << 16];
            for (long left = body; left > 0; ) {
                int n = in.read(chunk, 0, (int) Math.min(chunk.length, left));
                if (n < 0) {
                    return false;
                }
                crc.update(chunk, 0, n);
                left -= n;
            }
            byte[] stored = in.readNBytes(LENGTH);
            return stored.length == LENGTH
                    && Arrays.equals(stored, little((int) crc.getValue()).array());
        }
    }

    private static ByteBuffer little(int x) {
        return ByteBuffer.allocate(LENGTH).order(ByteOrder.LITTLE_ENDIAN).putInt(0, x);
    }
}
