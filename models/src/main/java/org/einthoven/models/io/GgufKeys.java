package org.einthoven.models.io;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Map;

/** Metadata for a GGUF file, in the order in which it is put; a key that is put again keeps its place. */
public final class GgufKeys {
    /** Writes a value behind its type. */
    @FunctionalInterface
    private interface Value {
        void writeTo(LittleEndian out) throws IOException;
    }

    /** Type and value of each key, as they stand in the file. */
    private final Map<String, byte[]> values = new LinkedHashMap<>();

    public GgufKeys u32(String key, int x) {
        return put(key, GgufValueType.UINT32, out -> out.i32(x));
    }

    public GgufKeys f32(String key, double x) {
        return put(key, GgufValueType.FLOAT32, out -> out.f32((float) x));
    }

    public GgufKeys bool(String key, boolean x) {
        return put(key, GgufValueType.BOOL, out -> out.u8(x ? 1 : 0));
    }

    public GgufKeys string(String key, String x) {
        return put(key, GgufValueType.STRING, out -> out.text(x));
    }

    public GgufKeys strings(String key, String... x) {
        return put(key, GgufValueType.ARRAY, out -> {
            length(out, GgufValueType.STRING, x.length);
            for (String s : x) {
                out.text(s);
            }
        });
    }

    public GgufKeys floats(String key, float... x) {
        return put(key, GgufValueType.ARRAY, out -> {
            length(out, GgufValueType.FLOAT32, x.length);
            for (float f : x) {
                out.f32(f);
            }
        });
    }

    public GgufKeys ints(String key, int... x) {
        return put(key, GgufValueType.ARRAY, out -> {
            length(out, GgufValueType.INT32, x.length);
            for (int i : x) {
                out.i32(i);
            }
        });
    }

    public GgufKeys bools(String key, boolean... x) {
        return put(key, GgufValueType.ARRAY, out -> {
            length(out, GgufValueType.BOOL, x.length);
            for (boolean b : x) {
                out.u8(b ? 1 : 0);
            }
        });
    }

    /** All keys of a file, byte for byte, but its alignment: the writer has its own. */
    public GgufKeys copy(GgufMetadata metadata) {
        metadata.asMap().keySet().stream()
                .filter(key -> !key.equals(GgufMetadata.ALIGNMENT))
                .forEach(key -> values.put(key, metadata.encoded(key)));
        return this;
    }

    int size() {
        return values.size();
    }

    void writeTo(LittleEndian out) throws IOException {
        for (Map.Entry<String, byte[]> e : values.entrySet()) {
            out.text(e.getKey());
            out.bytes(e.getValue());
        }
    }

    private static void length(LittleEndian out, GgufValueType element, int n) throws IOException {
        out.i32(element.ordinal());
        out.i64(n);
    }

    private GgufKeys put(String key, GgufValueType type, Value value) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            LittleEndian out = new LittleEndian(bytes);
            out.i32(type.ordinal());
            value.writeTo(out);
        } catch (IOException e) {
            throw new UncheckedIOException(e); // a byte array never fails
        }
        values.put(key, bytes.toByteArray());
        return this;
    }
}
