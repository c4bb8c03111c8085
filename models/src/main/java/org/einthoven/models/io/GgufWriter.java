package org.einthoven.models.io;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.einthoven.tensor.DTypeException;
import org.einthoven.tensor.TensorException;

/**
 * Writes GGUF files, version 3, little-endian, aligned to 32 bytes (github.com/ggml-org/ggml, docs/gguf.md). Metadata and
 * tensors come in the order given, so equal content gives equal bytes. The file appears whole or not at all.
 */
public final class GgufWriter {
    private static final int VERSION = 3;
    private static final int ALIGNMENT = 32;

    private GgufWriter() {}

    /**
     * @throws DTypeException when a tensor has a type that GGUF has not
     * @throws TensorException when a name is too long or comes twice, or a tensor has no elements or more than four axes
     */
    public static void write(Path path, GgufKeys keys, List<TensorStream> tensors) {
        checked(tensors);
        AtomicFile.write(path, out -> writeTo(out, keys, tensors));
    }

    private static void writeTo(OutputStream stream, GgufKeys keys, List<TensorStream> tensors) throws IOException {
        LittleEndian out = new LittleEndian(stream);
        out.i32(GgufFile.MAGIC);
        out.i32(VERSION);
        out.i64(tensors.size());
        out.i64(keys.size());
        keys.writeTo(out);
        long offset = 0;
        for (TensorStream t : tensors) {
            info(out, t, offset);
            offset = aligned(offset + t.bytes());
        }
        out.zeros(aligned(out.count()) - out.count());
        for (TensorStream t : tensors) {
            t.writeTo(stream);
            out.zeros(aligned(t.bytes()) - t.bytes());
        }
    }

    /** Sizes run from the fastest axis to the slowest. */
    private static void info(LittleEndian out, TensorStream t, long offset) throws IOException {
        out.text(t.name());
        int rank = t.shape().rank();
        out.i32(rank);
        for (int axis = rank - 1; axis >= 0; axis--) {
            out.i64(t.shape().dim(axis));
        }
        out.i32(GgmlType.of(t.type()).orElseThrow().id());
        out.i64(offset);
    }

    private static void checked(List<TensorStream> tensors) {
        Set<String> names = new HashSet<>();
        for (TensorStream t : tensors) {
            if (GgmlType.of(t.type()).isEmpty()) {
                throw new DTypeException("GGUF: " + t.name() + " is " + t.type()
                        + ", which the format cannot hold; cast it to F32 first");
            }
            int length = t.name().getBytes(StandardCharsets.UTF_8).length;
            if (length > GgufFile.MAX_NAME_BYTES || !names.add(t.name())) {
                throw new TensorException("GGUF: the tensor name " + t.name()
                        + (length > GgufFile.MAX_NAME_BYTES
                                ? " has more than " + GgufFile.MAX_NAME_BYTES + " bytes"
                                : " comes twice"));
            }
            int rank = t.shape().rank();
            if (rank < 1 || rank > GgufFile.MAX_DIMS || t.shape().size() == 0) {
                throw new TensorException("GGUF: " + t.name() + " has the shape " + t.shape()
                        + "; the format wants 1 to " + GgufFile.MAX_DIMS + " axes, none of size 0");
            }
        }
    }

    private static long aligned(long bytes) {
        return Math.addExact(bytes, ALIGNMENT - 1) & -ALIGNMENT;
    }
}
