package org.einthoven.tensor.simd;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import org.einthoven.tensor.Storage;
import org.einthoven.tensor.Tensor;

/** Storage-only weights to F32, a run of elements at a time. The definition is {@code Blocks}; the bits are the same. */
sealed interface Decoder {
    ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    /** Elements {@code from .. from + n - 1} of the storage to {@code out[at ..]}. */
    void decode(long from, float[] out, int at, int n);

    static Decoder of(Tensor t) {
        MemorySegment s = ((Storage.Blocks) t.storage()).segment();
        return switch (t.dtype()) {
            case F16 -> new Half(s);
            case BF16 -> new Brain(s);
            case Q8_0 -> new Q8(s);
            case F32, F64, I32, BOOL -> throw new IllegalArgumentException(t.dtype() + " is not stored in blocks");
        };
    }

    /** IEEE binary16. */
    record Half(MemorySegment s) implements Decoder {
        @Override
        public void decode(long from, float[] out, int at, int n) {
            for (int i = 0; i < n; i++) {
                out[at + i] = Float.float16ToFloat(s.get(SHORT, 2 * (from + i)));
            }
        }
    }

    /** The upper half of a float. */
    record Brain(MemorySegment s) implements Decoder {
        @Override
        public void decode(long from, float[] out, int at, int n) {
            for (int i = 0; i < n; i++) {
                out[at + i] = Float.intBitsToFloat(s.get(SHORT, 2 * (from + i)) << 16);
            }
        }
    }

    /** GGML Q8_0: an F16 scale and 32 signed bytes. */
    record Q8(MemorySegment s) implements Decoder {
        static final int SIZE = 32;
        static final int BYTES = 34;

        @Override
        public void decode(long from, float[] out, int at, int n) {
            int i = 0;
            while (i < n) {
                long block = (from + i) / SIZE * BYTES;
                int skip = (int) ((from + i) % SIZE);
                int run = Math.min(SIZE - skip, n - i);
                float scale = Float.float16ToFloat(s.get(SHORT, block));
                for (int k = 0; k < run; k++) {
                    out[at + i + k] = scale * s.get(ValueLayout.JAVA_BYTE, block + 2 + skip + k);
                }
                i += run;
            }
        }
    }
}
