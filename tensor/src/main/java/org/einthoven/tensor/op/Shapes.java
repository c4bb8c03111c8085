package org.einthoven.tensor.op;

import java.util.Arrays;
import org.einthoven.tensor.Check;
import org.einthoven.tensor.DType;
import org.einthoven.tensor.DTypeException;
import org.einthoven.tensor.Ints;
import org.einthoven.tensor.Shape;
import org.einthoven.tensor.ShapeException;
import org.einthoven.tensor.Tensor;

/** The output shape and type of every op, and everything that can be wrong with its operands. */
public final class Shapes {
    private Shapes() {}

    /** Shape and type of a result. */
    public record Signature(Shape shape, DType dtype) {}

    /** The result of {@code op} on {@code x}; throws a {@code TensorException} when the operands do not fit. */
    public static Signature of(Op op, Tensor... x) {
        return switch (op) {
            case Op.Unary u -> unary(name(u), x[0]);
            case Op.Binary b -> binary(name(b), x[0], x[1]);
            case Op.Compare c -> new Signature(binary("compare", x[0], x[1]).shape(), DType.BOOL);
            case Op.Where() -> where(x[0], x[1], x[2]);
            case Op.SumTo s -> sumTo(x[0], s.to());
            case Op.CumSum c -> unary("cumSum", x[0]);
            case Op.ArgMax a -> argMax(x[0], a.axis());
            case Op.ArgSort a -> new Signature(x[0].shape(), DType.I32);
            case Op.Reshape r -> reshape(x[0], r.to());
            case Op.Permute p -> permute(x[0], p.axes());
            case Op.Expand e -> expand(x[0], e.to());
            case Op.Slice s -> inside("slice", x[0].shape(), s.start(), s.size(), s.step(), like(x[0], s.size()));
            case Op.Pad p -> inside("pad", p.full(), p.start(), x[0].shape(), p.step(), like(x[0], p.full()));
            case Op.Cat c -> cat(c.axis(), x);
            case Op.Contiguous() -> like(x[0], x[0].shape());
            case Op.Cast c -> new Signature(x[0].shape(), c.to());
            case Op.Gather g -> gather(x[0], x[1], g.axis());
            case Op.ScatterAdd s -> scatterAdd(x[0], x[1], s.axis(), s.size());
            case Op.Embedding() -> embedding(x[0], x[1]);
            case Op.EmbeddingGrad e -> embeddingGrad(x[0], x[1], e.rows());
            case Op.MatMul() -> matmul(x[0], x[1]);
            case Op.FrozenLinear f -> frozenLinear(x[0], f);
            case Op.Conv1d c -> conv1d(c, x[0], x[1]);
            case Op.Conv1dInputGrad c -> inputGrad(c, x[0], x[1]);
            case Op.Conv1dWeightGrad c -> weightGrad(c, x[0], x[1]);
            case Op.Softmax() -> rows("softmax", x[0]);
            case Op.LogSoftmax() -> rows("logSoftmax", x[0]);
            case Op.LayerNorm n -> rows("layerNorm", x[0]);
            case Op.RmsNorm n -> rows("rmsNorm", x[0]);
            case Op.ScaledNorm n -> scaledNorm(n.norm(), x);
            case Op.NormGrad n -> normGrad(x[0], x[1]);
            case Op.Attention a -> attention(a, x);
            case Op.AttentionGrad a -> attentionGrad(a.of(), x);
            case Op.Rope r -> rope(x[0], x[1], x[2]);
            case Op.Recompute r -> throw new IllegalStateException("recompute: its shape is known when it has run");
            case Op.CustomOp c -> throw new IllegalStateException(c.name() + ": its shape is known when it has run");
        };
    }

    /** The op's name as users write it: {@code LeakyRelu[slope=0.1]} is {@code leakyRelu}. */
    public static String name(Op op) {
        String s = op instanceof Op.CustomOp c ? c.name() : op.getClass().getSimpleName();
        return Character.toLowerCase(s.charAt(0)) + s.substring(1);
    }

    private static Signature like(Tensor x, Shape shape) {
        return new Signature(shape, x.dtype());
    }

    private static Signature unary(String op, Tensor x) {
        Check.floating(op, x);
        return like(x, x.shape());
    }

    private static Signature rows(String op, Tensor x) {
        Check.floating(op, x);
        Check.rankAtLeast(op, x, 1);
        return like(x, x.shape());
    }

    private static Signature scaledNorm(Op.Norm norm, Tensor... x) {
        String op = name(norm);
        Signature out = rows(op, x[0]);
        for (int i = 1; i < x.length; i++) {
            Check.sameDType(op, x[0], x[i]);
            String which = i == 1 ? "the weight" : "the bias";
            Check.shape(
                    x[i].rank() == 1 && x[i].shape().dim(0) == x[0].shape().dim(-1),
                    op,
                    which + " must be [D], as long as the last axis of " + x[0].shape() + ", got " + x[i].shape());
        }
        return out;
    }

    private static Signature normGrad(Tensor g, Tensor x) {
        Check.sameDType("normGrad", g, x);
        Check.shape(
                g.shape().equals(x.shape()), "normGrad", "g " + g.shape() + " and x " + x.shape() + " must be alike");
        return rows("normGrad", x);
    }

    private static Signature binary(String op, Tensor a, Tensor b) {
        Check.sameDType(op, a, b);
        return like(a, Shape.broadcast(op, a.shape(), b.shape()));
    }

    private static Signature where(Tensor condition, Tensor a, Tensor b) {
        Check.dtype("where", "the condition", condition, DType.BOOL);
        Check.sameDType("where", a, b);
        Shape s = Shape.broadcast("where", a.shape(), b.shape());
        return like(a, Shape.broadcast("where", condition.shape(), s));
    }

    private static Signature sumTo(Tensor x, Shape to) {
        Check.floating("sum", x);
        Check.shape(to.broadcastsTo(x.shape()), "sumTo", x.shape() + " cannot be summed to " + to);
        return like(x, to);
    }

    private static Signature argMax(Tensor x, int axis) {
        Check.compute("argMax", x);
        Check.shape(x.shape().dim(axis) > 0, "argMax", "axis " + axis + " of " + x.shape() + " is empty");
        return new Signature(x.shape().without(axis), DType.I32);
    }

    private static Signature reshape(Tensor x, Shape to) {
        Check.shape(
                x.shape().size() == to.size(),
                "reshape",
                x.shape() + " has " + x.shape().size() + " elements and " + to + " has " + to.size());
        return like(x, to);
    }

    private static Signature permute(Tensor x, Ints axes) {
        boolean[] named = new boolean[x.rank()];
        boolean once = axes.size() == x.rank();
        for (int i = 0; once && i < axes.size(); i++) {
            int a = axes.get(i);
            once = a >= 0 && a < named.length && !named[a];
            if (once) {
                named[a] = true;
            }
        }
        if (!once) {
            throw new ShapeException("permute: " + axes + " must name each axis of " + x.shape() + " once");
        }
        return like(x, x.layout().permute(axes).shape());
    }

    /** A view must not read, nor padding write, past the ends of {@code whole}: other numbers may lie there. */
    private static Signature inside(String op, Shape whole, Ints start, Shape part, Ints step, Signature result) {
        int rank = whole.rank();
        boolean fits = start.size() == rank && part.rank() == rank && step.size() == rank;
        for (int i = 0; fits && part.size() > 0 && i < rank; i++) {
            long last = start.get(i) + (part.dim(i) - 1L) * step.get(i);
            fits = Math.min(start.get(i), last) >= 0 && Math.max(start.get(i), last) < whole.dim(i);
        }
        if (!fits) {
            throw new ShapeException(
                    op + ": " + part + " from " + start + " in steps of " + step + " does not lie inside " + whole);
        }
        return result;
    }

    private static Signature expand(Tensor x, Shape to) {
        Check.compute("expand", x);
        Check.shape(x.shape().broadcastsTo(to), "expand", x.shape() + " does not broadcast to " + to);
        return like(x, to);
    }

    private static Signature cat(int axis, Tensor... x) {
        int sum = 0;
        for (Tensor t : x) {
            Check.sameDType("cat", x[0], t);
            Check.shape(
                    t.rank() == x[0].rank()
                            && t.shape().with(axis, 0).equals(x[0].shape().with(axis, 0)),
                    "cat",
                    x[0].shape() + " and " + t.shape() + " differ outside axis " + axis);
            sum = Math.addExact(sum, t.shape().dim(axis));
        }
        return like(x[0], x[0].shape().with(axis, sum));
    }

    private static Signature gather(Tensor x, Tensor index, int axis) {
        Check.compute("gather", x);
        Check.dtype("gather", "the index", index, DType.I32);
        Check.shape(
                x.rank() == index.rank()
                        && x.shape().with(axis, 0).equals(index.shape().with(axis, 0)),
                "gather",
                "x " + x.shape() + " and index " + index.shape() + " must agree outside axis " + axis);
        return like(x, index.shape());
    }

    private static Signature scatterAdd(Tensor source, Tensor index, int axis, int size) {
        Check.floating("scatterAdd", source);
        Check.dtype("scatterAdd", "the index", index, DType.I32);
        Check.shape(
                source.shape().equals(index.shape()),
                "scatterAdd",
                "source " + source.shape() + " and index " + index.shape() + " must have one shape");
        return like(source, source.shape().with(axis, size));
    }

    private static Signature embedding(Tensor table, Tensor ids) {
        Check.rank("embedding", "the table", table, 2, "[V, D]");
        Check.dtype("embedding", "ids", ids, DType.I32);
        DType t = table.dtype().isStorageOnly() ? DType.F32 : table.dtype();
        return new Signature(append(ids.shape(), table.shape().dim(1)), t);
    }

    private static Signature embeddingGrad(Tensor rows, Tensor ids, int v) {
        Check.dtype("embeddingGrad", "ids", ids, DType.I32);
        Check.shape(
                rows.rank() == ids.rank() + 1 && rows.shape().without(-1).equals(ids.shape()),
                "embeddingGrad",
                "rows " + rows.shape() + " must be ids " + ids.shape() + " and one more axis");
        return like(rows, Shape.of(v, rows.shape().dim(-1)));
    }

    private static Shape append(Shape s, int d) {
        int[] dims = Arrays.copyOf(s.toArray(), s.rank() + 1);
        dims[s.rank()] = d;
        return Shape.of(dims);
    }

    private static Signature matmul(Tensor a, Tensor b) {
        Check.sameDType("matmul", a, b);
        Check.floating("matmul", a);
        Check.rankAtLeast("matmul", a, 2);
        Check.rankAtLeast("matmul", b, 2);
        Check.matmul(a, b);
        Shape batch = Shape.broadcast(
                "matmul (leading axes)",
                a.shape().without(-1).without(-1),
                b.shape().without(-1).without(-1));
        return like(a, append(append(batch, a.shape().dim(-2)), b.shape().dim(-1)));
    }

    private static Signature frozenLinear(Tensor x, Op.FrozenLinear f) {
        Check.floating("linear", x);
        Check.rankAtLeast("linear", x, 1);
        Check.rank("linear", "the weight", f.weight(), 2, "[out, in]");
        int in = f.weight().shape().dim(f.transposed() ? 0 : 1);
        int out = f.weight().shape().dim(f.transposed() ? 1 : 0);
        Check.shape(
                x.shape().dim(-1) == in,
                "linear",
                "x " + x.shape() + " has " + x.shape().dim(-1) + " features, the frozen weight "
                        + f.weight().shape() + " takes " + in);
        return like(x, x.shape().with(-1, out));
    }

    private static Signature conv1d(Op.Conv1d c, Tensor x, Tensor w) {
        convolution("conv1d", c, x, w);
        Check.shape(
                x.shape().dim(1) == w.shape().dim(1) * c.groups(),
                "conv1d",
                "x " + x.shape() + " has "
                        + x.shape().dim(1) + " channels, w " + w.shape() + " in " + c.groups() + " groups takes "
                        + w.shape().dim(1) * c.groups());
        int t = convTime(x.shape().dim(2), w.shape().dim(2), c);
        Check.shape(
                t > 0,
                "conv1d",
                "the kernel of " + w.shape().dim(2) + " steps (dilation " + c.dilation()
                        + ") is longer than the padded input of " + (x.shape().dim(2) + 2 * c.padding()));
        return like(x, Shape.of(x.shape().dim(0), w.shape().dim(0), t));
    }

    /** Steps that a convolution leaves of {@code time}. */
    public static int convTime(int time, int kernel, Op.Convolution c) {
        return Math.floorDiv(time + 2 * c.padding() - c.dilation() * (kernel - 1) - 1, c.stride()) + 1;
    }

    private static Signature inputGrad(Op.Conv1dInputGrad c, Tensor y, Tensor w) {
        convolution("conv1dInputGrad", c, y, w);
        Check.shape(
                y.shape().dim(1) == w.shape().dim(0)
                        && y.shape().dim(2) == convTime(c.time(), w.shape().dim(2), c),
                "conv1dInputGrad",
                "y " + y.shape() + " is not an output of w " + w.shape() + " on " + c.time() + " steps");
        return like(y, Shape.of(y.shape().dim(0), w.shape().dim(1) * c.groups(), c.time()));
    }

    private static Signature weightGrad(Op.Conv1dWeightGrad c, Tensor x, Tensor y) {
        convolution("conv1dWeightGrad", c, x, y);
        Check.shape(
                x.shape().dim(0) == y.shape().dim(0)
                        && y.shape().dim(2) == convTime(x.shape().dim(2), c.kernel(), c),
                "conv1dWeightGrad",
                "y " + y.shape() + " is not an output of " + c.kernel() + " taps on x " + x.shape());
        return like(x, Shape.of(y.shape().dim(1), x.shape().dim(1) / c.groups(), c.kernel()));
    }

    private static void convolution(String op, Op.Convolution c, Tensor a, Tensor b) {
        Check.sameDType(op, a, b);
        Check.floating(op, a);
        Check.rank(op, "the first operand", a, 3, "[B, C, T]");
        Check.rank(op, "the second operand", b, 3, "three axes");
        Check.shape(
                c.stride() > 0 && c.dilation() > 0 && c.groups() > 0 && c.padding() >= 0,
                op,
                "stride, dilation and groups must be positive and padding 0 or more, got " + c);
        Check.shape(
                a.shape().dim(1) % c.groups() == 0,
                op,
                a.shape().dim(1) + " channels do not divide into " + c.groups() + " groups");
    }

    private static Signature attention(Op.Attention op, Tensor... x) {
        Tensor q = x[0];
        Tensor k = x[1];
        Tensor v = x[2];
        Check.floating("attention", q);
        Check.sameDType("attention", q, k);
        Check.sameDType("attention", q, v);
        Check.rankAtLeast("attention", q, 3);
        int rank = q.rank();
        boolean fits = k.rank() == rank && v.rank() == rank;
        for (int i = 0; fits && i < rank - 3; i++) {
            fits = k.dim(i) == q.dim(i) && v.dim(i) == q.dim(i);
        }
        Check.shape(
                fits && k.dim(-1) == q.dim(-1) && k.dim(-2) == v.dim(-2) && k.dim(-3) == v.dim(-3),
                "attention",
                "q " + q.shape() + ", k " + k.shape() + " and v " + v.shape()
                        + " must be [..., H, T, E], [..., G, S, E] and [..., G, S, F] with equal leading axes");
        int groups = k.dim(-3);
        Check.shape(
                groups == 0 ? q.dim(-3) == 0 : q.dim(-3) % groups == 0,
                "attention",
                groups + " heads of keys " + k.shape() + " do not divide the heads of queries " + q.shape());
        Check.shape(
                op.sight().equals(Sight.ALL) || q.dim(-2) <= k.dim(-2),
                "attention",
                q.dim(-2) + " queries " + q.shape() + " for " + k.dim(-2) + " keys " + k.shape()
                        + ": the first would stand before every key; only Sight.ALL has no places");
        if (x.length > 3) {
            Shape scores = q.shape().with(-1, k.dim(-2));
            Check.dtype("attention", "what is hidden", x[3], DType.BOOL);
            Check.shape(
                    x[3].shape().broadcastsTo(scores),
                    "attention",
                    "what is hidden, " + x[3].shape() + ", does not broadcast to the scores " + scores);
        }
        return like(q, q.shape().with(-1, v.dim(-1)));
    }

    private static Signature attentionGrad(Op.Attention op, Tensor... x) {
        Signature y = attention(op, Arrays.copyOfRange(x, 1, x.length));
        Check.sameDType("attentionGrad", x[0], x[1]);
        Check.shape(
                x[0].shape().equals(y.shape()),
                "attentionGrad",
                "g " + x[0].shape() + " must be like the result " + y.shape());
        long size = Math.addExact(x[1].size(), Math.addExact(x[2].size(), x[3].size()));
        return like(x[0], Shape.of(Math.toIntExact(size)));
    }

    private static Signature rope(Tensor x, Tensor cos, Tensor sin) {
        Check.floating("rope", x);
        Check.rankAtLeast("rope", x, 2);
        Shape angles = Shape.of(x.shape().dim(-2), x.shape().dim(-1) / 2);
        if (x.shape().dim(-1) % 2 != 0
                || !cos.shape().equals(angles)
                || !sin.shape().equals(angles)) {
            throw new ShapeException("rope: x " + x.shape() + " needs an even last axis and cos, sin of " + angles
                    + ", got " + cos.shape() + " and " + sin.shape());
        }
        if (cos.dtype() != x.dtype() || sin.dtype() != x.dtype()) {
            throw new DTypeException("rope: x is " + x.dtype() + ", cos " + cos.dtype() + ", sin " + sin.dtype());
        }
        return like(x, x.shape());
    }
}
