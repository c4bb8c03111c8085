package org.einthoven.verify.hyperdual;

import java.util.Arrays;
import java.util.function.UnaryOperator;
import org.einthoven.tensor.op.Op;

/** Ops along the last axis, written as their definitions. */
final class RowForms {
    private RowForms() {}

    /** e^(x - c) / sum e^(x - c): the same function for any constant c, so the shift has no derivative. */
    static HyperTensor softmax(HyperTensor x) {
        return eachRow(x, row -> {
            double c = largest(row);
            HyperDual[] e = new HyperDual[row.length];
            HyperDual sum = HyperDual.ZERO;
            for (int i = 0; i < row.length; i++) {
                e[i] = row[i].plus(-c).exp();
                sum = sum.plus(e[i]);
            }
            for (int i = 0; i < row.length; i++) {
                e[i] = e[i].over(sum);
            }
            return e;
        });
    }

    /** x - c - log sum e^(x - c). */
    static HyperTensor logSoftmax(HyperTensor x) {
        return eachRow(x, row -> {
            double c = largest(row);
            HyperDual sum = HyperDual.ZERO;
            for (HyperDual v : row) {
                sum = sum.plus(v.plus(-c).exp());
            }
            return minus(row, sum.log().plus(c));
        });
    }

    /** (x - mean) / sqrt(mean((x - mean)^2) + eps), or with 0 for the mean. */
    static HyperTensor norm(Op.Norm norm, HyperTensor x) {
        return eachRow(x, row -> over(centred(norm, row), size(norm, row)));
    }

    static HyperTensor scaledNorm(Op.Norm norm, HyperTensor... x) {
        HyperTensor y = norm(norm, x[0]);
        int d = x[1].size();
        return HyperTensor.of(y.shape(), y.dtype(), i -> {
            HyperDual scaled = y.at(i).times(x[1].at(i % d));
            return x.length > 2 ? scaled.plus(x[2].at(i % d)) : scaled;
        });
    }

    /** (g - mean g - y mean(g y)) / size for y = norm(x), the mean of g being left out where that of x is. */
    static HyperTensor normGrad(Op.Norm norm, HyperTensor g, HyperTensor x) {
        int d = x.shape().dim(-1);
        HyperDual[] all = new HyperDual[x.size()];
        for (int from = 0; from < all.length; from += d) {
            HyperDual[] row = Arrays.copyOfRange(x.values(), from, from + d);
            HyperDual[] h = centred(norm, Arrays.copyOfRange(g.values(), from, from + d));
            HyperDual size = size(norm, row);
            HyperDual[] y = over(centred(norm, row), size);
            HyperDual along = HyperDual.ZERO;
            for (int i = 0; i < d; i++) {
                along = along.plus(h[i].times(y[i]).times(1.0 / d));
            }
            for (int i = 0; i < d; i++) {
                all[from + i] = h[i].minus(y[i].times(along)).over(size);
            }
        }
        return new HyperTensor(x.shape(), x.dtype(), all);
    }

    private static HyperDual[] centred(Op.Norm norm, HyperDual[] row) {
        return norm instanceof Op.LayerNorm ? minus(row, sum(row).times(1.0 / row.length)) : row;
    }

    /** The square root of the mean square of what is centred, and eps. */
    private static HyperDual size(Op.Norm norm, HyperDual[] row) {
        HyperDual square = HyperDual.ZERO;
        for (HyperDual v : centred(norm, row)) {
            square = square.plus(v.times(v));
        }
        return square.times(1.0 / row.length).plus(norm.eps()).sqrt();
    }

    private static HyperDual[] over(HyperDual[] row, HyperDual b) {
        return Arrays.stream(row).map(v -> v.over(b)).toArray(HyperDual[]::new);
    }

    private static HyperDual[] minus(HyperDual[] row, HyperDual b) {
        HyperDual[] y = new HyperDual[row.length];
        for (int i = 0; i < row.length; i++) {
            y[i] = row[i].minus(b);
        }
        return y;
    }

    private static HyperDual sum(HyperDual[] row) {
        HyperDual sum = HyperDual.ZERO;
        for (HyperDual v : row) {
            sum = sum.plus(v);
        }
        return sum;
    }

    private static double largest(HyperDual[] row) {
        double c = Double.NEGATIVE_INFINITY;
        for (HyperDual v : row) {
            c = Math.max(c, v.f());
        }
        return c;
    }

    private static HyperTensor eachRow(HyperTensor x, UnaryOperator<HyperDual[]> f) {
        int d = x.shape().dim(-1);
        HyperDual[] y = new HyperDual[x.size()];
        for (int from = 0; from < y.length; from += d) {
            HyperDual[] row = new HyperDual[d];
            System.arraycopy(x.values(), from, row, 0, d);
            System.arraycopy(f.apply(row), 0, y, from, d);
        }
        return new HyperTensor(x.shape(), x.dtype(), y);
    }

    /** Each pair (a, b) turned by its angle: (a cos - b sin, b cos + a sin), or back when inverse. */
    static HyperTensor rope(HyperTensor x, HyperTensor cos, HyperTensor sin, Op.Rope op) {
        int d = x.shape().dim(-1);
        int time = x.shape().dim(-2);
        HyperDual[] y = new HyperDual[x.size()];
        for (int at = 0; at < y.length; at += 2) {
            int row = at / d;
            int pair = at % d / 2;
            int p = row * d + (op.interleaved() ? 2 * pair : pair);
            int q = p + (op.interleaved() ? 1 : d / 2);
            HyperDual c = cos.at(row % time * (d / 2) + pair);
            HyperDual s = sin.at(row % time * (d / 2) + pair).times(op.inverse() ? -1 : 1);
            y[p] = x.at(p).times(c).minus(x.at(q).times(s));
            y[q] = x.at(q).times(c).plus(x.at(p).times(s));
        }
        return new HyperTensor(x.shape(), x.dtype(), y);
    }
}
