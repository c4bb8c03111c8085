package org.einthoven.models.io;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.einthoven.tensor.FormatException;

/**
 * The key-value part of a GGUF file. Whole numbers are {@link Long} (UINT64 beyond 2^63 are refused), others {@link Float},
 * {@link Double}, {@link Boolean}, {@link String} or {@link GgufArray}. A getter whose key is missing or of another type
 * throws a {@link FormatException} that names the key.
 */
public final class GgufMetadata {
    static final String ALIGNMENT = "general.alignment";

    private static final int MAX_KEYS = 1 << 16;
    private static final int MAX_KEY_BYTES = 65_535;
    private static final int MAX_ARRAY_DEPTH = 8;
    private static final int DEFAULT_ALIGNMENT = 32;
    private static final int MAX_ALIGNMENT = 1 << 20;

    private final MappedFile file;
    private final Map<String, Object> values;
    private final Map<String, Place> places;
    private final int alignment;

    /** Where a key begins, and where its type and value lie. */
    private record Place(long key, long value, long end) {}

    private GgufMetadata(MappedFile file, Map<String, Object> values, Map<String, Place> places, int alignment) {
        this.file = file;
        this.values = Collections.unmodifiableMap(values);
        this.places = places;
        this.alignment = alignment;
    }

    /** Reads {@code count} pairs. */
    static GgufMetadata read(MappedFile file, Cursor c, long count) {
        if (count > MAX_KEYS) {
            throw c.bad("metadata count", count + " is more than the " + MAX_KEYS + " keys that are read");
        }
        Map<String, Object> values = new LinkedHashMap<>();
        Map<String, Place> places = new LinkedHashMap<>();
        int alignment = DEFAULT_ALIGNMENT;
        for (long i = 0; i < count; i++) {
            long at = c.offset();
            long length = c.count(1, "metadata key length");
            if (length > MAX_KEY_BYTES) {
                throw file.bad(at, "metadata key length", length + " is more than " + MAX_KEY_BYTES);
            }
            String key = c.utf8(length, "metadata key");
            long start = c.offset();
            GgufValueType type = type(c, key);
            Object value = value(file, c, key, type);
            if (values.put(key, value) != null) {
                throw file.bad(at, key, "this metadata key occurs twice");
            }
            places.put(key, new Place(at, start, c.offset()));
            if (key.equals(ALIGNMENT)) {
                alignment = alignment(file, at, type, value);
            }
        }
        return new GgufMetadata(file, values, places, alignment);
    }

    private static int alignment(MappedFile file, long at, GgufValueType type, Object value) {
        if (type != GgufValueType.UINT32) {
            throw file.bad(at, ALIGNMENT, "must be stored as UINT32, not " + type);
        }
        long a = (Long) value;
        if (Long.bitCount(a) != 1 || a > MAX_ALIGNMENT) {
            throw file.bad(at, ALIGNMENT, a + " must be a power of two up to " + MAX_ALIGNMENT);
        }
        return (int) a;
    }

    private static GgufValueType type(Cursor c, String key) {
        long at = c.offset();
        long type = c.u32(key + " type");
        if (type >= GgufValueType.values().length) {
            throw c.bad(
                    key,
                    "value type " + type + " at byte " + at + " is unknown; types are 0 to "
                            + (GgufValueType.values().length - 1));
        }
        return GgufValueType.values()[(int) type];
    }

    private static Object value(MappedFile file, Cursor c, String key, GgufValueType type) {
        return switch (type) {
            case UINT8 -> (long) c.u8(key);
            case INT8 -> (long) c.i8(key);
            case UINT16 -> c.i16(key) & 0xffffL;
            case INT16 -> (long) c.i16(key);
            case UINT32 -> c.u32(key);
            case INT32 -> (long) c.i32(key);
            case INT64 -> c.i64(key);
            case UINT64 -> {
                long x = c.i64(key);
                if (x < 0) {
                    throw c.bad(key, Long.toUnsignedString(x) + " is more than 2^63 - 1");
                }
                yield x;
            }
            case FLOAT32 -> c.f32(key);
            case FLOAT64 -> c.f64(key);
            case BOOL -> {
                int b = c.u8(key);
                if (b > 1) {
                    throw c.bad(key, "a BOOL is 0 or 1, not " + b);
                }
                yield b == 1;
            }
            case STRING -> c.utf8(c.count(1, key), key);
            case ARRAY -> array(file, c, key);
        };
    }

    /** Walks over a list, so that all of it is known to be there, and keeps only where it is. */
    private static GgufArray array(MappedFile file, Cursor c, String key) {
        GgufValueType element = type(c, key);
        long length = c.count(element.minBytes(), key + " length");
        if (length > Integer.MAX_VALUE - 16) {
            throw c.bad(key, "a list of " + length + " elements; at most 2^31 are read");
        }
        long start = c.offset();
        skip(c, key, element, length, 1);
        return new GgufArray(file, key, element, (int) length, start, c.offset() - start);
    }

    private static void skip(Cursor c, String key, GgufValueType element, long length, int depth) {
        if (depth > MAX_ARRAY_DEPTH) {
            throw c.bad(key, "lists are nested deeper than " + MAX_ARRAY_DEPTH);
        }
        if (element.isFixedSize()) {
            c.skip(length * element.minBytes(), key);
            return;
        }
        for (long i = 0; i < length; i++) {
            if (element == GgufValueType.STRING) {
                c.skip(c.count(1, key), key);
            } else {
                GgufValueType inner = type(c, key);
                skip(c, key, inner, c.count(inner.minBytes(), key + " length"), depth + 1);
            }
        }
    }

    /** Alignment of tensor data, {@code general.alignment} or 32. */
    public int alignment() {
        return alignment;
    }

    public Map<String, Object> asMap() {
        return values;
    }

    public boolean has(String key) {
        return values.containsKey(key);
    }

    /** A whole number of any width that is at least {@code min} and fits an int. */
    public int integer(String key, int min) {
        long x = get(key, Long.class, "a whole number");
        if (x < min || x > Integer.MAX_VALUE) {
            throw bad(key, x + " is outside " + min + " to 2^31 - 1");
        }
        return (int) x;
    }

    public int integer(String key, int min, int otherwise) {
        return has(key) ? integer(key, min) : otherwise;
    }

    /** A finite FLOAT32 or FLOAT64. */
    public double number(String key) {
        Number x = get(key, Number.class, "a number");
        if (!Double.isFinite(x.doubleValue())) {
            throw bad(key, x + " is not a finite number");
        }
        return x.doubleValue();
    }

    public double number(String key, double otherwise) {
        return has(key) ? number(key) : otherwise;
    }

    public boolean flag(String key, boolean otherwise) {
        return has(key) ? get(key, Boolean.class, "a BOOL") : otherwise;
    }

    public String string(String key) {
        return get(key, String.class, "a STRING");
    }

    public String string(String key, String otherwise) {
        return has(key) ? string(key) : otherwise;
    }

    public GgufArray array(String key) {
        return get(key, GgufArray.class, "a list");
    }

    /** For a value that is well-formed but makes no sense: an error that names key and place. */
    public FormatException bad(String key, String problem) {
        Place place = places.get(key);
        return file.bad(place == null ? FormatException.WHOLE_FILE : place.key, key, problem);
    }

    /** Type and value of a key that is there, as they stand in the file. */
    byte[] encoded(String key) {
        Place place = Objects.requireNonNull(places.get(key), "every key has its place");
        long length = place.end - place.value;
        return file.reading(
                () -> new Cursor(file.name(), file.slice(place.value, length, key), place.value).take(length, key));
    }

    private <T> T get(String key, Class<T> type, String wanted) {
        Object value = values.get(key);
        if (value == null) {
            throw bad(key, "this metadata key is missing");
        }
        if (!type.isInstance(value)) {
            throw bad(
                    key,
                    "must be " + wanted + ", not "
                            + (value instanceof GgufArray a
                                    ? a.toString()
                                    : value.getClass().getSimpleName() + " " + value));
        }
        return type.cast(value);
    }
}
