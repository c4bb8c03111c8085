package org.einthoven.gpu.device;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import org.einthoven.gpu.kernel.MatVec;
import org.einthoven.tensor.DType;
import org.einthoven.tensor.Storage;
import org.einthoven.tensor.Tensor;
import org.einthoven.tensor.TensorException;
import uk.ac.manchester.tornado.api.types.arrays.ByteArray;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.ShortArray;
import uk.ac.manchester.tornado.api.types.arrays.TornadoNativeArray;

/**
 * A frozen weight [outputs, inputs] in the form that kernels read: F32, the bits of F16, or Q8_0 with its bytes and scales
 * apart. Other storage types become F32 on the way, with the same values. The size is known before anything is copied.
 */
public sealed interface DeviceWeights {
    record F32(FloatArray values) implements DeviceWeights {
        @Override
        public List<TornadoNativeArray> arrays() {
            return List.of(values);
        }
    }

    record F16(ShortArray bits) implements DeviceWeights {
        @Override
        public List<TornadoNativeArray> arrays() {
            return List.of(bits);
        }
    }

    record Q8(ByteArray bytes, FloatArray scales) implements DeviceWeights {
        @Override
        public List<TornadoNativeArray> arrays() {
            return List.of(bytes, scales);
        }
    }

    /** What has to cross. */
    List<TornadoNativeArray> arrays();

    /** Bytes that the weights, one above the other, will take on the device, headers not counted. */
    static long bytes(Tensor... stacked) {
        long n = size(stacked);
        return switch (kind(stacked)) {
            case F16 -> 2 * n;
            case Q8_0 -> n + 4 * n / MatVec.BLOCK;
            default -> 4 * n;
        };
    }

    /**
     * Copies weights of as many columns out of the heap or their file, the rows of each below those before it: so projections
     * of one input become one.
     *
     * @throws TensorException when they have more elements than a device array holds, or an F16 that is no finite number
     */
    static DeviceWeights of(Tensor... stacked) {
        long n = size(stacked);
        if (n > Integer.MAX_VALUE) {
            throw new TensorException("a weight of " + stacked[0].shape() + " has " + n
                    + " elements; a device array holds 2147483647; use --backend simd");
        }
        int at = 0;
        switch (kind(stacked)) {
            case F16 -> {
                ShortArray bits = new ShortArray((int) n);
                for (Tensor w : stacked) {
                    f16(w, bits, at);
                    at += (int) w.size();
                }
                return new F16(bits);
            }
            case Q8_0 -> {
                ByteArray bytes = new ByteArray((int) n);
                FloatArray scales = new FloatArray((int) n / MatVec.BLOCK);
                for (Tensor w : stacked) {
                    q8(w, bytes, scales, at / MatVec.BLOCK);
                    at += (int) w.size();
                }
                return new Q8(bytes, scales);
            }
            default -> {
                FloatArray values = new FloatArray((int) n);
                for (Tensor w : stacked) {
                    float[] v = (w.dtype() == DType.F32 ? w : w.cast(DType.F32)).toFloats();
                    MemorySegment.copy(v, 0, values.getSegment(), ValueLayout.JAVA_FLOAT, 4L * at, v.length);
                    at += v.length;
                }
                return new F32(values);
            }
        }
    }

    private static long size(Tensor... stacked) {
        return Arrays.stream(stacked).mapToLong(Tensor::size).sum();
    }

    /** Where they differ, F32. */
    private static DType kind(Tensor... stacked) {
        DType first = kind(stacked[0]);
        return Arrays.stream(stacked).allMatch(w -> kind(w) == first) ? first : DType.F32;
    }

    /** Rows that do not lie one after the other in whole blocks are decoded like other types. */
    private static DType kind(Tensor w) {
        boolean dense = w.layout().isContiguous();
        return switch (w.dtype()) {
            case F16 -> dense ? DType.F16 : DType.F32;
            case Q8_0 -> dense && w.dim(-1) % MatVec.BLOCK == 0 ? DType.Q8_0 : DType.F32;
            default -> DType.F32;
        };
    }

    private static void f16(Tensor w, ShortArray bits, int at) {
        ValueLayout.OfShort le = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
        MemorySegment s = blocks(w);
        int n = (int) w.size();
        short[] part = new short[Math.min(n, 1 << 16)]; // an array of the heap is looked through fast
        for (int from = 0; from < n; from += part.length) {
            int count = Math.min(part.length, n - from);
            MemorySegment.copy(s, le, 2L * (w.layout().offset() + from), part, 0, count);
            for (int i = 0; i < count; i++) {
                if ((part[i] & 0x7c00) == 0x7c00) {
                    throw new TensorException("a weight of F16 " + w.shape() + " has " + Float.float16ToFloat(part[i])
                            + " at element " + (from + i) + "; the file is damaged, or use --backend simd");
                }
            }
            MemorySegment.copy(part, 0, bits.getSegment(), ValueLayout.JAVA_SHORT, 2L * (at + from), count);
        }
    }

    private static void q8(Tensor w, ByteArray bytes, FloatArray scales, int at) {
        ValueLayout.OfShort le = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
        MemorySegment s = blocks(w);
        MemorySegment to = bytes.getSegment();
        int blocks = (int) (w.size() / MatVec.BLOCK);
        long first = w.layout().offset() / MatVec.BLOCK;
        for (int b = 0; b < blocks; b++) {
            long from = (first + b) * DType.Q8_0.blockBytes();
            scales.set(at + b, Float.float16ToFloat(s.get(le, from)));
            MemorySegment.copy(s, from + 2, to, (long) (at + b) * MatVec.BLOCK, MatVec.BLOCK);
        }
    }

    private static MemorySegment blocks(Tensor w) {
        return ((Storage.Blocks) w.storage()).segment();
    }
}
