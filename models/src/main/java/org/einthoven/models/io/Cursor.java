package org.einthoven.models.io;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.einthoven.tensor.FormatException;

/** Reads little-endian fields one after another; a field that does not fit into what is left is a {@link FormatException}. */
final class Cursor {
    private static final ValueLayout.OfShort SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final String file;
    private final MemorySegment bytes;
    private final long base;
    private long at;

    /** @param base where {@code bytes} begin in the file, for errors */
    Cursor(String file, MemorySegment bytes, long base) {
        this.file = file;
        this.bytes = bytes;
        this.base = base;
    }

    /** Position within the segment. */
    long position() {
        return at;
    }

    /** Position within the file. */
    long offset() {
        return base + at;
    }

    long remaining() {
        return bytes.byteSize() - at;
    }

    void skip(long count, String field) {
        at += need(count, field);
    }

    byte i8(String field) {
        need(1, field);
        return bytes.get(ValueLayout.JAVA_BYTE, at++);
    }

    int u8(String field) {
        return i8(field) & 0xff;
    }

    short i16(String field) {
        need(2, field);
        short x = bytes.get(SHORT, at);
        at += 2;
        return x;
    }

    int i32(String field) {
        need(4, field);
        int x = bytes.get(INT, at);
        at += 4;
        return x;
    }

    long u32(String field) {
        return Integer.toUnsignedLong(i32(field));
    }

    long i64(String field) {
        need(8, field);
        long x = bytes.get(LONG, at);
        at += 8;
        return x;
    }

    float f32(String field) {
        return Float.intBitsToFloat(i32(field));
    }

    double f64(String field) {
        return Double.longBitsToDouble(i64(field));
    }

    /** An unsigned 64-bit count of things of at least {@code each} bytes, so that what is left bounds it. */
    long count(long each, String field) {
        long start = offset();
        long n = i64(field);
        if (n < 0 || n > remaining() / each) {
            throw new FormatException(
                    file,
                    start,
                    field,
                    Long.toUnsignedString(n) + " of at least " + each + " bytes each cannot be in the " + remaining()
                            + " bytes that are left; the file is truncated or damaged");
        }
        return n;
    }

    /** {@code length} bytes as strict UTF-8. */
    String utf8(long length, String field) {
        long start = offset();
        byte[] copy = take(length, field);
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(copy))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new FormatException(file, start, field, "is not UTF-8", e);
        }
    }

    byte[] take(long length, String field) {
        need(length, field);
        if (length > Integer.MAX_VALUE - 16) {
            throw bad(field, "is " + length + " bytes long; at most 2^31 are read");
        }
        byte[] copy = bytes.asSlice(at, length).toArray(ValueLayout.JAVA_BYTE);
        at += length;
        return copy;
    }

    String file() {
        return file;
    }

    FormatException bad(String field, String problem) {
        return new FormatException(file, offset(), field, problem);
    }

    private long need(long count, String field) {
        if (count < 0 || count > remaining()) {
            throw bad(
                    field,
                    "needs " + Long.toUnsignedString(count) + " bytes, but only " + remaining()
                            + " are left; the file is truncated or damaged");
        }
        return count;
    }
}
