package org.einthoven.verify.hyperdual;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.einthoven.tensor.DType;
import org.einthoven.tensor.Layout;
import org.einthoven.tensor.Shape;
import org.einthoven.tensor.Tensor;
import org.einthoven.tensor.op.Op;
import org.einthoven.tensor.op.Shapes;

/**
 * The forward kernel of every op over hyper-dual numbers, written as the op is defined: first and second derivatives without
 * a step size and without the derivative table. The switch has no default, so an op without a kernel does not compile.
 *
 * <p>Kinks on the way are kept in {@link #kinks}. One backend serves one computation, in one thread.
 */
public final class HyperDualBackend {
    private final List<Kink> kinks = new ArrayList<>();

    /** The points without a derivative that the numbers have passed so far. */
    public List<Kink> kinks() {
        return List.copyOf(kinks);
    }

    /** The result of {@code op}; throws a {@code TensorException} when the operands do not fit. */
    public HyperTensor run(Op op, HyperTensor... x) {
        return switch (op) {
            case Op.Unary u -> unary(u, x[0]);
            case Op.Binary b -> binary(b, x[0], x[1]);
            case Op.Compare c -> compare(c, x[0], x[1]);
            case Op.Where() -> where(x[0], x[1], x[2]);
            case Op.SumTo s -> sumTo(x[0], s.to());
            case Op.CumSum c -> Lines.cumSum(x[0], c.axis(), c.reverse());
            case Op.ArgMax a -> order(op, Lines.argMax(x[0], a.axis()), x[0]);
            case Op.ArgSort a -> order(op, Lines.argSort(x[0], a.axis(), a.descending()), x[0]);
            case Op.Reshape r -> x[0].view(Layout.contiguous(r.to()));
            case Op.Permute p -> x[0].view(Layout.contiguous(x[0].shape()).permute(p.axes()));
            case Op.Expand e -> x[0].expand(e.to());
            case Op.Slice s -> x[0].view(Layout.contiguous(x[0].shape()).slice(s.start(), s.size(), s.step()));
            case Op.Pad p -> pad(x[0], p);
            case Op.Cat c -> Lines.cat(c.axis(), shape(op, x), x);
            case Op.Contiguous() -> x[0];
            case Op.Cast c -> cast(x[0], c.to());
            case Op.Gather g -> Lines.gather(x[0], x[1], g.axis());
            case Op.ScatterAdd s -> Lines.scatterAdd(x[0], x[1], s.axis(), shape(op, x));
            case Op.Embedding() -> embedding(x[0], x[1], shape(op, x));
            case Op.EmbeddingGrad e -> embeddingGrad(x[0], x[1], shape(op, x));
            case Op.MatMul() -> Products.matmul(x[0], x[1], shape(op, x));
            case Op.FrozenLinear f -> Products.frozenLinear(x[0], f, shape(op, x));
            case Op.Conv1d c -> Products.conv1d(c, x[0], x[1], shape(op, x));
            case Op.Conv1dInputGrad c -> Products.inputGrad(c, x[0], x[1], shape(op, x));
            case Op.Conv1dWeightGrad c -> Products.weightGrad(c, x[0], x[1], shape(op, x));
            case Op.Softmax() -> RowForms.softmax(x[0]);
            case Op.LogSoftmax() -> RowForms.logSoftmax(x[0]);
            case Op.Norm n -> RowForms.norm(n, x[0]);
            case Op.ScaledNorm n -> RowForms.scaledNorm(n.norm(), x);
            case Op.NormGrad n -> RowForms.normGrad(n.norm(), x[0], x[1]);
            case Op.Attention a -> AttentionForms.attention(a, shape(op, x), x);
            case Op.AttentionGrad a ->
                AttentionForms.gradient(a.of(), shape(op, x), x[0], Arrays.copyOfRange(x, 1, x.length));
            case Op.Rope r -> RowForms.rope(x[0], x[1], x[2], r);
            case Op.Recompute r -> inside(r.segment()::apply, x);
            case Op.CustomOp c -> inside(c::forward, x);
        };
    }

    private static Shape shape(Op op, HyperTensor... x) {
        return Shapes.of(op, tensors(x)).shape();
    }

    private static Tensor[] tensors(HyperTensor... x) {
        return Arrays.stream(x).map(HyperTensor::tensor).toArray(Tensor[]::new);
    }

    // ---------------------------------------------------------------- element by element

    private HyperTensor unary(Op.Unary op, HyperTensor x) {
        return HyperTensor.of(x.shape(), x.dtype(), i -> {
            HyperDual y = Elementwise.apply(op, x.at(i));
            String why = x.at(i).isConstant() ? null : Kink.of(op, x.at(i).f());
            return why == null ? y : kink(op, i, why, y);
        });
    }

    private HyperTensor binary(Op.Binary op, HyperTensor a, HyperTensor b) {
        Shape out = Shape.broadcast(Shapes.name(op), a.shape(), b.shape());
        HyperTensor l = a.expand(out);
        HyperTensor r = b.expand(out);
        return HyperTensor.of(out, a.dtype(), i -> {
            HyperDual y = Elementwise.apply(op, l.at(i), r.at(i));
            boolean tied = op instanceof Op.Maximum && Kink.tie(l.at(i), r.at(i));
            return tied ? kink(op, i, "both operands are " + y.f(), y) : y;
        });
    }

    private HyperTensor compare(Op.Compare op, HyperTensor a, HyperTensor b) {
        Shape out = Shape.broadcast("compare", a.shape(), b.shape());
        HyperTensor l = a.expand(out);
        HyperTensor r = b.expand(out);
        return HyperTensor.of(out, DType.BOOL, i -> {
            if (Kink.tie(l.at(i), r.at(i))) {
                kinks.add(new Kink(op, i, "both operands are " + l.at(i).f()));
            }
            return HyperDual.constant(
                    Elementwise.holds(op.relation(), l.at(i).f(), r.at(i).f()) ? 1 : 0);
        });
    }

    private HyperDual kink(Op op, int entry, String why, HyperDual y) {
        kinks.add(new Kink(op, entry, why));
        return y.withoutDerivatives();
    }

    private static HyperTensor where(HyperTensor condition, HyperTensor a, HyperTensor b) {
        Shape out = Shape.broadcast("where", condition.shape(), Shape.broadcast("where", a.shape(), b.shape()));
        HyperTensor c = condition.expand(out);
        HyperTensor l = a.expand(out);
        HyperTensor r = b.expand(out);
        return HyperTensor.of(out, a.dtype(), i -> c.index(i) != 0 ? l.at(i) : r.at(i));
    }

    /** Rounds to the type; the derivatives of the value before rounding stay. */
    private static HyperTensor cast(HyperTensor x, DType to) {
        double[] rounded = x.tensor().cast(to).toDoubles();
        return HyperTensor.of(x.shape(), to, i -> {
            HyperDual v = x.at(i);
            return to.isFloating()
                    ? new HyperDual(rounded[i], v.f1(), v.f2(), v.f12())
                    : HyperDual.constant(rounded[i]);
        });
    }

    // ---------------------------------------------------------------- sums, moves, rows by index

    private static HyperTensor sumTo(HyperTensor x, Shape to) {
        HyperTensor.Sums y = x.zeros(to);
        Layout into = Layout.contiguous(to).expand(x.shape());
        for (int i = 0; i < x.size(); i++) {
            y.add(into.at(i), x.at(i));
        }
        return y.done();
    }

    private static HyperTensor pad(HyperTensor x, Op.Pad op) {
        HyperTensor.Sums y = x.zeros(op.full());
        Layout into = Layout.contiguous(op.full()).slice(op.start(), x.shape(), op.step());
        for (int i = 0; i < x.size(); i++) {
            y.add(into.at(i), x.at(i));
        }
        return y.done();
    }

    private static HyperTensor embedding(HyperTensor table, HyperTensor ids, Shape out) {
        int d = table.dim(1);
        return HyperTensor.of(out, table.dtype(), at -> table.at(ids.index(at / d) * d + at % d));
    }

    private static HyperTensor embeddingGrad(HyperTensor rows, HyperTensor ids, Shape out) {
        int d = out.dim(1);
        HyperTensor.Sums y = rows.zeros(out);
        for (int at = 0; at < rows.size(); at++) {
            y.add(ids.index(at / d) * d + at % d, rows.at(at));
        }
        return y.done();
    }

    /** An order of equal numbers that move apart is about to change. */
    private HyperTensor order(Op op, HyperTensor order, HyperTensor x) {
        int axis = op instanceof Op.ArgMax a ? a.axis() : ((Op.ArgSort) op).axis();
        Lines.firstTie(x, axis, op instanceof Op.ArgMax)
                .ifPresent(
                        tie -> kinks.add(new Kink(op, tie.entry(), "two elements along the axis are " + tie.value())));
        return order;
    }

    // ---------------------------------------------------------------- what is made of other ops

    /** A function of tensors, recorded at these values and run once more over hyper-dual numbers. */
    private HyperTensor inside(Function<List<Tensor>, Tensor> f, HyperTensor... x) {
        List<Tensor> leaves = new ArrayList<>();
        Map<Tensor, HyperTensor> moving = new IdentityHashMap<>();
        for (HyperTensor v : x) {
            Tensor leaf = v.dtype().isFloating() ? v.tensor().track() : v.tensor();
            leaves.add(leaf);
            moving.put(leaf, v);
        }
        return new Replay(this, moving).of(f.apply(leaves));
    }
}
