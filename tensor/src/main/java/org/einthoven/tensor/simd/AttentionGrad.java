package org.einthoven.tensor.simd;

import java.util.Arrays;
import org.einthoven.tensor.Shape;
import org.einthoven.tensor.Tensor;
import org.einthoven.tensor.Workspace;
import org.einthoven.tensor.op.Op;

/**
 * The gradient of attention, for some queries at a time (Dao et al., "FlashAttention", arXiv 2205.14135, section 3 and
 * appendix B). One task has a group of heads to itself, so that what its queries add to keys and values is added in one order.
 *
 * <pre>
 * P = softmax(Q K^T)   U = G V^T   Z = P (U - rowsum(P U))   dQ = Z K   dK += Z^T Q   dV += P^T G
 * </pre>
 */
final class AttentionGrad {
    private static final int QUERIES = 0;
    private static final int SCORES = 1;
    private static final int RESULT = 2;
    private static final int KEYS_TURNED = 3;
    private static final int VALUES_TURNED = 4;
    // 5 is Attention.RAW
    private static final int KEYS = 6;
    private static final int GIVEN = 7;
    private static final int UPSTREAM = 8;
    private static final int PRODUCTS = 9;
    private static final int TURNED = 10;
    private static final int ROWS_PACKED = 11;
    private static final int KEY_SUMS = 12;
    private static final int VALUE_SUMS = 13;

    private final Heads heads;
    private final Tensor g;
    private final float[] d;

    private AttentionGrad(Heads heads, Tensor g, float[] d) {
        this.heads = heads;
        this.g = g;
        this.d = d;
    }

    static Tensor run(Op.Attention op, Shape out, Tensor... x) {
        Heads heads = new Heads(op, Arrays.copyOfRange(x, 1, x.length));
        int size = out.intSize("attentionGrad");
        // Without queries nothing is written.
        float[] d = heads.rows() == 0 ? Workspace.zeroedFloats(size) : Workspace.floats(size);
        AttentionGrad grad = new AttentionGrad(heads, x[0], d);
        if (heads.rows() > 0 && heads.isShort()) {
            ShortAttention few = new ShortAttention(heads);
            Chunks.each(heads.products, 3 * heads.cost(), product -> few.backward(x[0], product, d));
        } else if (heads.rows() > 0) {
            Chunks.each(heads.products, 3 * heads.cost(), grad::group);
        }
        return Tensor.of(d, out.toArray());
    }

    private void group(int product) {
        Scratch mine = Scratch.mine();
        int s = heads.keys;
        int e = heads.width;
        int f = heads.valueWidth;
        Factor keysTurned = heads.factor(heads.keys(product).transposed(), e, s, KEYS_TURNED);
        Factor valuesTurned = heads.factor(heads.values(product).transposed(), f, s, VALUES_TURNED);
        Factor keys = heads.factor(heads.keys(product), s, e, KEYS);
        float[] keySums = zeros(KEY_SUMS, s + Tile.ROWS, e);
        float[] valueSums = zeros(VALUE_SUMS, s + Tile.ROWS, f);
        int block = heads.block();
        // With a vector more, so that their last row can be packed as a whole vector.
        float[] q = mine.block(QUERIES, block * e + Lanes.L);
        float[] given = mine.block(GIVEN, block * f + Lanes.L);
        for (int row = 0; row < heads.rows(); row += block) {
            int rows = Math.min(block, heads.rows() - row);
            int first = heads.first(row, row + rows);
            int end = heads.end(row, row + rows);
            heads.gather(heads.q, product, row, row + rows, (float) heads.op.scale(), q);
            heads.gather(g, product, row, row + rows, 1f, given);
            float[] p = Attention.probabilities(heads, product, row, rows, first, end, q, keysTurned, SCORES);
            addTurned(rows, first, end, p, given, f, valueSums);
            float[] z = scores(rows, first, end, p, given, valuesTurned);
            addTurned(rows, first, end, z, q, e, keySums);
            queries(product, row, rows, first, end, z, keys);
        }
        int dk = (int) heads.q.size();
        int dv = dk + (int) heads.k.size();
        for (int key = 0; key < s; key++) {
            System.arraycopy(keySums, key * heads.room(e), d, dk + heads.resultKey(product, key, e), e);
            System.arraycopy(valueSums, key * heads.room(f), d, dv + heads.resultKey(product, key, f), f);
        }
    }

    private float[] zeros(int buffer, int m, int n) {
        int size = Factor.rows(m) * heads.room(n);
        float[] sums = Scratch.mine().block(buffer, size);
        Arrays.fill(sums, 0, size, 0f);
        return sums;
    }

    /** Z, the gradient of the scores before they were capped. */
    private float[] scores(int rows, int first, int end, float[] p, float[] given, Factor valuesTurned) {
        int room = heads.room(heads.keys);
        int n = end - first;
        float[] u = Scratch.mine().block(UPSTREAM, Factor.rows(rows) * room);
        valuesTurned.multiply(rows, 0, heads.valueWidth, first, end, given, heads.valueWidth, u, room);
        float[] pu = Scratch.mine().block(PRODUCTS, room);
        Arrays.fill(pu, 0, room, 0f);
        for (int at = first; at < rows * room; at += room) {
            BinaryKernels.mul(u, at, p, at, pu, first, n);
            BinaryKernels.add(u, at, -RowSums.sum(pu, 0, heads.keys), u, at, n);
            BinaryKernels.mul(p, at, u, at, u, at, n);
        }
        if (heads.op.isCapped()) {
            uncap(rows, first, end, u);
        }
        return u;
    }

    /** Times 1 - tanh^2, the slope of the cap; the hyperbolic tangents are those that the probabilities left. */
    private void uncap(int rows, int first, int end, float[] z) {
        int room = heads.room(heads.keys);
        float[] tanh = Scratch.mine().block(Attention.RAW, rows * room);
        for (int r = 0; r < rows; r++) {
            for (int i = r * room + first; i < r * room + end; i++) {
                z[i] *= 1f - tanh[i] * tanh[i];
            }
        }
    }

    /** sums [S, n] += a^T b for a [rows, S], of which the columns [first, end) are not 0, and a dense b [rows, n]. */
    private void addTurned(int rows, int first, int end, float[] a, float[] b, int n, float[] sums) {
        int room = heads.room(heads.keys);
        int m = end - first;
        if (heads.isSmall()) {
            // All rows are in one block, so that each sum is one product.
            Matrix turned = new Matrix(a, first, 1, room);
            SmallGemm.multiply(m, n, rows, turned, new Matrix(b, 0, n, 1), sums, first * heads.room(n), heads.room(n));
            return;
        }
        Scratch mine = Scratch.mine();
        // What tiles add behind the last row is 0: those are sums of other keys.
        int whole = Factor.rows(m);
        float[] turned = mine.block(TURNED, Factor.rows(heads.keys) * heads.block());
        Pack.rows(a, first, 1, room, m, rows, turned, 0, rows);
        Arrays.fill(turned, m * rows, whole * rows, 0f);
        Factor right = heads.factor(new Matrix(b, 0, n, 1), rows, n, ROWS_PACKED);
        right.add(whole, rows, n, turned, sums, first * heads.room(n), heads.room(n));
    }

    private void queries(int product, int row, int rows, int first, int end, float[] z, Factor keys) {
        int e = heads.width;
        int room = heads.room(e);
        float[] dq = Scratch.mine().block(RESULT, Factor.rows(rows) * room);
        keys.multiply(rows, first, end, 0, e, z, heads.room(heads.keys), dq, room);
        for (int i = 0; i < rows; i++) {
            int at = heads.resultRow(product, row + i, e);
            BinaryKernels.mul(dq, i * room, (float) heads.op.scale(), d, at, e);
        }
    }
}
