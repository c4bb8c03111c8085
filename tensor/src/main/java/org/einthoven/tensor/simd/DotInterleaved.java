package org.einthoven.tensor.simd;

import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LSHR;
import static jdk.incubator.vector.VectorOperators.S2F;
import static jdk.incubator.vector.VectorOperators.S2I;
import static org.einthoven.tensor.simd.Decoder.LE;
import static org.einthoven.tensor.simd.Decoder.S;
import static org.einthoven.tensor.simd.Lanes.F;
import static org.einthoven.tensor.simd.Lanes.L;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Dot products of rounded activations with twice 32 rows of Q4_0 at once, a row in a lane: y = sum over blocks of
 * scale(w) scale(x) sum((nibble - 8) q), in F32, each product of scales rounded and the rest fused. A row has the same bits at
 * every width of vectors.
 *
 * <p>Inside a block the sum is one of 16-bit integers: it is at most 32 * 8 * 127 = 32,512, so it is right whatever overflows on
 * the way. That saves to cut the nibbles a, b, c, d out of their short v = a + 16 b + 256 c + 4096 d: shifted to the
 * right by 4 it is b + 16 c + 256 d, so v x_a + (v >> 4) (x_b - 16 x_a) has the right share of b and all of a, and so on
 * with c and d.
 */
final class DotInterleaved {
    private static final VectorSpecies<Short> H = ShortVector.SPECIES_PREFERRED;
    private static final VectorSpecies<Integer> I = IntVector.SPECIES_PREFERRED;

    /** Sign, exponent and fraction of an F16 that was shifted to the left by 13; its exponent is then 112 too small. */
    private static final IntVector HALF = IntVector.broadcast(I, 0x8fffe000);

    private DotInterleaved() {}

    /**
     * y[yo + r] for the 32 rows r of a group and for those of another, or of the same: what is broadcast of x serves both, and two
     * streams are read from memory.
     */
    static void pair(InterleavedRows w, int group, int other, RoundedActivations x, float[] y, int yo) {
        int blocks = x.scales.length;
        long at = (long) group * w.groupBytes();
        long far = (long) (other - group) * w.groupBytes();
        int row = yo + group * InterleavedRows.ROWS;
        int apart = (other - group) * InterleavedRows.ROWS;
        for (int lane = 0; lane < InterleavedRows.ROWS; lane += 2 * L) {
            rows(w.segment(), at + 2L * lane, far, blocks, x.factors, x.starts, x.scales, y, row + lane, apart);
        }
    }

    /** As many rows of each group as a vector has shorts. */
    private static void rows(
            MemorySegment w,
            long at,
            long far,
            int blocks,
            short[] factors,
            short[] starts,
            float[] scales,
            float[] y,
            int yo,
            int apart) {
        FloatVector a0 = FloatVector.zero(F);
        FloatVector b0 = a0;
        FloatVector a1 = a0;
        FloatVector b1 = a0;
        for (int block = 0; block < blocks; block++) {
            long p = at + block * (long) InterleavedRows.BYTES;
            long q = p + far;
            ShortVector s0 = ShortVector.broadcast(H, starts[block]);
            ShortVector s1 = s0;
            for (int j = 0; j < 8; j++) {
                ShortVector v0 = ShortVector.fromMemorySegment(H, w, p + (j + 1) * (long) InterleavedRows.NEXT, LE);
                ShortVector v1 = ShortVector.fromMemorySegment(H, w, q + (j + 1) * (long) InterleavedRows.NEXT, LE);
                int i = 32 * block + 4 * j;
                ShortVector f = ShortVector.broadcast(H, factors[i]);
                s0 = s0.add(v0.mul(f));
                s1 = s1.add(v1.mul(f));
                f = ShortVector.broadcast(H, factors[i + 1]);
                s0 = s0.add(v0.lanewise(LSHR, 4).mul(f));
                s1 = s1.add(v1.lanewise(LSHR, 4).mul(f));
                f = ShortVector.broadcast(H, factors[i + 2]);
                s0 = s0.add(v0.lanewise(LSHR, 8).mul(f));
                s1 = s1.add(v1.lanewise(LSHR, 8).mul(f));
                f = ShortVector.broadcast(H, factors[i + 3]);
                s0 = s0.add(v0.lanewise(LSHR, 12).mul(f));
                s1 = s1.add(v1.lanewise(LSHR, 12).mul(f));
            }
            FloatVector d = FloatVector.broadcast(F, scales[block]);
            FloatVector c = ((IntVector)
                            ShortVector.fromMemorySegment(S, w, p, LE).convertShape(S2I, I, 0))
                    .lanewise(LSHL, 13)
                    .and(HALF)
                    .reinterpretAsFloats()
                    .mul(0x1p112f)
                    .mul(d);
            a0 = ((FloatVector) s0.convertShape(S2F, F, 0)).fma(c, a0);
            c = ((IntVector) ShortVector.fromMemorySegment(S, w, p + 2 * L, LE).convertShape(S2I, I, 0))
                    .lanewise(LSHL, 13)
                    .and(HALF)
                    .reinterpretAsFloats()
                    .mul(0x1p112f)
                    .mul(d);
            b0 = ((FloatVector) s0.convertShape(S2F, F, 1)).fma(c, b0);
            c = ((IntVector) ShortVector.fromMemorySegment(S, w, q, LE).convertShape(S2I, I, 0))
                    .lanewise(LSHL, 13)
                    .and(HALF)
                    .reinterpretAsFloats()
                    .mul(0x1p112f)
                    .mul(d);
            a1 = ((FloatVector) s1.convertShape(S2F, F, 0)).fma(c, a1);
            c = ((IntVector) ShortVector.fromMemorySegment(S, w, q + 2 * L, LE).convertShape(S2I, I, 0))
                    .lanewise(LSHL, 13)
                    .and(HALF)
                    .reinterpretAsFloats()
                    .mul(0x1p112f)
                    .mul(d);
            b1 = ((FloatVector) s1.convertShape(S2F, F, 1)).fma(c, b1);
        }
        a0.intoArray(y, yo);
        b0.intoArray(y, yo + L);
        a1.intoArray(y, yo + apart);
        b1.intoArray(y, yo + apart + L);
    }
}
