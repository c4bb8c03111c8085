package org.einthoven.tensor.simd;

import java.util.Arrays;
import org.einthoven.tensor.Shape;
import org.einthoven.tensor.Tensor;
import org.einthoven.tensor.Workspace;
import org.einthoven.tensor.op.Op;

/**
 * Attention, for some queries at a time: their scores against all keys that they see stay in the second-level cache, and no
 * more are ever held. (Milakov and Gimelshein's online softmax, arXiv 1805.02867, would hold a block of keys at a time and
 * scale what it has each time a larger score comes; rows of S floats are as short as the keys' own E, and need none of that.)
 *
 * <p>Each row is computed as by a product, a softmax and a product, in every bit: what is hidden has probability 0, and adds
 * nothing to a sum.
 */
final class Attention {
    /** Rows of a group that one task takes: the more, the less often keys and values are packed. */
    private static final int STRETCH = 8;

    private static final int QUERIES = 0;
    private static final int SCORES = 1;
    private static final int RESULT = 2;
    private static final int KEYS = 3;
    private static final int VALUES = 4;

    /** For scores with a cap. */
    static final int RAW = 5;

    private Attention() {}

    static Tensor run(Op.Attention op, Shape out, Tensor... x) {
        Heads heads = new Heads(op, x);
        float[] y = Workspace.floats(out.intSize("attention"));
        if (y.length > 0 && heads.isShort()) {
            ShortAttention few = new ShortAttention(heads);
            Chunks.each(heads.products, heads.cost(), product -> few.forward(product, y));
        } else if (y.length > 0) {
            int stretch = STRETCH * heads.block();
            int stretches = Math.ceilDiv(heads.rows(), stretch);
            Chunks.each(heads.products * stretches, heads.cost() / stretches, task -> {
                int from = task % stretches * stretch;
                group(heads, task / stretches, from, Math.min(heads.rows(), from + stretch), y);
            });
        }
        // In memory [..., T, H, F]: a layer joins the heads next, which then moves nothing.
        int rank = out.rank();
        int[] dims = out.toArray();
        int h = dims[rank - 3];
        dims[rank - 3] = dims[rank - 2];
        dims[rank - 2] = h;
        return Tensor.of(y, dims).transpose(rank - 3, rank - 2);
    }

    private static void group(Heads heads, int product, int from, int to, float[] y) {
        Scratch mine = Scratch.mine();
        int f = heads.valueWidth;
        int room = heads.room(f);
        int block = heads.block();
        Factor keys = heads.factor(heads.keys(product).transposed(), heads.width, heads.keys, KEYS);
        Factor values = heads.factor(heads.values(product), heads.keys, f, VALUES);
        float[] q = mine.block(QUERIES, Factor.rows(block) * heads.width);
        float[] result = mine.block(RESULT, Factor.rows(block) * room);
        for (int row = from; row < to; row += block) {
            int rows = Math.min(block, to - row);
            int first = heads.first(row, row + rows);
            int end = heads.end(row, row + rows);
            heads.gather(heads.q, product, row, row + rows, (float) heads.op.scale(), q);
            float[] p = probabilities(heads, product, row, rows, first, end, q, keys, SCORES);
            values.multiply(rows, first, end, 0, f, p, heads.room(heads.keys), result, room);
            for (int i = 0; i < rows; i++) {
                System.arraycopy(result, i * room, y, heads.resultRow(product, row + i, f), f);
            }
        }
    }

    /**
     * Probabilities of rows from {@code row} on, of which none sees a key outside [first, end), in rows {@link Heads#room}
     * apart; 0 from the keys to the end of a row, and for what is not seen.
     *
     * @param q these rows, dense and scaled
     */
    static float[] probabilities(
            Heads heads, int product, int row, int rows, int first, int end, float[] q, Factor keys, int buffer) {
        int room = heads.room(heads.keys);
        float[] p = Scratch.mine().block(buffer, Factor.rows(rows) * room);
        keys.multiply(rows, 0, heads.width, first, end, q, heads.width, p, room);
        if (heads.op.isCapped()) {
            cap((float) heads.op.cap(), rows * room, p);
        }
        for (int i = 0; i < rows; i++) {
            int at = i * room;
            heads.hide(product, row + i, first, end, p, at);
            BinaryKernels.add(p, at + first, -RowSums.max(p, at + first, end - first), p, at + first, end - first);
        }
        exponentials(rows, room, first, end, p);
        for (int i = 0; i < rows; i++) {
            int at = i * room;
            Arrays.fill(p, at, at + first, 0f);
            Arrays.fill(p, at + end, at + room, 0f);
            // Over all keys, though some are 0: the order of a sum goes by its length.
            BinaryKernels.mul(p, at + first, 1f / RowSums.sum(p, at, heads.keys), p, at + first, end - first);
        }
        return p;
    }

    /** Of long rows the whole vectors of what is seen; short ones at once, so that they fill vectors too. */
    private static void exponentials(int rows, int room, int first, int end, float[] p) {
        if (end - first < Lanes.SHORT) {
            Exp.run(p, 0, p, 0, rows * room);
            return;
        }
        int from = first / Lanes.L * Lanes.L;
        int n = Lanes.room(end) - from;
        for (int i = 0; i < rows; i++) {
            Exp.run(p, i * room + from, p, i * room + from, n);
        }
    }

    /** c tanh(x / c); tanh(x / c) alone is left in {@link #RAW}. */
    static void cap(float c, int n, float[] scores) {
        float[] raw = Scratch.mine().block(RAW, n);
        BinaryKernels.mul(scores, 0, 1f / c, scores, 0, n);
        Activations.tanh(scores, 0, raw, 0, n);
        BinaryKernels.mul(raw, 0, c, scores, 0, n);
    }
}
