package org.einthoven.data.mat;

import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Optional;

/** A variable of a MATLAB version 5 file. */
sealed interface MatArray {

    /** A real numeric matrix in column order; element (r, c) is number {@code c * rows + r}. */
    record Numeric(int rows, int columns, NumberType stored, ByteBuffer data) implements MatArray {
        double at(int row, int column) {
            return stored.get(data, column * rows + row);
        }

        int length() {
            return rows * columns;
        }
    }

    /** A row of characters. */
    record Text(String value) implements MatArray {}

    /** A 1 x 1 structure. */
    record Struct(Map<String, MatArray> fields) implements MatArray {}

    /** A class that holds no ECG: cell, object, sparse, function, opaque, complex. */
    record Other(String what) implements MatArray {}

    /** How numbers are stored, which need not be the class of their matrix. Codes as in "MAT-File Format", table 1-1. */
    enum NumberType {
        INT8(1, 1),
        UINT8(2, 1),
        INT16(3, 2),
        UINT16(4, 2),
        INT32(5, 4),
        UINT32(6, 4),
        SINGLE(7, 4),
        DOUBLE(9, 8),
        INT64(12, 8),
        UINT64(13, 8);

        private final int code;
        private final int bytes;

        NumberType(int code, int bytes) {
            this.code = code;
            this.bytes = bytes;
        }

        static Optional<NumberType> of(int code) {
            for (NumberType type : values()) {
                if (type.code == code) {
                    return Optional.of(type);
                }
            }
            return Optional.empty();
        }

        int bytes() {
            return bytes;
        }

        double get(ByteBuffer b, int index) {
            int at = index * bytes;
            return switch (this) {
                case INT8 -> b.get(at);
                case UINT8 -> b.get(at) & 0xFF;
                case INT16 -> b.getShort(at);
                case UINT16 -> b.getShort(at) & 0xFFFF;
                case INT32 -> b.getInt(at);
                case UINT32 -> b.getInt(at) & 0xFFFFFFFFL;
                case SINGLE -> b.getFloat(at);
                case DOUBLE -> b.getDouble(at);
                case INT64, UINT64 -> b.getLong(at);
            };
        }
    }
}
