package org.einthoven.tensor.reference;

import java.util.Arrays;
import org.einthoven.tensor.Shape;
import org.einthoven.tensor.Tensor;
import org.einthoven.tensor.op.Op;

/**
 * Attention and its gradient, one query at a time. Axes: H query heads, G key and value heads, T queries, S keys, E width of
 * queries and keys, F width of values.
 */
final class Attentions {
    private final Op.Attention op;
    private final int rows;
    private final int heads;
    private final int groups;
    private final int queries;
    private final int keys;
    private final int width;
    private final int valueWidth;
    private final double[] q;
    private final double[] k;
    private final double[] v;
    private final double[] hidden;

    private Attentions(Op.Attention op, Tensor... x) {
        this.op = op;
        rows = x[0].shape().with(-1, 1).intSize("attention");
        heads = x[0].dim(-3);
        queries = x[0].dim(-2);
        width = x[0].dim(-1);
        groups = x[1].dim(-3);
        keys = x[1].dim(-2);
        valueWidth = x[2].dim(-1);
        q = x[0].toDoubles();
        k = x[1].toDoubles();
        v = x[2].toDoubles();
        hidden = x.length > 3 ? x[3].expand(x[0].shape().with(-1, keys)).toDoubles() : new double[0];
    }

    static double[] forward(Op.Attention op, Shape out, Tensor... x) {
        return new Attentions(op, x).forward(new double[out.intSize("attention")]);
    }

    static double[] gradient(Op.Attention op, Tensor... x) {
        return new Attentions(op, Arrays.copyOfRange(x, 1, x.length)).gradient(x[0].toDoubles());
    }

    /** A query by its number among all, and where the keys that it looks at begin, in rows. */
    private interface Query {
        void at(int row, int firstKey);
    }

    private void eachQuery(Query body) {
        for (int row = 0; row < rows; row++) {
            int head = row / queries % heads;
            int item = row / queries / heads;
            body.at(row, (item * groups + head / (heads / groups)) * keys);
        }
    }

    private double[] forward(double[] y) {
        eachQuery((row, firstKey) -> {
            double[] p = probabilities(row, firstKey);
            for (int s = 0; s < keys; s++) {
                for (int f = 0; f < valueWidth && p[s] != 0; f++) {
                    y[row * valueWidth + f] += p[s] * v[(firstKey + s) * valueWidth + f];
                }
            }
        });
        return y;
    }

    private double score(int row, int key) {
        double dot = 0;
        for (int e = 0; e < width; e++) {
            dot += q[row * width + e] * k[key * width + e];
        }
        return dot * op.scale();
    }

    private double[] probabilities(int row, int firstKey) {
        int t = row % queries;
        double[] p = new double[keys];
        Arrays.fill(p, Double.NEGATIVE_INFINITY);
        for (int s = op.sight().first(t, queries, keys); s < op.sight().end(t, queries, keys); s++) {
            if (hidden.length == 0 || hidden[row * keys + s] == 0) {
                double score = score(row, firstKey + s);
                p[s] = op.isCapped() ? op.cap() * Math.tanh(score / op.cap()) : score;
            }
        }
        double top = Arrays.stream(p).max().orElse(0);
        double sum = 0;
        for (int s = 0; s < keys; s++) {
            p[s] = Math.exp(p[s] - top);
            sum += p[s];
        }
        for (int s = 0; s < keys; s++) {
            p[s] /= sum;
        }
        return p;
    }

    /** With u = g v^T of one query: its scores have the gradient p (u - p . u). */
    private double[] gradient(double[] g) {
        double[] d = new double[q.length + k.length + v.length];
        eachQuery((row, firstKey) -> {
            double[] p = probabilities(row, firstKey);
            double[] u = new double[keys];
            double mean = 0;
            for (int s = 0; s < keys; s++) {
                for (int f = 0; f < valueWidth; f++) {
                    u[s] += g[row * valueWidth + f] * v[(firstKey + s) * valueWidth + f];
                }
                mean += p[s] != 0 ? p[s] * u[s] : 0;
            }
            for (int s = 0; s < keys; s++) {
                if (p[s] != 0) {
                    spread(d, row, firstKey, s, p[s], p[s] * (u[s] - mean) * slope(row, firstKey + s), g);
                }
            }
        });
        return d;
    }

    /** What the cap does to a score's gradient: 1 - tanh^2. */
    private double slope(int row, int key) {
        double tanh = op.isCapped() ? Math.tanh(score(row, key) / op.cap()) : 0;
        return 1 - tanh * tanh;
    }

    /** Hands the gradient of one score to its query and its key, and the query's to its value. */
    private void spread(double[] d, int row, int firstKey, int s, double p, double score, double[] g) {
        int item = row / queries / heads;
        int dq = ((item * queries + row % queries) * heads + row / queries % heads) * width;
        int group = firstKey / keys % groups;
        int place = (item * keys + s) * groups + group;
        int dk = q.length + place * width;
        int dv = q.length + k.length + place * valueWidth;
        for (int e = 0; e < width; e++) {
            d[dq + e] += op.scale() * score * k[(firstKey + s) * width + e];
            d[dk + e] += op.scale() * score * q[row * width + e];
        }
        for (int f = 0; f < valueWidth; f++) {
            d[dv + f] += p * g[row * valueWidth + f];
        }
    }
}
