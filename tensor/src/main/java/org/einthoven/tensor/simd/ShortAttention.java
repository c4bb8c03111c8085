package org.einthoven.tensor.simd;

import static jdk.incubator.vector.VectorOperators.LT;
import static org.einthoven.tensor.simd.Lanes.F;
import static org.einthoven.tensor.simd.Lanes.L;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import org.einthoven.tensor.Layout;
import org.einthoven.tensor.Tensor;

/**
 * Attention over few keys and its gradient, L queries of one head at a time. A vector holds what one key is to these queries, so
 * that maxima and sums over keys run from vector to vector and nothing is added across the lanes of one; products meet such
 * vectors with single numbers of keys and values, which are read where they lie, however narrow a head is.
 *
 * <p>The bits are those of {@link Attention} and {@link AttentionGrad}: the same chains of fused multiply-adds, and sums in the order
 * of {@link RowSums} for rows so short. A key that none of the queries sees is left out, which adds zeros there.
 */
final class ShortAttention {
    private static final int QUERIES = 0; // [E, L]
    private static final int SCORES = 1; // [S, L], then probabilities
    private static final int RESULT = 2; // [F, L]; of the gradient [E, L]
    private static final int SUMS = 3; // [L, L]
    private static final int UPSTREAM = 4; // [F, L]
    // 5 is Attention.RAW
    private static final int SCORE_GRADIENTS = 6; // [S, L]
    private static final int TURNED = 7; // [L, L]
    private static final int KEY_SUMS = 8; // [ceil(S / L), E, L]
    private static final int VALUE_SUMS = 9; // [ceil(S / L), F, L]
    private static final int PRODUCTS = 10; // [S, L]

    private final Heads heads;

    /** Queries of one head that vectors take, but for the last of them. */
    private final int blocks;

    /** For each block [S, L], 0 where a query sees a key, else minus infinity. */
    private final float[] unseen;

    ShortAttention(Heads heads) {
        this.heads = heads;
        blocks = Math.ceilDiv(heads.queries, L);
        unseen = new float[blocks * heads.keys * L];
        for (int t = 0; t < heads.queries; t++) {
            heads.hide(t, unseen, t / L * heads.keys * L + t % L, L);
        }
    }

    /** Whether rows of {@code keys} are so few that {@link RowSums} has one partial sum for each lane. */
    static boolean isFor(int keys) {
        return keys < 4 * L;
    }

    // ---------------------------------------------------------------- forward

    /** The rows of one group of heads in a result [..., T, H, F]. */
    void forward(int product, float[] y) {
        Scratch mine = Scratch.mine();
        Matrix values = heads.values(product);
        int f = heads.valueWidth;
        for (int block = 0; block < heads.shared * blocks; block++) {
            float[] p = probabilities(product, block, mine);
            float[] result = zeros(mine.block(RESULT, f * L), f * L);
            add(seen(block), f, p, values, result, 0);
            write(result, product, block, f, y);
        }
    }

    /** Of the queries of a block with each key that any of them sees, [S, L]; the queries, scaled, are left in {@link #QUERIES}. */
    private float[] probabilities(int product, int block, Scratch mine) {
        float[] q = mine.block(QUERIES, Lanes.room(heads.width) * L);
        turn(heads.q, product, block, q);
        BinaryKernels.mul(q, 0, (float) heads.op.scale(), q, 0, heads.width * L);
        int n = seen(block) * L;
        float[] p = keyed(SCORES, block, mine);
        add(heads.width, seen(block), q, heads.keys(product).transposed(), p, 0);
        if (heads.op.isCapped()) {
            Attention.cap((float) heads.op.cap(), n, p);
        }
        for (int i = 0; heads.isHiding() && i < rows(block); i++) {
            heads.hide(product, row(block) + i, p, i, L);
        }
        lessLargest(p, n, block % blocks * heads.keys * L);
        Exp.run(p, 0, p, 0, n);
        float[] sums = sums(p, n, mine);
        FloatVector factor = FloatVector.broadcast(F, 1f).div(FloatVector.fromArray(F, sums, 0));
        for (int at = 0; at < n; at += L) {
            FloatVector.fromArray(F, p, at).mul(factor).intoArray(p, at);
        }
        return p;
    }

    /** Takes the largest score of each query away from all that it sees; the others become minus infinity. */
    private void lessLargest(float[] p, int n, int first) {
        FloatVector none = FloatVector.broadcast(F, Float.NEGATIVE_INFINITY);
        FloatVector top = none;
        for (int at = 0; at < n; at += L) {
            FloatVector hidden = FloatVector.fromArray(F, unseen, first + at);
            FloatVector seen = FloatVector.fromArray(F, p, at).blend(none, hidden.compare(LT, 0f));
            top = top.max(seen);
            seen.intoArray(p, at);
        }
        for (int at = 0; at < n; at += L) {
            FloatVector.fromArray(F, p, at).sub(top).intoArray(p, at);
        }
    }

    /** Sums over the {@code n / L} keys, in the first vector of a buffer: one partial sum for each lane, then halves onto halves. */
    private static float[] sums(float[] x, int n, Scratch mine) {
        float[] sums = zeros(mine.block(SUMS, L * L), L * L);
        for (int at = 0; at < n; at += L) {
            int to = at % (L * L);
            FloatVector.fromArray(F, sums, to)
                    .add(FloatVector.fromArray(F, x, at))
                    .intoArray(sums, to);
        }
        for (int half = L * L / 2; half >= L; half /= 2) {
            for (int at = 0; at < half; at += L) {
                FloatVector.fromArray(F, sums, at)
                        .add(FloatVector.fromArray(F, sums, at + half))
                        .intoArray(sums, at);
            }
        }
        return sums;
    }

    // ---------------------------------------------------------------- backward

    /** What one group gives to the gradient of queries, keys and values, {@code d}; {@code g} is that of the result. */
    void backward(Tensor g, int product, float[] d) {
        Scratch mine = Scratch.mine();
        Matrix keys = heads.keys(product);
        int e = heads.width;
        int f = heads.valueWidth;
        int room = Lanes.room(heads.keys);
        float[] keySums = zeros(mine.block(KEY_SUMS, room * e), room * e);
        float[] valueSums = zeros(mine.block(VALUE_SUMS, room * f), room * f);
        float[] given = mine.block(UPSTREAM, Lanes.room(f) * L);
        for (int block = 0; block < heads.shared * blocks; block++) {
            float[] p = probabilities(product, block, mine);
            turn(g, product, block, given);
            addTurned(block, p, given, f, valueSums, mine);
            float[] z = scoreGradients(product, block, p, given, mine);
            addTurned(block, z, mine.block(QUERIES, 0), e, keySums, mine);
            float[] result = zeros(mine.block(RESULT, e * L), e * L);
            add(seen(block), e, z, keys, result, 0);
            BinaryKernels.mul(result, 0, (float) heads.op.scale(), result, 0, e * L);
            write(result, product, block, e, d);
        }
        int dk = (int) heads.q.size();
        writeKeys(keySums, product, e, d, dk);
        writeKeys(valueSums, product, f, d, dk + (int) heads.k.size());
    }

    /** P (U - rowsum(P U)) for U = G V^T, with the slope of a cap. */
    private float[] scoreGradients(int product, int block, float[] p, float[] given, Scratch mine) {
        int n = seen(block) * L;
        float[] z = keyed(SCORE_GRADIENTS, block, mine);
        add(heads.valueWidth, seen(block), given, heads.values(product).transposed(), z, 0);
        float[] products = mine.block(PRODUCTS, n);
        for (int at = 0; at < n; at += L) {
            FloatVector.fromArray(F, z, at).mul(FloatVector.fromArray(F, p, at)).intoArray(products, at);
        }
        FloatVector mean = FloatVector.fromArray(F, sums(products, n, mine), 0);
        for (int at = 0; at < n; at += L) {
            FloatVector.fromArray(F, z, at)
                    .sub(mean)
                    .mul(FloatVector.fromArray(F, p, at))
                    .intoArray(z, at);
        }
        if (heads.op.isCapped()) {
            float[] tanh = mine.block(Attention.RAW, n);
            for (int i = 0; i < n; i++) {
                z[i] *= 1f - tanh[i] * tanh[i];
            }
        }
        return z;
    }

    /** sums [ceil(S / L), n, L] += a^T b for a [S, L] and b [n, L], of which the lanes are the queries of a block. */
    private void addTurned(int block, float[] a, float[] b, int n, float[] sums, Scratch mine) {
        float[] turned = mine.block(TURNED, L * L);
        Matrix right = new Matrix(b, 0, 1, L);
        for (int key = 0; key < seen(block); key += L) {
            Pack.panel(a, key * L, L, 1, L, L, L, turned, 0, L);
            add(rows(block), n, turned, right, sums, key * n);
        }
    }

    // ---------------------------------------------------------------- products

    /** c [n, L] += a^T b for a [k, L] and b [k, n]: for each element a chain of fused multiply-adds in rising order of k. */
    private static void add(int k, int n, float[] a, Matrix b, float[] c, int co) {
        int j = 0;
        for (; j + 4 <= n; j += 4) {
            four(k, a, b.x(), b.at() + j * b.across(), b.down(), b.across(), c, co + j * L);
        }
        for (; j < n; j++) {
            one(k, a, b.x(), b.at() + j * b.across(), b.down(), c, co + j * L);
        }
    }

    private static void four(int k, float[] a, float[] b, int bo, int down, int across, float[] c, int co) {
        FloatVector c0 = FloatVector.fromArray(F, c, co);
        FloatVector c1 = FloatVector.fromArray(F, c, co + L);
        FloatVector c2 = FloatVector.fromArray(F, c, co + 2 * L);
        FloatVector c3 = FloatVector.fromArray(F, c, co + 3 * L);
        for (int i = 0; i < k; i++) {
            FloatVector v = FloatVector.fromArray(F, a, i * L);
            int at = bo + i * down;
            c0 = v.fma(FloatVector.broadcast(F, b[at]), c0);
            c1 = v.fma(FloatVector.broadcast(F, b[at + across]), c1);
            c2 = v.fma(FloatVector.broadcast(F, b[at + 2 * across]), c2);
            c3 = v.fma(FloatVector.broadcast(F, b[at + 3 * across]), c3);
        }
        c0.intoArray(c, co);
        c1.intoArray(c, co + L);
        c2.intoArray(c, co + 2 * L);
        c3.intoArray(c, co + 3 * L);
    }

    private static void one(int k, float[] a, float[] b, int bo, int down, float[] c, int co) {
        FloatVector sum = FloatVector.fromArray(F, c, co);
        for (int i = 0; i < k; i++) {
            sum = FloatVector.fromArray(F, a, i * L).fma(FloatVector.broadcast(F, b[bo + i * down]), sum);
        }
        sum.intoArray(c, co);
    }

    /** Zeros for the keys that a block sees, and to the end of the last vector of keys. */
    private float[] keyed(int buffer, int block, Scratch mine) {
        int n = Lanes.room(seen(block)) * L;
        return zeros(mine.block(buffer, n), n);
    }

    private static float[] zeros(float[] x, int n) {
        Arrays.fill(x, 0, n, 0f);
        return x;
    }

    // ---------------------------------------------------------------- to lanes and back

    /** The first row of a block: heads that share a key have blocks of their own. */
    private int row(int block) {
        return block / blocks * heads.queries + block % blocks * L;
    }

    private int rows(int block) {
        return Math.min(L, heads.queries - block % blocks * L);
    }

    /** One more than the last key that any query of a block sees: the last of them does. */
    private int seen(int block) {
        int last = block % blocks * L + rows(block) - 1;
        return heads.op.sight().end(last, heads.queries, heads.keys);
    }

    /** The rows of x [..., H, T, D] in a block as [D, L]; lanes behind the last hold anything, and so do vectors to whole {@link Transpose#SIDE}s. */
    private void turn(Tensor x, int product, int block, float[] out) {
        Layout l = x.layout();
        float[] a = Elementwise.array(x);
        int d = x.dim(-1);
        int down = l.stride(-2);
        int last = rows(block) - 1;
        int from = MatMul.start(l, heads.head(product, row(block))) + block % blocks * L * down;
        if (l.stride(-1) != 1 || Transpose.SIDE == 0 || from + last * down + Lanes.room(d) > a.length) {
            Pack.panel(a, from, down, l.stride(-1), last + 1, L, d, out, 0, L);
            return;
        }
        for (int j = 0; j < d; j += Transpose.SIDE) {
            Transpose.block(a, from + j, down, last, out, j * L, L);
        }
    }

    /** The lanes of x [d, L] to their places in a result [..., T, H, d]. */
    private void write(float[] x, int product, int block, int d, float[] y) {
        int first = heads.resultRow(product, row(block), d);
        int apart = heads.groups * heads.shared * d;
        scatter(x, 0, rows(block), d, y, first, apart);
    }

    /** The lanes of sums [ceil(S / L), d, L] to their places in a result [..., S, G, d] from {@code at} on. */
    private void writeKeys(float[] sums, int product, int d, float[] y, int at) {
        int apart = heads.groups * d;
        for (int key = 0; key < heads.keys; key += L) {
            int first = at + heads.resultKey(product, key, d);
            scatter(sums, key * d, Math.min(L, heads.keys - key), d, y, first, apart);
        }
    }

    private static void scatter(float[] x, int from, int lanes, int d, float[] y, int first, int apart) {
        for (int i = 0; i < lanes; i++) {
            int to = first + i * apart;
            for (int j = 0; j < d; j++) {
                y[to + j] = x[from + j * L + i];
            }
        }
    }
}
