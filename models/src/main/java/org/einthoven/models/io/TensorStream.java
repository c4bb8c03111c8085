package org.einthoven.models.io;

import java.io.IOException;
import java.io.OutputStream;
import org.einthoven.models.quant.BlockEncoder;
import org.einthoven.tensor.DType;
import org.einthoven.tensor.Shape;
import org.einthoven.tensor.Storage;
import org.einthoven.tensor.Tensor;
import org.einthoven.tensor.TensorException;
import org.einthoven.tensor.Workers;

/**
 * A tensor to be written whose elements are made while it is written, so that a file may be larger than memory.
 *
 * @param content writes all {@link #bytes} of it, row-major and little-endian
 */
public record TensorStream(String name, DType type, Shape shape, AtomicFile.Content content) {
    /** Elements that are made and encoded at a time. */
    private static final int PIECE = 1 << 20;

    /** Makes rows of a matrix [R, C], or of a vector [C] as one row. */
    @FunctionalInterface
    public interface Rows {
        /** Rows {@code from} to {@code to}, exclusive, one after another. */
        float[] get(int from, int to);
    }

    /** A tensor in its own type. */
    public static TensorStream of(String name, Tensor t) {
        return new TensorStream(name, t.dtype(), t.shape(), out -> {
            if (t.storage() instanceof Storage.Blocks blocks
                    && t.layout().isContiguous()
                    && t.layout().offset() == 0) {
                LittleEndian.copy(blocks.segment().asSlice(0, t.dtype().bytes(t.size())), out);
            } else {
                new LittleEndian(out).elements(t);
            }
        });
    }

    /**
     * Rows that are made as floats and rounded to {@code type}.
     *
     * @param type F32 or one that {@link BlockEncoder} writes
     * @throws TensorException when a row is no multiple of the type's block; when writing, for an element that is not finite
     */
    public static TensorStream rows(String name, DType type, Shape shape, Rows rows) {
        int width = shape.dim(-1);
        if (width % type.blockSize() != 0) {
            throw new TensorException(name + ": rows of " + width + " are no multiple of the " + type + " block of "
                    + type.blockSize() + "; take a type of smaller blocks, such as F16");
        }
        int count = Math.toIntExact(shape.size() / width);
        int rowBytes = Math.toIntExact(type.bytes(width));
        BlockEncoder encoder = type == DType.F32 ? LittleEndian::f32 : BlockEncoder.of(type);
        return new TensorStream(name, type, shape, out -> {
            int piece = Math.clamp(PIECE / width, 1, count);
            byte[] encoded = new byte[Math.multiplyExact(piece, rowBytes)];
            for (int from = 0; from < count; from += piece) {
                int n = Math.min(piece, count - from);
                int first = from;
                float[] x = rows.get(from, from + n);
                Workers.forEach(n, r -> {
                    finite(name, first + r, x, r * width, width);
                    for (int block = 0; block < width / type.blockSize(); block++) {
                        int at = r * rowBytes + block * type.blockBytes();
                        encoder.encode(x, r * width + block * type.blockSize(), encoded, at);
                    }
                });
                out.write(encoded, 0, n * rowBytes);
            }
        });
    }

    private static void finite(String name, int row, float[] x, int from, int n) {
        for (int i = from; i < from + n; i++) {
            if (!Float.isFinite(x[i])) {
                throw new TensorException(
                        name + ": element [" + row + ", " + (i - from) + "] is " + x[i] + "; weights must be finite");
            }
        }
    }

    /** Of the content, as {@link #type} stores it. */
    public long bytes() {
        return type.bytes(shape.size());
    }

    /** Writes the content and checks its length. */
    void writeTo(OutputStream out) throws IOException {
        var counted = new OutputStream() {
            private long count;

            @Override
            public void write(int b) throws IOException {
                out.write(b);
                count++;
            }

            @Override
            public void write(byte[] bytes, int from, int n) throws IOException {
                out.write(bytes, from, n);
                count += n;
            }
        };
        content.writeTo(counted);
        if (counted.count != bytes()) {
            throw new IllegalStateException(name + " wrote " + counted.count + " bytes, not " + bytes());
        }
    }
}
