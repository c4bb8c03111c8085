package org.einthoven.models.io;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.einthoven.tensor.FormatException;
import org.einthoven.tensor.Shape;
import org.einthoven.tensor.ShapeException;
import org.einthoven.tensor.Tensor;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * One file in the safetensors format (github.com/huggingface/safetensors): a little-endian u64 header length, a JSON header,
 * and the data. As in the reference implementation the header has at most 100 MB and begins with an opening brace, and the
 * tensors cover the data without overlap or hole; unlike there, a key that occurs twice is an error. A tensor of no
 * elements, or a scalar of shape [], is legal; data may begin at any byte, aligned or not.
 */
public final class SafetensorsFile extends MappedWeights {
    static final int MAX_HEADER = 100_000_000;

    private static final int PREFIX = 8;
    private static final String METADATA = "__metadata__";

    private final Map<String, Object> metadata;

    private SafetensorsFile(MappedFile file, Map<String, Entry> entries, Map<String, Object> metadata) {
        super(file, entries);
        this.metadata = metadata;
    }

    public static SafetensorsFile open(Path path) {
        MappedFile file = MappedFile.open(path);
        try {
            return new Header(file).read();
        } catch (RuntimeException e) {
            file.close();
            throw e;
        }
    }

    @Override
    public String format() {
        return "safetensors";
    }

    @Override
    public Tensor tensor(String name) {
        Entry e = entry(name);
        return ElementType.valueOf(e.type()).decode(file, e, file.slice(e.offset(), e.bytes(), name));
    }

    @Override
    public Map<String, Object> metadata() {
        return metadata;
    }

    /** Reads and checks the header. */
    private static final class Header {
        private final MappedFile file;
        private final long dataAt;
        private final long dataSize;
        private final Map<String, Entry> entries = new LinkedHashMap<>();
        private final Map<String, Object> metadata = new LinkedHashMap<>();

        Header(MappedFile file) {
            this.file = file;
            if (file.size() < PREFIX) {
                throw file.bad(
                        0,
                        "header length",
                        "header too small: a safetensors file has at least 8 bytes, this one " + file.size());
            }
            long length = new Cursor(file.name(), file.slice(0, PREFIX, "header length"), 0).i64("header length");
            if (length < 0 || length > MAX_HEADER) {
                throw file.bad(
                        0,
                        "header length",
                        Long.toUnsignedString(length) + " is more than the " + MAX_HEADER
                                + " bytes that the format allows; is this a safetensors file?");
            }
            if (length > file.size() - PREFIX) {
                throw file.bad(
                        0,
                        "header length",
                        length + " bytes, but the file ends at byte " + file.size()
                                + "; it is truncated or not a safetensors file");
            }
            this.dataAt = PREFIX + length;
            this.dataSize = file.size() - dataAt;
        }

        SafetensorsFile read() {
            long length = dataAt - PREFIX;
            if (length < 2 || new Cursor(file.name(), file.slice(PREFIX, 1, "header"), PREFIX).u8("header") != '{') {
                throw file.bad(PREFIX, "header", "must be a JSON object that begins with '{'");
            }
            StrictJson.read(file.name(), PREFIX, "header", file.stream(PREFIX, length, "header"), this::all);
            covered();
            return new SafetensorsFile(file, entries, Collections.unmodifiableMap(metadata));
        }

        private Void all(JsonParser p) {
            while (p.nextToken() == JsonToken.PROPERTY_NAME) {
                String name = p.currentName();
                wellFormed(p, name);
                p.nextToken();
                expect(p, JsonToken.START_OBJECT, name);
                if (name.equals(METADATA)) {
                    metadata(p);
                } else {
                    entries.put(name, entry(p, name));
                }
            }
            return null;
        }

        private void metadata(JsonParser p) {
            while (p.nextToken() == JsonToken.PROPERTY_NAME) {
                String key = p.currentName();
                p.nextToken();
                expect(p, JsonToken.VALUE_STRING, METADATA + "." + key);
                metadata.put(key, p.getString());
            }
        }

        private Entry entry(JsonParser p, String name) {
            long at = PREFIX + StrictJson.at(p);
            ElementType type = null;
            Shape shape = null;
            long[] range = null;
            while (p.nextToken() == JsonToken.PROPERTY_NAME) {
                String key = p.currentName();
                p.nextToken();
                switch (key) {
                    case "dtype" -> type = type(p, name);
                    case "shape" -> shape = shape(p, name);
                    case "data_offsets" -> range = numbers(p, name + ".data_offsets");
                    default -> p.skipChildren();
                }
            }
            if (type == null || shape == null || range == null) {
                throw file.bad(
                        at, name, (type == null ? "dtype" : shape == null ? "shape" : "data_offsets") + " is missing");
            }
            if (range.length != 2 || range[0] < 0 || range[1] < range[0] || range[1] > dataSize) {
                throw file.bad(
                        at,
                        name + ".data_offsets",
                        Arrays.toString(range) + " must be a begin and an end with " + "0 <= begin <= end <= "
                                + dataSize + ", the bytes of data in this file; it is truncated or damaged");
            }
            long bytes = type.bytes(shape);
            if (bytes != range[1] - range[0]) {
                throw file.bad(
                        at,
                        name,
                        shape + " of " + type + " needs " + (bytes < 0 ? "more than 2^63" : bytes)
                                + " bytes, but data_offsets span " + (range[1] - range[0]));
            }
            return new Entry(name, type.name(), shape, dataAt + range[0], bytes);
        }

        private ElementType type(JsonParser p, String name) {
            expect(p, JsonToken.VALUE_STRING, name + ".dtype");
            try {
                return ElementType.valueOf(p.getString());
            } catch (IllegalArgumentException e) {
                throw file.bad(
                        PREFIX + StrictJson.at(p),
                        name + ".dtype",
                        "\"" + p.getString() + "\" is not a known type: " + List.of(ElementType.values()));
            }
        }

        private Shape shape(JsonParser p, String name) {
            long at = PREFIX + StrictJson.at(p);
            long[] dims = numbers(p, name + ".shape");
            int[] d = new int[dims.length];
            for (int i = 0; i < d.length; i++) {
                if (dims[i] < 0 || dims[i] > Integer.MAX_VALUE) {
                    throw file.bad(
                            at, name + ".shape", "axis " + i + " has size " + dims[i] + "; sizes are 0 to 2^31 - 1");
                }
                d[i] = (int) dims[i];
            }
            try {
                return Shape.of(d);
            } catch (ShapeException e) {
                throw new FormatException(file.name(), at, name + ".shape", e.getMessage(), e);
            }
        }

        private long[] numbers(JsonParser p, String field) {
            expect(p, JsonToken.START_ARRAY, field);
            long[] x = new long[16];
            int n = 0;
            while (p.nextToken() != JsonToken.END_ARRAY) {
                expect(p, JsonToken.VALUE_NUMBER_INT, field);
                if (n == x.length) {
                    throw file.bad(PREFIX + StrictJson.at(p), field, "has more than " + n + " numbers");
                }
                x[n++] = p.getLongValue();
            }
            return Arrays.copyOf(x, n);
        }

        private void wellFormed(JsonParser p, String name) {
            for (int i = 0; i < name.length(); i++) {
                char c = name.charAt(i);
                boolean pair = Character.isHighSurrogate(c)
                        && i + 1 < name.length()
                        && Character.isLowSurrogate(name.charAt(i + 1));
                if (Character.isSurrogate(c) && !pair) {
                    throw file.bad(
                            PREFIX + StrictJson.at(p),
                            "tensor name",
                            "holds half of a surrogate pair, which is no text");
                }
                i += pair ? 1 : 0;
            }
        }

        private void expect(JsonParser p, JsonToken token, String field) {
            StrictJson.expect(p, token, file.name(), PREFIX, field);
        }

        /** The tensors, by offset, must follow one another from the first byte of the data to the last. */
        private void covered() {
            List<Entry> byOffset = new ArrayList<>(entries.values());
            byOffset.sort(Comparator.comparingLong(Entry::offset).thenComparingLong(Entry::bytes));
            long end = dataAt;
            for (Entry e : byOffset) {
                if (e.offset() != end) {
                    throw file.bad(
                            e.offset(),
                            e.name() + ".data_offsets",
                            e.offset() < end
                                    ? "overlaps the tensor before it, which ends at byte " + end
                                    : "leaves a hole of " + (e.offset() - end) + " bytes after byte " + end);
                }
                end += e.bytes();
            }
            if (end != file.size()) {
                throw file.bad(end, "data", (file.size() - end) + " bytes at the end belong to no tensor");
            }
        }
    }
}
