package org.einthoven.tensor.reference;

import java.util.Arrays;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;
import org.einthoven.tensor.DType;
import org.einthoven.tensor.Layout;
import org.einthoven.tensor.Shape;
import org.einthoven.tensor.ShapeException;
import org.einthoven.tensor.Tensor;
import org.einthoven.tensor.backend.Backend;
import org.einthoven.tensor.op.Op;
import org.einthoven.tensor.op.Shapes.Signature;

/**
 * The living definition of every op: operands are read as doubles in row-major order, computed in double by the obvious
 * loop, and rounded once to the result's type. Other backends are tested against it.
 */
public final class ReferenceBackend implements Backend {
    @Override
    public String name() {
        return "reference";
    }

    @Override
    public boolean supports(Op op, Tensor... inputs) {
        return true;
    }

    @Override
    public Tensor run(Op op, Signature out, Tensor... x) {
        return tensor(out, compute(op, out.shape(), x));
    }

    /** Doubles exactly hold every value of every type. */
    static Tensor tensor(Signature out, double[] v) {
        int[] shape = out.shape().toArray();
        return switch (out.dtype()) {
            case F64 -> Tensor.of(v, shape);
            case F32 -> {
                float[] f = new float[v.length];
                for (int i = 0; i < f.length; i++) {
                    f[i] = (float) v[i];
                }
                yield Tensor.of(f, shape);
            }
            case I32 -> Tensor.of(Arrays.stream(v).mapToInt(d -> (int) d).toArray(), shape);
            case BOOL -> {
                boolean[] b = new boolean[v.length];
                for (int i = 0; i < b.length; i++) {
                    b[i] = v[i] != 0;
                }
                yield Tensor.of(b, shape);
            }
            default -> throw new IllegalStateException("no op results in " + out.dtype());
        };
    }

    private static double[] compute(Op op, Shape out, Tensor... x) {
        return switch (op) {
            case Op.Unary u ->
                Arrays.stream(x[0].toDoubles()).map(v -> Scalars.apply(u, v)).toArray();
            case Op.Binary b -> {
                double[] l = x[0].expand(out).toDoubles();
                double[] r = x[1].expand(out).toDoubles();
                yield each(l.length, i -> Scalars.apply(b, l[i], r[i]));
            }
            case Op.Compare c -> {
                double[] l = x[0].expand(out).toDoubles();
                double[] r = x[1].expand(out).toDoubles();
                yield each(l.length, i -> Scalars.holds(c.relation(), l[i], r[i]) ? 1 : 0);
            }
            case Op.Where() -> {
                double[] c = x[0].expand(out).toDoubles();
                double[] l = x[1].expand(out).toDoubles();
                double[] r = x[2].expand(out).toDoubles();
                yield each(c.length, i -> c[i] != 0 ? l[i] : r[i]);
            }
            case Op.SumTo s -> sumTo(x[0], out);
            case Op.CumSum c -> cumSum(x[0], c.axis(), c.reverse());
            case Op.ArgMax a -> argMax(x[0], a.axis());
            case Op.ArgSort a -> argSort(x[0], a.axis(), a.descending());
            case Op.View v -> throw new IllegalStateException("views change the layout only: " + v);
            case Op.Contiguous() -> x[0].toDoubles();
            case Op.Cast c -> cast(x[0].toDoubles(), c.to());
            case Op.Pad p -> pad(x[0], p);
            case Op.Cat c -> cat(c.axis(), out, x);
            case Op.Gather g -> gather(x[0], x[1], g.axis());
            case Op.ScatterAdd s -> scatterAdd(x[0], x[1], s, out);
            case Op.Embedding() -> embedding(x[0], x[1]);
            case Op.EmbeddingGrad e -> embeddingGrad(x[0], x[1], e.rows());
            case Op.MatMul() -> matmul(x[0], x[1], out);
            case Op.FrozenLinear f -> frozenLinear(x[0], f);
            case Op.Conv1d c -> Convolutions.forward(c, x[0], x[1], out);
            case Op.Conv1dInputGrad c -> Convolutions.inputGrad(c, x[0], x[1], out);
            case Op.Conv1dWeightGrad c -> Convolutions.weightGrad(c, x[0], x[1], out);
            case Op.Softmax() -> Rows.softmax(x[0]);
            case Op.LogSoftmax() -> Rows.logSoftmax(x[0]);
            case Op.Norm n -> Rows.norm(n, x[0]);
            case Op.ScaledNorm n -> Rows.scaledNorm(n.norm(), x);
            case Op.NormGrad n -> Rows.normGrad(n.norm(), x[0].toDoubles(), x[1]);
            case Op.Attention a -> Attentions.forward(a, out, x);
            case Op.AttentionGrad a -> Attentions.gradient(a.of(), x);
            case Op.Rope r -> Rows.rope(x[0], x[1].toDoubles(), x[2].toDoubles(), r);
            case Op.Recompute r -> throw new IllegalStateException("the dispatcher runs segments");
            case Op.CustomOp c -> throw new IllegalStateException("the dispatcher runs custom ops");
        };
    }

    private static double[] each(int n, IntToDoubleFunction f) {
        double[] y = new double[n];
        Arrays.setAll(y, f);
        return y;
    }

    private static double[] cast(double[] v, DType to) {
        return switch (to) {
            case F32 -> Arrays.stream(v).map(d -> (float) d).toArray();
            case I32 -> Arrays.stream(v).map(d -> (int) d).toArray();
            case BOOL -> Arrays.stream(v).map(d -> d != 0 ? 1 : 0).toArray();
            default -> v;
        };
    }

    private static double[] sumTo(Tensor x, Shape out) {
        double[] v = x.toDoubles();
        double[] y = new double[out.intSize("sum")];
        Layout into = Layout.contiguous(out).expand(x.shape());
        for (int i = 0; i < v.length; i++) {
            y[into.at(i)] += v[i];
        }
        return y;
    }

    /** Splits a shape at an axis into outer, along, inner. */
    private record Split(int outer, int along, int inner) {
        static Split at(Shape s, int axis) {
            int outer = 1;
            int inner = 1;
            for (int i = 0; i < s.rank(); i++) {
                outer *= i < axis ? s.dim(i) : 1;
                inner *= i > axis ? s.dim(i) : 1;
            }
            return new Split(outer, s.dim(axis), inner);
        }

        int at(int o, int a, int i) {
            return (o * along + a) * inner + i;
        }
    }

    private static double[] cumSum(Tensor x, int axis, boolean reverse) {
        double[] v = x.toDoubles();
        Split s = Split.at(x.shape(), axis);
        for (int o = 0; o < s.outer; o++) {
            for (int i = 0; i < s.inner; i++) {
                double sum = 0;
                for (int a = 0; a < s.along; a++) {
                    int at = s.at(o, reverse ? s.along - 1 - a : a, i);
                    sum += v[at];
                    v[at] = sum;
                }
            }
        }
        return v;
    }

    private static double[] argMax(Tensor x, int axis) {
        double[] v = x.toDoubles();
        Split s = Split.at(x.shape(), axis);
        double[] y = new double[s.outer * s.inner];
        for (int o = 0; o < s.outer; o++) {
            for (int i = 0; i < s.inner; i++) {
                int best = 0;
                for (int a = 1; a < s.along; a++) {
                    if (v[s.at(o, a, i)] > v[s.at(o, best, i)]) {
                        best = a;
                    }
                }
                y[o * s.inner + i] = best;
            }
        }
        return y;
    }

    private static double[] argSort(Tensor x, int axis, boolean descending) {
        double[] v = x.toDoubles();
        Split s = Split.at(x.shape(), axis);
        double[] y = new double[v.length];
        for (int o = 0; o < s.outer; o++) {
            for (int i = 0; i < s.inner; i++) {
                int oo = o;
                int ii = i;
                int sign = descending ? -1 : 1;
                int[] order = IntStream.range(0, s.along)
                        .boxed()
                        .sorted((p, q) -> sign * Double.compare(v[s.at(oo, p, ii)], v[s.at(oo, q, ii)]))
                        .mapToInt(Integer::intValue)
                        .toArray();
                for (int a = 0; a < s.along; a++) {
                    y[s.at(o, a, i)] = order[a];
                }
            }
        }
        return y;
    }

    private static double[] pad(Tensor x, Op.Pad p) {
        double[] v = x.toDoubles();
        double[] y = new double[p.full().intSize("pad")];
        Layout into = Layout.contiguous(p.full()).slice(p.start(), x.shape(), p.step());
        for (int i = 0; i < v.length; i++) {
            y[into.at(i)] = v[i];
        }
        return y;
    }

    private static double[] cat(int axis, Shape out, Tensor... x) {
        double[] y = new double[out.intSize("cat")];
        Split s = Split.at(out, axis);
        int from = 0;
        for (Tensor t : x) {
            double[] v = t.toDoubles();
            int n = t.shape().dim(axis);
            for (int o = 0; o < s.outer; o++) {
                System.arraycopy(v, o * n * s.inner, y, s.at(o, from, 0), n * s.inner);
            }
            from += n;
        }
        return y;
    }

    private static int checked(String op, double index, int size) {
        int i = (int) index;
        if (i < 0 || i >= size) {
            throw new ShapeException(op + ": index " + i + " is outside 0.." + (size - 1));
        }
        return i;
    }

    private static double[] gather(Tensor x, Tensor index, int axis) {
        double[] v = x.toDoubles();
        double[] at = index.toDoubles();
        Split from = Split.at(x.shape(), axis);
        Split s = Split.at(index.shape(), axis);
        double[] y = new double[at.length];
        for (int o = 0; o < s.outer; o++) {
            for (int a = 0; a < s.along; a++) {
                for (int i = 0; i < s.inner; i++) {
                    int k = s.at(o, a, i);
                    y[k] = v[from.at(o, checked("gather", at[k], from.along), i)];
                }
            }
        }
        return y;
    }

    private static double[] scatterAdd(Tensor source, Tensor index, Op.ScatterAdd op, Shape out) {
        double[] v = source.toDoubles();
        double[] at = index.toDoubles();
        Split into = Split.at(out, op.axis());
        Split s = Split.at(index.shape(), op.axis());
        double[] y = new double[out.intSize("scatterAdd")];
        for (int o = 0; o < s.outer; o++) {
            for (int a = 0; a < s.along; a++) {
                for (int i = 0; i < s.inner; i++) {
                    int k = s.at(o, a, i);
                    y[into.at(o, checked("scatterAdd", at[k], op.size()), i)] += v[k];
                }
            }
        }
        return y;
    }

    private static double[] embedding(Tensor table, Tensor ids) {
        int d = table.dim(1);
        int[] at = ids.toInts();
        double[] y = new double[at.length * d];
        for (int i = 0; i < at.length; i++) {
            int row = checked("embedding", at[i], table.dim(0));
            for (int j = 0; j < d; j++) {
                y[i * d + j] = table.get(row, j);
            }
        }
        return y;
    }

    private static double[] embeddingGrad(Tensor rows, Tensor ids, int vocabulary) {
        double[] v = rows.toDoubles();
        int[] at = ids.toInts();
        int d = rows.dim(-1);
        double[] y = new double[vocabulary * d];
        for (int i = 0; i < at.length; i++) {
            int row = checked("embeddingGrad", at[i], vocabulary);
            for (int j = 0; j < d; j++) {
                y[row * d + j] += v[i * d + j];
            }
        }
        return y;
    }

    private static double[] matmul(Tensor a, Tensor b, Shape out) {
        int m = out.dim(-2);
        int n = out.dim(-1);
        int k = a.shape().dim(-1);
        double[] x = a.expand(out.with(-1, k)).toDoubles();
        double[] y = b.expand(out.with(-2, k)).toDoubles();
        double[] z = new double[out.intSize("matmul")];
        int batch = m * n == 0 ? 0 : z.length / (m * n);
        for (int g = 0; g < batch; g++) {
            for (int i = 0; i < m; i++) {
                for (int l = 0; l < k; l++) {
                    double v = x[(g * m + i) * k + l];
                    for (int j = 0; j < n; j++) {
                        z[(g * m + i) * n + j] += v * y[(g * k + l) * n + j];
                    }
                }
            }
        }
        return z;
    }

    private static double[] frozenLinear(Tensor x, Op.FrozenLinear f) {
        int out = f.weight().dim(0);
        int in = f.weight().dim(1);
        double[] w = f.weight().toDoubles();
        double[] v = x.toDoubles();
        int rows = x.shape().with(-1, 1).intSize("linear");
        double[] y = new double[rows * (f.transposed() ? in : out)];
        for (int r = 0; r < rows; r++) {
            for (int o = 0; o < out; o++) {
                for (int i = 0; i < in; i++) {
                    if (f.transposed()) {
                        y[r * in + i] += v[r * out + o] * w[o * in + i];
                    } else {
                        y[r * out + o] += v[r * in + i] * w[o * in + i];
                    }
                }
            }
        }
        return y;
    }
}
