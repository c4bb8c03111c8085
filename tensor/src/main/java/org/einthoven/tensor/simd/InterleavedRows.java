package org.einthoven.tensor.simd;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.einthoven.tensor.DType;
import org.einthoven.tensor.Storage;
import org.einthoven.tensor.Tensor;
import org.einthoven.tensor.TensorException;
import org.einthoven.tensor.Workers;

/**
 * A weight of Q4_0 [n, k] a second time, in the order in which {@link DotInterleaved} reads it: of 32 rows each, the same
 * block of all lies together. A block of Q4_0 is nine shorts, the scale and eight times four nibbles; here come the 32 scales,
 * then the 32 first shorts of nibbles, and so on, so that a vector holds one short of as many rows: 32 rows of shorts, turned
 * over. The bits, and so the memory that they take, are the file's.
 *
 * @param segment [n / 32, k / 32, 9, 32] shorts
 * @param rows n, a multiple of 32
 * @param columns k
 */
record InterleavedRows(MemorySegment segment, int rows, int columns) {
    /** Rows of a group. */
    static final int ROWS = 32;

    /** Shorts of a block of one row. */
    private static final int SHORTS = 9;

    /** Bytes between neighbouring shorts of one row. */
    static final int NEXT = 2 * ROWS;

    /** Bytes of a block of all rows of a group. */
    static final int BYTES = SHORTS * NEXT;

    /** Groups that are copied as one piece of work. */
    private static final int PIECE = 8;

    /** What an infinite F16 and one that is no number have in common. */
    private static final int NOT_FINITE = 0x7c00;

    static boolean takes(Tensor w) {
        return w.dtype() == DType.Q4_0
                && w.rank() == 2
                && w.shape().dim(0) % ROWS == 0
                && w.layout().isContiguous();
    }

    /**
     * Copies a weight that {@link #takes} holds of, on all threads.
     *
     * @throws TensorException when a scale is not finite
     */
    static InterleavedRows of(Tensor w, Arena arena) {
        int n = w.shape().dim(0);
        int k = w.shape().dim(1);
        MemorySegment from = ((Storage.Blocks) w.storage()).segment();
        MemorySegment to = arena.allocate(DType.Q4_0.bytes((long) n * k), NEXT);
        long first = DType.Q4_0.bytes(w.layout().offset());
        int m = SHORTS * (k / DType.Q4_0.blockSize());
        Workers.forEach(Math.ceilDiv(n / ROWS, PIECE), piece -> {
            short[] rows = new short[ROWS * m];
            short[] turned = new short[ROWS * m];
            for (int group = piece * PIECE; group < Math.min(n / ROWS, (piece + 1) * PIECE); group++) {
                long at = 2L * group * ROWS * m;
                MemorySegment.copy(from, Decoder.SHORT, first + at, rows, 0, rows.length);
                requireFiniteScales(rows, first + at);
                turn(rows, m, turned);
                MemorySegment.copy(turned, 0, to, Decoder.SHORT, at, turned.length);
            }
        });
        return new InterleavedRows(to, n, k);
    }

    private static void requireFiniteScales(short[] rows, long at) {
        for (int i = 0; i < rows.length; i += SHORTS) {
            if ((rows[i] & NOT_FINITE) == NOT_FINITE) {
                throw new TensorException("repack: the scale of a block in Q4_0, at byte " + (at + 2L * i)
                        + " of its matrix, is infinite or no number; the file is damaged");
            }
        }
    }

    /** [32, m] to [m, 32]. */
    private static void turn(short[] rows, int m, short[] turned) {
        for (int i = 0; i < m; i++) {
            for (int row = 0; row < ROWS; row++) {
                turned[i * ROWS + row] = rows[row * m + i];
            }
        }
    }

    int groups() {
        return rows / ROWS;
    }

    int groupBytes() {
        return columns / DType.Q4_0.blockSize() * BYTES;
    }
}
