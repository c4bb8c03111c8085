package org.einthoven.data.mat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.einthoven.tensor.FormatException;

/**
 * A MATLAB version 5 file (MathWorks, "MAT-File Format", chapter 1): numeric matrices, character rows and structures, plain
 * or compressed. What a compressed variable may grow to is bounded by the size of the file.
 */
final class Mat5File {
    private static final int HEADER = 128;
    private static final int MATRIX = 14;
    private static final int COMPRESSED = 15;
    private static final int COMPLEX = 0x08;
    private static final int DEEPEST = 8;
    private static final int MOST_FIELDS = 4096;
    private static final long LARGEST_FILE = 1L << 30;

    private static final String[] CLASSES = {
        "",
        "cell",
        "struct",
        "object",
        "char",
        "sparse",
        "double",
        "single",
        "int8",
        "uint8",
        "int16",
        "uint16",
        "int32",
        "uint32",
        "int64",
        "uint64",
        "function",
        "opaque"
    };

    private final String file;

    private Mat5File(String file) {
        this.file = file;
    }

    /** Whether the beginning of a file (128 bytes of it) is a version 5 header, of either byte order. */
    static boolean looksLike(byte[] beginning) {
        return beginning.length >= HEADER
                && (beginning[126] == 'I' && beginning[127] == 'M' || beginning[126] == 'M' && beginning[127] == 'I')
                && new String(beginning, 0, 6, StandardCharsets.ISO_8859_1).equals("MATLAB");
    }

    /**
     * All variables of the file by name.
     *
     * @throws FormatException when the file is truncated or malformed, or inflates beyond all measure
     */
    static Map<String, MatArray> read(Path path) {
        try {
            long size = Files.size(path);
            if (size > LARGEST_FILE) {
                throw new FormatException(path.toString(), 0, "file", size + " bytes are more than an ECG record has");
            }
            return new Mat5File(path.toString()).variables(Files.readAllBytes(path));
        } catch (IOException e) {
            throw new FormatException(path.toString(), FormatException.WHOLE_FILE, "file", "cannot be read: " + e, e);
        }
    }

    private Map<String, MatArray> variables(byte[] bytes) {
        if (!looksLike(Arrays.copyOf(bytes, HEADER))) {
            throw bad(0, "header", "not a MATLAB version 5 file");
        }
        ByteBuffer b = ByteBuffer.wrap(bytes).order(bytes[126] == 'I' ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
        if (b.getShort(124) >> 8 != 1) {
            throw bad(
                    124,
                    "version",
                    "0x" + Integer.toHexString(b.getShort(124) & 0xFFFF)
                            + " is not 0x0100; a file saved with -v7.3 is HDF5: save it with -v7");
        }
        Map<String, MatArray> variables = new LinkedHashMap<>();
        long allowance = 4L * bytes.length + (8 << 20);
        b.position(HEADER);
        while (b.hasRemaining()) {
            Element element = element(b, 0, "variable");
            if (element.type == COMPRESSED) {
                byte[] inflated = inflate(element, allowance);
                allowance -= inflated.length;
                element = element(ByteBuffer.wrap(inflated).order(b.order()), element.offset, "compressed variable");
            }
            if (element.type == MATRIX) {
                Map.Entry<String, MatArray> variable = matrix(element, 0);
                variables.put(variable.getKey(), variable.getValue());
            }
        }
        return variables;
    }

    /** One tagged piece: {@code data} is a view of exactly its bytes; {@code offset} is where it stands in the file. */
    private record Element(int type, ByteBuffer data, long offset) {}

    /** The next element of {@code b}; {@code base} is the offset in the file of what {@code b} holds. */
    private Element element(ByteBuffer b, long base, String field) {
        int at = b.position();
        if (b.remaining() < 8) {
            throw bad(base + at, field, "the file ends inside a tag");
        }
        int word = b.getInt();
        boolean small = word >>> 16 != 0;
        int type = small ? word & 0xFFFF : word;
        long length = small ? word >>> 16 : b.getInt() & 0xFFFFFFFFL;
        if (length > b.remaining() || small && length > 4) {
            throw bad(
                    base + at,
                    field,
                    length + " bytes announced, " + b.remaining() + " are left; the file is truncated");
        }
        ByteBuffer data = b.slice(b.position(), (int) length).order(b.order());
        int padded =
                small ? 4 : type == COMPRESSED ? (int) length : (int) Math.min((length + 7) / 8 * 8, b.remaining());
        b.position(b.position() + padded);
        return new Element(type, data, base + at);
    }

    private byte[] inflate(Element element, long allowance) {
        Inflater inflater = new Inflater();
        try {
            inflater.setInput(element.data);
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            byte[] chunk = new byte[1 << 16];
            while (!inflater.finished()) {
                int n = inflater.inflate(chunk);
                if (n == 0 && (inflater.needsInput() || inflater.needsDictionary())) {
                    throw bad(
                            element.offset,
                            "compressed variable",
                            "the compressed data end early; the file is truncated");
                }
                out.write(chunk, 0, n);
                if (out.size() > allowance) {
                    throw bad(
                            element.offset,
                            "compressed variable",
                            "inflates to more than " + allowance + " bytes; no ECG compresses so well, refused");
                }
            }
            return out.toByteArray();
        } catch (DataFormatException e) {
            throw bad(element.offset, "compressed variable", "damaged: " + e.getMessage());
        } finally {
            inflater.end();
        }
    }

    private Map.Entry<String, MatArray> matrix(Element matrix, int depth) {
        ByteBuffer b = matrix.data;
        long base = matrix.offset + 8;
        if (!b.hasRemaining()) {
            return Map.entry("", new MatArray.Other("empty"));
        }
        Element flags = element(b, base, "array flags");
        if (flags.data.remaining() < 4) {
            throw bad(flags.offset, "array flags", "too short");
        }
        int word = flags.data.getInt(0);
        int kind = word & 0xFF;
        String className = kind < CLASSES.length && kind > 0 ? CLASSES[kind] : "unknown class " + kind;
        if (kind < 1 || kind > 15) {
            return Map.entry("", new MatArray.Other(className));
        }
        Element dimensions = element(b, base, "dimensions");
        int rows = dimension(dimensions, 0);
        int columns = 1;
        for (int i = 1; i < Math.max(2, dimensions.data.remaining() / 4); i++) {
            try {
                columns = Math.multiplyExact(columns, dimension(dimensions, i));
            } catch (ArithmeticException e) {
                throw bad(dimensions.offset, "dimensions", "their product is too large");
            }
        }
        String name = text(element(b, base, "name"));
        if ((word >> 8 & COMPLEX) != 0) {
            return Map.entry(name, new MatArray.Other("complex " + className));
        }
        MatArray value =
                switch (className) {
                    case "struct" ->
                        rows == 1 && columns == 1
                                ? struct(b, base, depth)
                                : new MatArray.Other(rows + " x " + columns + " struct");
                    case "char" -> new MatArray.Text(text(element(b, base, name)));
                    case "cell", "object", "sparse" -> new MatArray.Other(className);
                    default -> numeric(element(b, base, name), name, rows, columns);
                };
        return Map.entry(name, value);
    }

    private int dimension(Element dimensions, int i) {
        if (dimensions.data.remaining() < 4 * (i + 1)) {
            throw bad(dimensions.offset, "dimensions", "fewer than two");
        }
        int n = dimensions.data.getInt(4 * i);
        if (n < 0) {
            throw bad(dimensions.offset, "dimensions", n + " is negative");
        }
        return n;
    }

    private MatArray numeric(Element data, String name, int rows, int columns) {
        MatArray.NumberType stored = MatArray.NumberType.of(data.type)
                .orElseThrow(() -> bad(data.offset, name, "number type " + data.type + " is unknown"));
        if ((long) rows * columns * stored.bytes() != data.data.remaining()) {
            throw bad(
                    data.offset,
                    name,
                    rows + " x " + columns + " numbers of " + stored.bytes() + " bytes announced, "
                            + data.data.remaining() + " bytes follow");
        }
        return new MatArray.Numeric(rows, columns, stored, data.data);
    }

    private MatArray struct(ByteBuffer b, long base, int depth) {
        if (depth == DEEPEST) {
            throw bad(base, "struct", "nested more than " + DEEPEST + " deep");
        }
        Element length = element(b, base, "length of field names");
        int width = length.data.remaining() < 4 ? 0 : length.data.getInt(0);
        Element names = element(b, base, "field names");
        if (width < 1 || names.data.remaining() % width != 0 || names.data.remaining() / width > MOST_FIELDS) {
            throw bad(
                    names.offset,
                    "field names",
                    names.data.remaining() + " bytes of names of " + width + " bytes each");
        }
        Map<String, MatArray> fields = new LinkedHashMap<>();
        for (int from = 0; from < names.data.limit(); from += width) {
            byte[] name = new byte[width];
            names.data.get(from, name);
            Element field = element(b, base, "field");
            if (field.type != MATRIX) {
                throw bad(field.offset, "field", "type " + field.type + " is no matrix");
            }
            fields.put(untilZero(name), matrix(field, depth + 1).getValue());
        }
        return new MatArray.Struct(fields);
    }

    private static String untilZero(byte[] name) {
        int end = 0;
        while (end < name.length && name[end] != 0) {
            end++;
        }
        return new String(name, 0, end, StandardCharsets.ISO_8859_1);
    }

    private static String text(Element element) {
        byte[] bytes = new byte[element.data.remaining()];
        element.data.get(0, bytes);
        boolean wide = element.type == 4 || element.type == 17;
        return new String(
                bytes,
                !wide
                        ? StandardCharsets.UTF_8
                        : element.data.order() == ByteOrder.LITTLE_ENDIAN
                                ? StandardCharsets.UTF_16LE
                                : StandardCharsets.UTF_16BE);
    }

    private FormatException bad(long offset, String field, String problem) {
        return new FormatException(file, offset, field, problem);
    }
}
