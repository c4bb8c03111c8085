package org.einthoven.models.io;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Builds little-endian files by hand, right ones and wrong ones. */
public final class Bytes {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    public Bytes u8(int... values) {
        for (int v : values) {
            out.write(v);
        }
        return this;
    }

    public Bytes i32(int v) {
        return little(v, 4);
    }

    public Bytes i64(long v) {
        return little(v, 8);
    }

    public Bytes f32(float v) {
        return i32(Float.floatToIntBits(v));
    }

    public Bytes raw(byte[] bytes) {
        out.writeBytes(bytes);
        return this;
    }

    public Bytes text(String s) {
        return raw(s.getBytes(StandardCharsets.UTF_8));
    }

    public Bytes zeros(int count) {
        return raw(new byte[count]);
    }

    public Bytes padTo(int multiple) {
        return zeros(-out.size() & multiple - 1);
    }

    private Bytes little(long v, int bytes) {
        for (int i = 0; i < bytes; i++) {
            out.write((int) (v >> 8 * i));
        }
        return this;
    }

    public int size() {
        return out.size();
    }

    public byte[] toArray() {
        return out.toByteArray();
    }

    public Path in(Path file) {
        try {
            return Files.write(file, out.toByteArray());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
