package org.einthoven.autograd;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.random.RandomGenerator;
import org.einthoven.tensor.DType;
import org.einthoven.tensor.Rng;
import org.einthoven.tensor.Tensor;

/** Operands drawn by name: equal names and shapes give equal numbers. */
final class Operands {
    private static final Rng RNG = Rng.of(222);

    private Operands() {}

    static Tensor normal(String name, int... shape) {
        return RNG.split(name).normal64(shape);
    }

    /** A F16 or BF16 matrix of small exact numbers. */
    static Tensor half(DType type, int rows, int columns) {
        MemorySegment s = Arena.ofAuto().allocate(2L * rows * columns);
        ValueLayout.OfShort le = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
        float[] w = RNG.split("half").normal(rows, columns).toFloats();
        for (int i = 0; i < w.length; i++) {
            short bits =
                    type == DType.F16 ? Float.floatToFloat16(w[i]) : (short) (Float.floatToRawIntBits(w[i]) >>> 16);
            s.set(le, 2L * i, bits);
        }
        return Tensor.blocks(type, s, rows, columns);
    }

    /** A Q8_0 matrix: blocks of an F16 scale and 32 signed bytes. */
    static Tensor q8(int rows, int columns) {
        int blocks = rows * columns / 32;
        MemorySegment s = Arena.ofAuto().allocate(34L * blocks);
        ValueLayout.OfShort le = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
        RandomGenerator bytes = RNG.split("q8").stream();
        for (int b = 0; b < blocks; b++) {
            s.set(le, 34L * b, Float.floatToFloat16(0.01f + 0.003f * b));
            for (int i = 0; i < 32; i++) {
                s.set(ValueLayout.JAVA_BYTE, 34L * b + 2 + i, (byte) bytes.nextInt(-127, 128));
            }
        }
        return Tensor.blocks(DType.Q8_0, s, rows, columns);
    }
}
