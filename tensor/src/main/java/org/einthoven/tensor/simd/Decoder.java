package org.einthoven.tensor.simd;

import static jdk.incubator.vector.VectorOperators.GE;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.ZERO_EXTEND_S2I;
import static org.einthoven.tensor.simd.Lanes.F;
import static org.einthoven.tensor.simd.Lanes.L;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;
import org.einthoven.tensor.Storage;
import org.einthoven.tensor.Tensor;

/** Storage-only weights to F32, a run of elements at a time. The definition is {@code Blocks}; the bits are the same. */
sealed interface Decoder permits Decoder.Half, Decoder.Brain, GroupDecoder {
    ByteOrder LE = ByteOrder.LITTLE_ENDIAN;
    ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(LE);
    VectorSpecies<Integer> I = IntVector.SPECIES_PREFERRED;

    /** L shorts. */
    VectorSpecies<Short> S = VectorSpecies.of(short.class, VectorShape.forBitSize(16 * L));

    /** Elements {@code from .. from + n - 1} of the storage to {@code out[at ..]}. */
    void decode(long from, float[] out, int at, int n);

    /**
     * Four such runs, {@code down} elements apart in the storage and {@code apart} in the result: where a weight comes from
     * memory, four streams are read faster than one.
     */
    default void four(long from, long down, float[] out, int at, int apart, int n) {
        for (int i = 0; i < 4; i++) {
            decode(from + i * down, out, at + i * apart, n);
        }
    }

    static Decoder of(Tensor t) {
        MemorySegment s = ((Storage.Blocks) t.storage()).segment();
        return switch (t.dtype()) {
            case F16 -> new Half(s);
            case BF16 -> new Brain(s);
            case F32, F64, I32, BOOL -> throw new IllegalArgumentException(t.dtype() + " is not stored in blocks");
            default -> new GroupDecoder(t.dtype(), s);
        };
    }

    /** IEEE binary16, by the arithmetic of {@link DotF16}. */
    record Half(MemorySegment s) implements Decoder {
        @Override
        public void decode(long from, float[] out, int at, int n) {
            int end = F.loopBound(n);
            for (int i = 0; i < end; i += L) {
                ShortVector h = ShortVector.fromMemorySegment(S, s, 2 * (from + i), LE);
                IntVector v = (IntVector) h.convertShape(ZERO_EXTEND_S2I, I, 0);
                IntVector m = v.and(0x7fff).lanewise(LSHL, 13);
                FloatVector f = m.reinterpretAsFloats().mul(0x1p112f);
                f = f.blend(
                        m.or(0x7f800000).reinterpretAsFloats(),
                        m.compare(GE, 0x0f800000).cast(F));
                f.reinterpretAsInts()
                        .or(v.and(0x8000).lanewise(LSHL, 16))
                        .reinterpretAsFloats()
                        .intoArray(out, at + i);
            }
            for (int i = end; i < n; i++) {
                out[at + i] = Float.float16ToFloat(s.get(SHORT, 2 * (from + i)));
            }
        }
    }

    /** The upper half of a float. */
    record Brain(MemorySegment s) implements Decoder {
        @Override
        public void decode(long from, float[] out, int at, int n) {
            int end = F.loopBound(n);
            for (int i = 0; i < end; i += L) {
                ShortVector h = ShortVector.fromMemorySegment(S, s, 2 * (from + i), LE);
                IntVector v = (IntVector) h.convertShape(ZERO_EXTEND_S2I, I, 0);
                v.lanewise(LSHL, 16).reinterpretAsFloats().intoArray(out, at + i);
            }
            for (int i = end; i < n; i++) {
                out[at + i] = Float.intBitsToFloat(s.get(SHORT, 2 * (from + i)) << 16);
            }
        }

        @Override
        public void four(long from, long down, float[] out, int at, int apart, int n) {
            if (n % L != 0) {
                Decoder.super.four(from, down, out, at, apart, n);
                return;
            }
            for (int i = 0; i < n; i += L) {
                long p = 2 * (from + i);
                for (int r = 0; r < 4; r++) {
                    ShortVector h = ShortVector.fromMemorySegment(S, s, p + r * 2 * down, LE);
                    IntVector v = (IntVector) h.convertShape(ZERO_EXTEND_S2I, I, 0);
                    v.lanewise(LSHL, 16).reinterpretAsFloats().intoArray(out, at + i + r * apart);
                }
            }
        }
    }
}
