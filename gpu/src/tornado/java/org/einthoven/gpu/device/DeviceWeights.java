package org.einthoven.gpu.device;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import org.einthoven.gpu.kernel.MatVec;
import org.einthoven.tensor.DType;
import org.einthoven.tensor.Storage;
import org.einthoven.tensor.Tensor;
import org.einthoven.tensor.TensorException;
import uk.ac.manchester.tornado.api.types.arrays.ByteArray;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.ShortArray;

/**
 * A frozen weight [outputs, inputs] in the form that kernels read: F32, the bits of F16, or Q8_0 with its bytes and scales
 * apart. Other storage types become F32 on the way, with the same values. The size is known before anything is copied.
 */
public sealed interface DeviceWeights {
    record F32(FloatArray values) implements DeviceWeights {}

    record F16(ShortArray bits) implements DeviceWeights {}

    record Q8(ByteArray bytes, FloatArray scales) implements DeviceWeights {}

    /** Bytes that the weight will take on the device, headers not counted. */
    static long bytes(Tensor w) {
        return switch (kind(w)) {
            case F16 -> 2 * w.size();
            case Q8_0 -> w.size() + 4 * w.size() / MatVec.BLOCK;
            default -> 4 * w.size();
        };
    }

    /**
     * Copies the weight out of the heap or its file.
     *
     * @throws TensorException when it has more elements than a device array holds, or an F16 that is no finite number
     */
    static DeviceWeights of(Tensor w) {
        if (w.size() > Integer.MAX_VALUE) {
            throw new TensorException("a weight of " + w.shape() + " has " + w.size()
                    + " elements; a device array holds 2147483647; use --backend simd");
        }
        return switch (kind(w)) {
            case F16 -> f16(w);
            case Q8_0 -> q8(w);
            default -> new F32(FloatArray.fromArray((w.dtype() == DType.F32 ? w : w.cast(DType.F32)).toFloats()));
        };
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

    private static F16 f16(Tensor w) {
        ValueLayout.OfShort le = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
        MemorySegment s = blocks(w);
        int n = (int) w.size();
        ShortArray bits = new ShortArray(n);
        for (int i = 0; i < n; i++) {
            short b = s.get(le, 2L * (w.layout().offset() + i));
            if ((b & 0x7c00) == 0x7c00) {
                throw new TensorException("a weight of F16 " + w.shape() + " has " + Float.float16ToFloat(b)
                        + " at element " + i + "; the file is damaged, or use --backend simd");
            }
            bits.set(i, b);
        }
        return new F16(bits);
    }

    private static Q8 q8(Tensor w) {
        ValueLayout.OfShort le = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
        MemorySegment s = blocks(w);
        int blocks = (int) (w.size() / MatVec.BLOCK);
        ByteArray bytes = new ByteArray(blocks * MatVec.BLOCK);
        FloatArray scales = new FloatArray(blocks);
        long first = w.layout().offset() / MatVec.BLOCK;
        for (int b = 0; b < blocks; b++) {
            long at = (first + b) * DType.Q8_0.blockBytes();
            scales.set(b, Float.float16ToFloat(s.get(le, at)));
            for (int i = 0; i < MatVec.BLOCK; i++) {
                bytes.set(b * MatVec.BLOCK + i, s.get(ValueLayout.JAVA_BYTE, at + 2 + i));
            }
        }
        return new Q8(bytes, scales);
    }

    private static MemorySegment blocks(Tensor w) {
        return ((Storage.Blocks) w.storage()).segment();
    }
}
