package org.einthoven.verify.hyperdual;

import org.einthoven.tensor.Nullable;
import org.einthoven.tensor.Shape;
import org.einthoven.tensor.op.Op;

/**
 * Attention and its gradient over hyper-dual numbers, one query head at a time: x = (q [..., H, T, E], k [..., G, S, E], v
 * [..., G, S, F], perhaps hidden [..., H, T, S]).
 */
final class AttentionForms {
    private final Op.Attention op;
    private final int heads;
    private final int groups;
    private final int queries;
    private final int keys;
    private final int width;
    private final int valueWidth;
    private final HyperTensor q;
    private final HyperTensor k;
    private final HyperTensor v;
    private final @Nullable HyperTensor hidden;

    private AttentionForms(Op.Attention op, HyperTensor... x) {
        this.op = op;
        q = x[0];
        k = x[1];
        v = x[2];
        heads = q.dim(-3);
        queries = q.dim(-2);
        width = q.dim(-1);
        groups = k.dim(-3);
        keys = k.dim(-2);
        valueWidth = v.dim(-1);
        hidden = x.length > 3 ? x[3].expand(q.shape().with(-1, keys)) : null;
    }

    static HyperTensor attention(Op.Attention op, Shape out, HyperTensor... x) {
        AttentionForms a = new AttentionForms(op, x);
        HyperTensor.Sums y = a.q.zeros(out);
        for (int row = 0; row < out.with(-1, 1).size(); row++) {
            HyperDual[] p = a.probabilities(row);
            for (int s = 0; s < a.keys; s++) {
                for (int f = 0; f < a.valueWidth; f++) {
                    y.add(row * a.valueWidth + f, p[s].times(a.v.at(a.key(row, s) * a.valueWidth + f)));
                }
            }
        }
        return y.done();
    }

    /** Of (g, q, k, v): what the chain rule gives through each step of one query. */
    static HyperTensor gradient(Op.Attention op, Shape out, HyperTensor g, HyperTensor... x) {
        AttentionForms a = new AttentionForms(op, x);
        HyperTensor.Sums d = a.q.zeros(out);
        for (int row = 0; row < g.shape().with(-1, 1).size(); row++) {
            HyperDual[] p = a.probabilities(row);
            HyperDual[] u = new HyperDual[a.keys];
            HyperDual mean = HyperDual.ZERO;
            for (int s = 0; s < a.keys; s++) {
                u[s] = a.dot(g, row, a.v, a.key(row, s), a.valueWidth);
                mean = mean.plus(p[s].times(u[s]));
            }
            for (int s = 0; s < a.keys; s++) {
                a.spread(d, row, s, p[s], p[s].times(u[s].minus(mean)).times(a.slope(row, s)), g);
            }
        }
        return d.done();
    }

    /** The row of keys and values that key {@code s} of a query is. */
    private int key(int row, int s) {
        int head = row / queries;
        return (head / heads * groups + head % heads / (heads / groups)) * keys + s;
    }

    private HyperDual dot(HyperTensor a, int rowA, HyperTensor b, int rowB, int n) {
        HyperDual sum = HyperDual.ZERO;
        for (int i = 0; i < n; i++) {
            sum = sum.plus(a.at(rowA * n + i).times(b.at(rowB * n + i)));
        }
        return sum;
    }

    private HyperDual raw(int row, int s) {
        return dot(q, row, k, key(row, s), width).times(op.scale());
    }

    private HyperDual slope(int row, int s) {
        if (!op.isCapped()) {
            return HyperDual.constant(1);
        }
        HyperDual tanh = raw(row, s).times(1 / op.cap()).tanh();
        return tanh.times(tanh).negated().plus(1);
    }

    private boolean sees(int row, int s) {
        int t = row % queries;
        boolean near = s >= op.sight().first(t, queries, keys) && s < op.sight().end(t, queries, keys);
        return near && (hidden == null || hidden.index(row * keys + s) == 0);
    }

    private HyperDual[] probabilities(int row) {
        HyperDual[] p = new HyperDual[keys];
        HyperDual sum = HyperDual.ZERO;
        for (int s = 0; s < keys; s++) {
            HyperDual raw = raw(row, s);
            HyperDual score = op.isCapped() ? raw.times(1 / op.cap()).tanh().times(op.cap()) : raw;
            p[s] = sees(row, s) ? score.exp() : HyperDual.ZERO;
            sum = sum.plus(p[s]);
        }
        for (int s = 0; s < keys; s++) {
            p[s] = p[s].over(sum);
        }
        return p;
    }

    /** Adds what one score and one probability give to dq [..., T, H, E], dk [..., S, G, E] and dv [..., S, G, F]. */
    private void spread(HyperTensor.Sums d, int row, int s, HyperDual p, HyperDual score, HyperTensor g) {
        int key = key(row, s);
        int item = row / queries / heads;
        int asks = (item * queries + row % queries) * heads + row / queries % heads;
        int answers = (item * keys + s) * groups + key / keys % groups;
        for (int e = 0; e < width; e++) {
            HyperDual scaled = score.times(op.scale());
            d.add(asks * width + e, scaled.times(k.at(key * width + e)));
            d.add(q.size() + answers * width + e, scaled.times(q.at(row * width + e)));
        }
        for (int f = 0; f < valueWidth; f++) {
            d.add(q.size() + k.size() + answers * valueWidth + f, p.times(g.at(row * valueWidth + f)));
        }
    }
}
