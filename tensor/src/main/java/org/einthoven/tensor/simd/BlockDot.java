package org.einthoven.tensor.simd;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;
import org.einthoven.tensor.DType;

/**
 * Rows in the blocks of GGML (see {@code Blocks}), in native memory. The numbers of a block are multiplied with x as they are
 * stored, and the scale enters once for all of them; what a block adds to each of its numbers is multiplied with the sum of x
 * over the block, which is made once for all rows.
 *
 * <p>Each kernel is one method that calls nothing but the Vector API, and not more than some fifty times: beyond that C2 stops
 * inlining and keeps vectors in memory.
 */
abstract sealed class BlockDot implements PackedDot permits DotQ40, DotQ41, DotQ50, DotQ51, DotQ4K, DotQ5K, DotQ6K {
    static final VectorSpecies<Integer> I = IntVector.SPECIES_PREFERRED;
    static final ByteOrder LE = ByteOrder.LITTLE_ENDIAN;
    static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(LE);
    static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(LE);

    /** L bytes; with 4 lanes there is no vector so short, and eight are loaded of which four count. */
    static final VectorSpecies<Byte> B =
            VectorSpecies.of(byte.class, VectorShape.forBitSize(Math.max(64, 8 * Lanes.L)));

    final MemorySegment w;
    private final long first; // bytes
    private final long down; // bytes
    private final float[] x;
    private final int at;
    private final int k;
    final int blocks; // of a row

    BlockDot(DType type, MemorySegment w, long first, long down, float[] x, int at, int k) {
        this.w = w;
        this.first = type.bytes(first);
        this.down = type.bytes(down);
        this.x = x;
        this.at = at;
        this.k = k;
        this.blocks = k / type.blockSize();
    }

    /**
     * The rows that begin at p and at p + far, in bytes.
     *
     * @param lanes 2 L floats to be written: the first L add up to the one product, the others to the other
     */
    abstract void pair(long p, long far, float[] lanes);

    @Override
    public void four(int r, int apart, float[] y, int yo) {
        two(r, apart, y, yo);
        two(r + 2 * apart, apart, y, yo);
    }

    private void two(int r, int apart, float[] y, int yo) {
        float[] lanes = Scratch.mine().lanes();
        pair(first + r * down, apart * down, lanes);
        y[yo + r] = Lanes.sum(lanes, 0);
        y[yo + r + apart] = Lanes.sum(lanes, Lanes.L);
    }

    /** As a pair with itself, so that it has the same bits. */
    @Override
    public void one(int r, float[] y, int yo) {
        two(r, 0, y, yo);
    }

    /** x times {@code factor}, for {@code of} numbers of every {@code each}, beginning at {@code from}. */
    final void scaled(int from, int of, int each, float factor, float[] out) {
        for (int i = from; i < k; i += each) {
            for (int j = i; j < i + of; j++) {
                out[j] = x[at + j] * factor;
            }
        }
    }

    /** Sums of {@code of} neighbours each, times {@code factor}. */
    final void sums(int of, float factor, float[] out) {
        for (int i = 0; i < k; i += of) {
            float sum = 0;
            for (int j = i; j < i + of; j++) {
                sum += x[at + j];
            }
            out[i / of] = sum * factor;
        }
    }
}
