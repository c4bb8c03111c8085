package org.einthoven.models.io;

import java.lang.foreign.MemorySegment;
import org.einthoven.tensor.FormatException;

/** A list in the metadata of a GGUF file; checked when the file is opened, decoded only when asked for. */
public final class GgufArray {
    private final MappedFile file;
    private final String key;
    private final GgufValueType type;
    private final int length;
    private final long offset;
    private final long bytes;

    GgufArray(MappedFile file, String key, GgufValueType type, int length, long offset, long bytes) {
        this.file = file;
        this.key = key;
        this.type = type;
        this.length = length;
        this.offset = offset;
        this.bytes = bytes;
    }

    public GgufValueType elementType() {
        return type;
    }

    public int length() {
        return length;
    }

    /** @throws FormatException when the elements are no strings */
    public String[] strings() {
        require(type == GgufValueType.STRING, "STRING");
        return file.reading(() -> {
            Cursor c = cursor();
            String[] x = new String[length];
            for (int i = 0; i < length; i++) {
                x[i] = c.utf8(c.i64(key), key);
            }
            return x;
        });
    }

    /** @throws FormatException when the elements are not FLOAT32 */
    public float[] floats() {
        require(type == GgufValueType.FLOAT32, "FLOAT32");
        return file.reading(() -> {
            Cursor c = cursor();
            float[] x = new float[length];
            for (int i = 0; i < length; i++) {
                x[i] = c.f32(key);
            }
            return x;
        });
    }

    /** @throws FormatException when the elements are not INT32 or UINT32 below 2^31 */
    public int[] ints() {
        require(type == GgufValueType.INT32 || type == GgufValueType.UINT32, "INT32");
        return file.reading(() -> {
            Cursor c = cursor();
            int[] x = new int[length];
            for (int i = 0; i < length; i++) {
                x[i] = c.i32(key);
                if (type == GgufValueType.UINT32 && x[i] < 0) {
                    throw file.bad(offset + 4L * i, key, "element " + i + " is more than 2^31 - 1");
                }
            }
            return x;
        });
    }

    /** @throws FormatException when the elements are not UINT8 or INT8 */
    public byte[] bytes() {
        require(type == GgufValueType.UINT8 || type == GgufValueType.INT8, "UINT8");
        return file.reading(() -> {
            Cursor c = cursor();
            byte[] x = new byte[length];
            for (int i = 0; i < length; i++) {
                x[i] = (byte) c.u8(key);
            }
            return x;
        });
    }

    /** @throws FormatException when the elements are no BOOL */
    public boolean[] booleans() {
        require(type == GgufValueType.BOOL, "BOOL");
        return file.reading(() -> {
            Cursor c = cursor();
            boolean[] x = new boolean[length];
            for (int i = 0; i < length; i++) {
                x[i] = c.u8(key) != 0;
            }
            return x;
        });
    }

    private void require(boolean right, String wanted) {
        if (!right) {
            throw file.bad(offset, key, "is a list of " + type + ", but a list of " + wanted + " is needed");
        }
    }

    private Cursor cursor() {
        MemorySegment part = file.slice(offset, bytes, key);
        return new Cursor(file.name(), part, offset);
    }

    /** For example {@code STRING[32000]}. */
    @Override
    public String toString() {
        return type + "[" + length + "]";
    }
}
