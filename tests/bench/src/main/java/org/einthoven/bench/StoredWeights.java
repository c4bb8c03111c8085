package org.einthoven.bench;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.einthoven.tensor.DType;
import org.einthoven.tensor.Rng;
import org.einthoven.tensor.Tensor;

/** Random weights as a file stores them: any bits, under scales of about 0.01. */
final class StoredWeights {
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfShort SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private StoredWeights() {}

    /** {@code layers} times [out, in], one behind the other in memory. */
    static List<Tensor> draw(DType type, Rng rng, int layers, int out, int in) {
        if (type == DType.F32) {
            return IntStream.range(0, layers)
                    .mapToObj(i -> rng.split(i).normal(out, in))
                    .toList();
        }
        MemorySegment s = Arena.ofAuto().allocate(type.bytes((long) layers * out * in), 64);
        RandomGenerator bits = rng.stream();
        long at = 0;
        for (; at + Long.BYTES <= s.byteSize(); at += Long.BYTES) {
            s.set(LONG, at, bits.nextLong());
        }
        for (long block = 0; block < s.byteSize(); block += type.blockBytes()) {
            for (int half : halves(type)) {
                short number = type == DType.BF16
                        ? (short) (Float.floatToRawIntBits((float) bits.nextGaussian()) >>> 16)
                        : Float.floatToFloat16(0.01f * (float) bits.nextGaussian());
                s.set(SHORT, block + half, number);
            }
        }
        Tensor all = Tensor.blocks(type, s, layers, out, in);
        return IntStream.range(0, layers).mapToObj(i -> all.select(0, i)).toList();
    }

    /** Where floating-point numbers lie in a block. */
    private static int[] halves(DType type) {
        return switch (type) {
            case Q4_1, Q5_1, Q4_K, Q5_K -> new int[] {0, 2};
            case Q2_K -> new int[] {80, 82};
            case Q3_K -> new int[] {108};
            case Q6_K -> new int[] {208};
            case TQ1_0 -> new int[] {52};
            case TQ2_0 -> new int[] {64};
            default -> new int[] {0};
        };
    }
}
