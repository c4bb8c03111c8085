package org.einthoven.tensor.simd;

import static org.einthoven.tensor.simd.Tile.ROWS;

import java.util.Arrays;
import org.einthoven.tensor.Layout;
import org.einthoven.tensor.Nullable;
import org.einthoven.tensor.Shape;
import org.einthoven.tensor.Storage;
import org.einthoven.tensor.Tensor;
import org.einthoven.tensor.op.Op;

/**
 * What an attention works on. Axes: H query heads, G heads of keys and values, R = H/G query heads that share one, T queries,
 * S keys, E width of queries and keys, F width of values. The R T queries of one group are the rows of one product; row i is
 * query i % T of head i / T among the R.
 */
final class Heads {
    /** Rows whose scores are held at a time. */
    private static final int BLOCK = 4 * ROWS;

    /** Multiply-adds below which packing costs more than it saves. */
    private static final int SMALL = 65_536;

    final Op.Attention op;
    final Tensor q;
    final Tensor k;
    final Tensor v;
    final int groups;
    final int shared;
    final int queries;
    final int keys;
    final int width;
    final int valueWidth;

    /** Groups of all items. */
    final int products;

    /** Null where nothing is; [..., H, T, S] by its layout. */
    private final @Nullable Hidden hidden;

    private record Hidden(boolean[] x, Layout layout) {
        Hidden(Tensor hidden, Shape scores) {
            this(((Storage.Bool) hidden.storage()).array(), hidden.layout().expand(scores));
        }

        void hide(int head, int query, int first, int end, float[] scores, int at, int apart) {
            int from = MatMul.start(layout, head) + query * layout.stride(-2);
            for (int s = first; s < end; s++) {
                if (x[from + s * layout.stride(-1)]) {
                    scores[at + s * apart] = Float.NEGATIVE_INFINITY;
                }
            }
        }
    }

    Heads(Op.Attention op, Tensor... x) {
        this.op = op;
        q = x[0];
        k = x[1];
        v = x[2];
        groups = k.dim(-3);
        shared = groups == 0 ? 0 : q.dim(-3) / groups;
        queries = q.dim(-2);
        width = q.dim(-1);
        keys = k.dim(-2);
        valueWidth = v.dim(-1);
        int items = 1;
        for (int axis = 0; axis < q.rank() - 3; axis++) {
            items *= q.dim(axis);
        }
        products = items * groups;
        hidden = x.length > 3 ? new Hidden(x[3], q.shape().with(-1, keys)) : null;
    }

    /** Rows of one group. */
    int rows() {
        return shared * queries;
    }

    /** Whether a group's products are too small to be worth packing. */
    boolean isSmall() {
        return rows() <= 8 || (long) rows() * keys * Math.max(width, valueWidth) <= SMALL;
    }

    /** Whether the scores of a row are so few, too, that {@link ShortAttention} takes them. */
    boolean isShort() {
        return isSmall() && ShortAttention.isFor(keys);
    }

    /** Rows in one block: all of them where products are small, so that each product begins at zero. */
    int block() {
        return isSmall() ? rows() : Math.min(BLOCK, rows());
    }

    /** Distance of the rows of a buffer with {@code n} columns: whole vectors, or tiles where products are packed. */
    int room(int n) {
        return isSmall() ? Lanes.room(n) : Factor.room(n);
    }

    /** Simple operations that one group takes. */
    long cost() {
        return Math.max(64, (long) rows() * keys * (width + valueWidth) / 8);
    }

    /** The keys of a group as [S, E], wherever they lie. */
    Matrix keys(int product) {
        return matrix(k, product);
    }

    /** The values of a group as [S, F]. */
    Matrix values(int product) {
        return matrix(v, product);
    }

    private static Matrix matrix(Tensor x, int product) {
        Layout l = x.layout();
        return new Matrix(Elementwise.array(x), MatMul.start(l, product), l.stride(-2), l.stride(-1));
    }

    /** {@link Factor.Lying} or {@link Factor.Packed} in a buffer, as the size of the products asks for. */
    Factor factor(Matrix b, int rows, int columns, int buffer) {
        return isSmall()
                ? new Factor.Lying(b)
                : Factor.Packed.of(b, rows, columns, Scratch.mine().block(buffer, rows * Factor.room(columns)));
    }

    /** The head of a row, counted over all items. */
    int head(int product, int row) {
        return product * shared + row / queries;
    }

    /** Copies rows [from, to) of one group from x [..., H, T, D], times {@code scale}, to dense rows. */
    void gather(Tensor x, int product, int from, int to, float scale, float[] out) {
        Layout l = x.layout();
        float[] a = Elementwise.array(x);
        int d = x.dim(-1);
        int start = 0;
        for (int row = from; row < to; row++) {
            int query = row % queries;
            if (query == 0 || row == from) {
                start = MatMul.start(l, head(product, row));
            }
            int at = start + query * l.stride(-2);
            int to0 = (row - from) * d;
            if (l.stride(-1) == 1 && scale != 1f) {
                BinaryKernels.mul(a, at, scale, out, to0, d);
            } else {
                for (int i = 0; i < d; i++) {
                    out[to0 + i] = a[at + i * l.stride(-1)] * scale;
                }
            }
        }
    }

    /** Where a row of a result [..., T, H, D] begins. */
    int resultRow(int product, int row, int d) {
        int item = product / groups;
        int head = product % groups * shared + row / queries;
        return ((item * queries + row % queries) * groups * shared + head) * d;
    }

    /** Where a key's row of a result [..., S, G, D] begins. */
    int resultKey(int product, int key, int d) {
        return ((product / groups * keys + key) * groups + product % groups) * d;
    }

    /** First key that any of the rows [from, to) sees: the first query among them does. */
    int first(int from, int to) {
        return op.sight().first(isOfOneHead(from, to) ? from % queries : 0, queries, keys);
    }

    /** One more than the last key that any of them sees: the last query among them does. */
    int end(int from, int to) {
        return op.sight().end(isOfOneHead(from, to) ? (to - 1) % queries : queries - 1, queries, keys);
    }

    private boolean isOfOneHead(int from, int to) {
        return from / queries == (to - 1) / queries;
    }

    /** Minus infinity for the keys that a query does not see by its place; key s is at {@code at + s * apart}. */
    void hide(int query, float[] scores, int at, int apart) {
        int sees = op.sight().first(query, queries, keys);
        int until = op.sight().end(query, queries, keys);
        for (int s = 0; s < keys; s++) {
            if (s < sees || s >= until) {
                scores[at + s * apart] = Float.NEGATIVE_INFINITY;
            }
        }
    }

    /** Whether keys are hidden that could be seen by their places. */
    boolean isHiding() {
        return hidden != null;
    }

    /** Minus infinity for the keys that are hidden from a row; key s is at {@code at + s * apart}. */
    void hide(int product, int row, float[] scores, int at, int apart) {
        if (hidden != null) {
            hidden.hide(head(product, row), row % queries, 0, keys, scores, at, apart);
        }
    }

    /** Minus infinity for the keys in [first, end) that a row does not see. */
    void hide(int product, int row, int first, int end, float[] scores, int at) {
        int t = row % queries;
        int sees = Math.max(first, op.sight().first(t, queries, keys));
        int until = Math.min(end, op.sight().end(t, queries, keys));
        Arrays.fill(scores, at + first, at + Math.min(sees, end), Float.NEGATIVE_INFINITY);
        Arrays.fill(scores, at + Math.max(until, first), at + end, Float.NEGATIVE_INFINITY);
        if (hidden != null) {
            hidden.hide(head(product, row), t, first, end, scores, at, 1);
        }
    }
}
