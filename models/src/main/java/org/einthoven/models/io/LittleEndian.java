package org.einthoven.models.io;

import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.einthoven.tensor.Storage;
import org.einthoven.tensor.Tensor;

/** Writes little-endian numbers and the elements of tensors, row-major. */
final class LittleEndian {
    private static final int CHUNK = 1 << 14;

    private final OutputStream out;

    LittleEndian(OutputStream out) {
        this.out = out;
    }

    void i64(long x) throws IOException {
        out.write(
                ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(x).array());
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
            out.write(chunk.array(), 0, chunk.position());
        }
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
