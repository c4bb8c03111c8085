package org.einthoven.models.io;

import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.einthoven.tensor.Storage;
import org.einthoven.tensor.Tensor;

/** Writes little-endian numbers, texts and the elements of tensors, row-major, and counts the bytes. */
final class LittleEndian {
    private static final int CHUNK = 1 << 14;

    private final OutputStream out;
    private final ByteBuffer number = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
    private long count;

    LittleEndian(OutputStream out) {
        this.out = out;
    }

    /** Bytes written through this. */
    long count() {
        return count;
    }

    void u8(int x) throws IOException {
        bytes(new byte[] {(byte) x});
    }

    void i32(int x) throws IOException {
        number.putInt(0, x);
        write(number.array(), 4);
    }

    void i64(long x) throws IOException {
        number.putLong(0, x);
        write(number.array(), 8);
    }

    void f32(float x) throws IOException {
        i32(Float.floatToRawIntBits(x));
    }

    /** As GGUF has it: a 64-bit length and UTF-8. */
    void text(String s) throws IOException {
        byte[] utf8 = s.getBytes(StandardCharsets.UTF_8);
        i64(utf8.length);
        bytes(utf8);
    }

    void bytes(byte[] x) throws IOException {
        write(x, x.length);
    }

    void zeros(long n) throws IOException {
        bytes(new byte[Math.toIntExact(n)]);
    }

    /** All elements of a tensor whose blocks are single elements. */
    void elements(Tensor t) throws IOException {
        int width = t.dtype().blockBytes();
        int n = t.shape().intSize("write");
        ByteBuffer chunk = ByteBuffer.allocate(CHUNK * width).order(ByteOrder.LITTLE_ENDIAN);
        for (int from = 0; from < n; from += CHUNK) {
            chunk.clear();
            for (int i = from; i < Math.min(n, from + CHUNK); i++) {
                put(chunk, t.storage(), t.layout().at(i), width);
            }
            write(chunk.array(), chunk.position());
        }
    }

    /** One float, as a {@link org.einthoven.models.quant.BlockEncoder} of blocks of one element. */
    static void f32(float[] x, int from, byte[] to, int at) {
        int bits = Float.floatToRawIntBits(x[from]);
        for (int b = 0; b < 4; b++) {
            to[at + b] = (byte) (bits >> 8 * b);
        }
    }

    /** Memory as it is. */
    static void copy(MemorySegment from, OutputStream to) throws IOException {
        byte[] chunk = new byte[1 << 16];
        for (long at = 0; at < from.byteSize(); at += chunk.length) {
            int n = (int) Math.min(chunk.length, from.byteSize() - at);
            MemorySegment.copy(from, ValueLayout.JAVA_BYTE, at, chunk, 0, n);
            to.write(chunk, 0, n);
        }
    }

    private void write(byte[] x, int n) throws IOException {
        out.write(x, 0, n);
        count += n;
    }

    private static void put(ByteBuffer to, Storage storage, int at, int width) {
        switch (storage) {
            case Storage.F32 s -> to.putFloat(s.array()[at]);
            case Storage.F64 s -> to.putDouble(s.array()[at]);
            case Storage.I32 s -> to.putInt(s.array()[at]);
            case Storage.Bool s -> to.put((byte) (s.array()[at] ? 1 : 0));
            case Storage.Blocks s -> {
                MemorySegment element = s.segment().asSlice((long) at * width, width);
                for (int b = 0; b < width; b++) {
                    to.put(element.get(ValueLayout.JAVA_BYTE, b));
                }
            }
        }
    }
}
