package org.einthoven.models.io;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.einthoven.tensor.DType;
import org.einthoven.tensor.Shape;
import org.einthoven.tensor.ShapeException;
import org.einthoven.tensor.Tensor;

/**
 * A file in llama.cpp's format GGUF, version 2 or 3, little-endian (github.com/ggml-org/ggml, docs/gguf.md): metadata, a
 * table of tensors, and aligned data. Sizes in the file run from the fastest axis; shapes here are row-major, so a matrix of
 * O rows with I columns is [O, I]. As in llama.cpp the tensors follow one another, each padded to the alignment.
 */
public final class GgufFile extends MappedWeights {
    static final int MAGIC = 0x46554747;

    private static final int MAX_TENSORS = 1 << 16;
    static final int MAX_NAME_BYTES = 63;
    static final int MAX_DIMS = 4;
    private static final int MIN_PAIR_BYTES = 13;
    private static final int MIN_TENSOR_BYTES = 32;

    private final GgufMetadata metadata;

    private GgufFile(MappedFile file, GgufMetadata metadata, Map<String, Entry> entries) {
        super(file, entries);
        this.metadata = metadata;
    }

    public static GgufFile open(Path path) {
        MappedFile file = MappedFile.open(path);
        try {
            return file.reading(() -> read(file));
        } catch (RuntimeException e) {
            file.close();
            throw e;
        }
    }

    private static GgufFile read(MappedFile file) {
        Cursor c = new Cursor(file.name(), file.slice(0, file.size(), "file"), 0);
        int magic = c.i32("magic");
        if (magic != MAGIC) {
            throw file.bad(0, "magic", "must be \"GGUF\"; this is no GGUF file");
        }
        version(file, c.i32("version"));
        long tensors = c.count(MIN_TENSOR_BYTES, "tensor count");
        if (tensors > MAX_TENSORS) {
            throw c.bad("tensor count", tensors + " is more than the " + MAX_TENSORS + " tensors that are read");
        }
        long pairs = c.count(MIN_PAIR_BYTES, "metadata count");
        GgufMetadata metadata = GgufMetadata.read(file, c, pairs);
        Map<String, Entry> relative = new LinkedHashMap<>();
        long end = 0;
        for (long i = 0; i < tensors; i++) {
            Entry e = info(file, c, metadata.alignment(), end);
            if (relative.put(e.name(), e) != null) {
                throw c.bad(e.name(), "this tensor occurs twice");
            }
            end = e.offset() + e.bytes();
        }
        long data = aligned(c.offset(), metadata.alignment());
        if (tensors > 0 && (data > file.size() || end > file.size() - data)) {
            throw file.bad(
                    file.size(),
                    "data",
                    "the tensors end at byte " + (data + end) + ", but the file at byte " + file.size()
                            + "; it is truncated");
        }
        Map<String, Entry> entries = new LinkedHashMap<>();
        relative.values()
                .forEach(e ->
                        entries.put(e.name(), new Entry(e.name(), e.type(), e.shape(), data + e.offset(), e.bytes())));
        return new GgufFile(file, metadata, entries);
    }

    private static void version(MappedFile file, int version) {
        if (version == 2 || version == 3) {
            return;
        }
        boolean swapped = Integer.reverseBytes(version) >= 1 && Integer.reverseBytes(version) <= 16;
        throw file.bad(
                4,
                "version",
                swapped
                        ? "the file is big-endian, which is not read; convert it with llama.cpp's gguf_convert_endian.py"
                        : Integer.toUnsignedString(version)
                                + " is not read, only 2 and 3; convert the file with a current llama.cpp");
    }

    private static Entry info(MappedFile file, Cursor c, int alignment, long previousEnd) {
        long at = c.offset();
        long length = c.count(1, "tensor name length");
        if (length > MAX_NAME_BYTES) {
            throw file.bad(
                    at,
                    "tensor name length",
                    length + " is more than the " + MAX_NAME_BYTES + " that the format allows");
        }
        String name = c.utf8(length, "tensor name");
        long dims = c.u32(name + " dimensions");
        if (dims < 1 || dims > MAX_DIMS) {
            throw file.bad(at, name, "has " + dims + " dimensions; 1 to " + MAX_DIMS + " are allowed");
        }
        int[] d = new int[(int) dims];
        for (int i = d.length - 1; i >= 0; i--) {
            long size = c.i64(name + " size");
            if (size < 1 || size > Integer.MAX_VALUE) {
                throw file.bad(
                        c.offset() - 8,
                        name,
                        "dimension " + (d.length - 1 - i) + " has size " + size + "; sizes are 1 to 2^31 - 1");
            }
            d[i] = (int) size;
        }
        int id = c.i32(name + " type");
        GgmlType type = GgmlType.of(id)
                .orElseThrow(() -> file.bad(
                        c.offset() - 4,
                        name,
                        "type number " + Integer.toUnsignedString(id)
                                + " is unknown, withdrawn or newer than this program"));
        long offset = c.i64(name + " offset");
        long expected = aligned(previousEnd, alignment);
        if (offset != expected) {
            throw file.bad(
                    c.offset() - 8,
                    name,
                    "its data begins at " + Long.toUnsignedString(offset) + ", but must begin at " + expected
                            + ", the first multiple of " + alignment + " after the tensor before it");
        }
        return new Entry(
                name, type.name(), shape(file, at, name, d, type), offset, bytes(file, at, name, d, type, offset));
    }

    private static Shape shape(MappedFile file, long at, String name, int[] d, GgmlType type) {
        if (d[d.length - 1] % type.blockSize() != 0) {
            throw file.bad(
                    at,
                    name,
                    "rows of " + d[d.length - 1] + " are no multiple of the " + type + " block of " + type.blockSize());
        }
        try {
            return Shape.of(d);
        } catch (ShapeException e) {
            throw file.bad(at, name, e.getMessage());
        }
    }

    private static long bytes(MappedFile file, long at, String name, int[] d, GgmlType type, long offset) {
        long bytes = type.bytes(shape(file, at, name, d, type));
        if (bytes < 0 || bytes > file.size() - offset) {
            throw file.bad(
                    at,
                    name,
                    Shape.of(d) + " of " + type + " at " + offset + " does not fit into the " + file.size()
                            + " bytes of the file; it is truncated or damaged");
        }
        return bytes;
    }

    private static long aligned(long offset, int alignment) {
        return Math.addExact(offset, alignment - 1) & -alignment;
    }

    @Override
    public String format() {
        return "gguf";
    }

    @Override
    public Tensor tensor(String name) {
        Entry e = entry(name);
        GgmlType type = GgmlType.valueOf(e.type());
        Optional<ElementType> element = type.element();
        if (element.isPresent()) {
            return element.get().decode(file, e, file.slice(e.offset(), e.bytes(), name));
        }
        DType blocks = type.blocks()
                .orElseThrow(() -> file.bad(
                        e.offset(),
                        name,
                        "tensors of type " + type + " are not read yet; convert the file "
                                + "to Q8_0, F16, BF16 or F32"));
        return Tensor.blocks(
                blocks, file.slice(e.offset(), e.bytes(), name), e.shape().toArray());
    }

    @Override
    public Map<String, Object> metadata() {
        return metadata.asMap();
    }

    /** The metadata with typed, checked access. */
    public GgufMetadata keys() {
        return metadata;
    }
}
