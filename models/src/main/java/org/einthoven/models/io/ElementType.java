package org.einthoven.models.io;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import org.einthoven.tensor.DType;
import org.einthoven.tensor.Nullable;
import org.einthoven.tensor.Shape;
import org.einthoven.tensor.Tensor;

/** The unblocked element types that files hold, by the names of the safetensors specification, and how each becomes a tensor. */
enum ElementType {
    F64(8),
    F32(4),
    F16(2),
    BF16(2),
    I64(8),
    I32(4),
    I16(2),
    I8(1),
    U64(8),
    U32(4),
    U16(2),
    U8(1),
    BOOL(1),
    /** Complex: two F32. */
    C64(8),
    F8_E4M3(1),
    F8_E5M2(1),
    F8_E8M0(1);

    private static final ValueLayout.OfShort SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfFloat FLOAT =
            ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfDouble DOUBLE =
            ValueLayout.JAVA_DOUBLE_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final int bytes;

    ElementType(int bytes) {
        this.bytes = bytes;
    }

    int bytes() {
        return bytes;
    }

    /** The type of a torch storage class or {@code torch.dtype}; null when it is not known. */
    static @Nullable ElementType ofTorch(String name) {
        return switch (name) {
            case "DoubleStorage", "torch.float64" -> F64;
            case "FloatStorage", "torch.float32" -> F32;
            case "HalfStorage", "torch.float16" -> F16;
            case "BFloat16Storage", "torch.bfloat16" -> BF16;
            case "LongStorage", "torch.int64" -> I64;
            case "IntStorage", "torch.int32" -> I32;
            case "ShortStorage", "torch.int16" -> I16;
            case "CharStorage", "torch.int8" -> I8;
            case "ByteStorage", "torch.uint8", "UntypedStorage", "_UntypedStorage" -> U8;
            case "BoolStorage", "torch.bool" -> BOOL;
            case "ComplexFloatStorage", "torch.complex64" -> C64;
            case "torch.uint64" -> U64;
            case "torch.uint32" -> U32;
            case "torch.uint16" -> U16;
            case "torch.float8_e4m3fn" -> F8_E4M3;
            case "torch.float8_e5m2" -> F8_E5M2;
            case "torch.float8_e8m0fnu" -> F8_E8M0;
            default -> null;
        };
    }

    /** Row-major little-endian elements as a tensor; F16 and BF16 stay where they are, all others are copied. */
    Tensor decode(MappedFile file, WeightFile.Entry e, MemorySegment data) {
        return file.reading(() -> tensor(file, e, data));
    }

    private Tensor tensor(MappedFile file, WeightFile.Entry e, MemorySegment data) {
        int[] shape = e.shape().toArray();
        if (this == F16 || this == BF16) {
            return Tensor.blocks(this == F16 ? DType.F16 : DType.BF16, data, shape);
        }
        if (e.shape().size() > Integer.MAX_VALUE - 16) {
            throw file.bad(
                    e.offset(),
                    e.name(),
                    e.shape() + " has " + e.shape().size() + " elements; one tensor in memory " + "holds at most "
                            + (Integer.MAX_VALUE - 16));
        }
        int n = (int) e.shape().size();
        return switch (this) {
            case F32 -> {
                float[] x = new float[n];
                MemorySegment.copy(data, FLOAT, 0, x, 0, n);
                yield Tensor.of(x, shape);
            }
            case F64 -> {
                double[] x = new double[n];
                MemorySegment.copy(data, DOUBLE, 0, x, 0, n);
                yield Tensor.of(x, shape);
            }
            case I32 -> {
                int[] x = new int[n];
                MemorySegment.copy(data, INT, 0, x, 0, n);
                yield Tensor.of(x, shape);
            }
            case BOOL -> {
                boolean[] x = new boolean[n];
                for (int i = 0; i < n; i++) {
                    x[i] = data.get(ValueLayout.JAVA_BYTE, i) != 0;
                }
                yield Tensor.of(x, shape);
            }
            case I64, I16, I8, U64, U32, U16, U8 -> {
                int[] x = new int[n];
                for (int i = 0; i < n; i++) {
                    x[i] = narrow(file, e, integer(data, i), i);
                }
                yield Tensor.of(x, shape);
            }
            case F16, BF16, C64, F8_E4M3, F8_E5M2, F8_E8M0 ->
                throw file.bad(
                        e.offset(),
                        e.name(),
                        "elements of type " + this
                                + " cannot become a tensor here; convert the file to F32, F16 or BF16");
        };
    }

    private long integer(MemorySegment data, long i) {
        return switch (this) {
            case I64, U64 -> data.get(LONG, 8 * i);
            case U32 -> Integer.toUnsignedLong(data.get(INT, 4 * i));
            case I16 -> data.get(SHORT, 2 * i);
            case U16 -> Short.toUnsignedLong(data.get(SHORT, 2 * i));
            case I8 -> data.get(ValueLayout.JAVA_BYTE, i);
            case U8 -> data.get(ValueLayout.JAVA_BYTE, i) & 0xff;
            default -> throw new AssertionError(this);
        };
    }

    private int narrow(MappedFile file, WeightFile.Entry e, long x, int i) {
        if (x != (int) x) {
            throw file.bad(
                    e.offset() + (long) i * bytes,
                    e.name(),
                    "element " + i + " is " + (this == U64 ? Long.toUnsignedString(x) : Long.toString(x))
                            + ", which does not fit into 32 bits");
        }
        return (int) x;
    }

    /** Bytes of a shape, or -1 when that overflows. */
    long bytes(Shape shape) {
        long n = shape.size();
        return n > Long.MAX_VALUE / bytes ? -1 : n * bytes;
    }
}
