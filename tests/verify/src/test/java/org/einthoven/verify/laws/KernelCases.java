package org.einthoven.verify.laws;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.DoubleUnaryOperator;
import org.einthoven.tensor.DType;
import org.einthoven.tensor.Ints;
import org.einthoven.tensor.Rng;
import org.einthoven.tensor.Shape;
import org.einthoven.tensor.Tensor;
import org.einthoven.tensor.op.Op;
import org.einthoven.tensor.op.Shapes;
import org.einthoven.tensor.op.Sight;
import org.einthoven.verify.OpCase;
import org.einthoven.verify.OpRegistry;

/** Every op that has a kernel, in F32, on operands of rows x columns. */
final class KernelCases {
    private static final Rng RNG = Rng.of(77);

    private final int rows;
    private final int columns;
    private final List<KernelCase> cases = new ArrayList<>();

    private KernelCases(int rows, int columns) {
        this.rows = rows;
        this.columns = columns;
    }

    /** 66,637 elements: more than two chunks of the cheapest kernels; 1801 is prime, so each row ends within a vector. */
    static List<KernelCase> large() {
        return new KernelCases(37, 1801).all();
    }

    /** 1,665 elements: vectors and rests, and quick where vectors are slow. */
    static List<KernelCase> small() {
        return new KernelCases(5, 333).all();
    }

    /** The ops that have no kernel: layouts alone, or made of other ops. */
    static boolean hasKernel(Class<?> op) {
        return !Op.View.class.isAssignableFrom(op) && op != Op.Recompute.class && op != Op.CustomOp.class;
    }

    private List<KernelCase> all() {
        elementwise();
        sums();
        moves();
        indexing();
        products();
        rowForms();
        attention();
        return List.copyOf(cases);
    }

    private void add(String name, Op op, int terms, Tensor... operands) {
        cases.add(new KernelCase(name, op, terms, List.of(operands)));
    }

    private void elementwise() {
        Tensor x = normal("x", rows, columns);
        Tensor positive = x.abs().add(0.1);
        for (Op op : operations(Op.Unary.class)) {
            boolean ofPositive = op instanceof Op.Log || op instanceof Op.Sqrt || op instanceof Op.Power;
            boolean exact = op instanceof Op.Neg || op instanceof Op.Abs || op instanceof Op.Sign;
            add(op.toString(), op, exact ? 0 : 8, ofPositive ? positive : x);
        }
        for (Op op : operations(Op.Binary.class)) {
            add(op + " of equal shapes", op, 1, x, positive);
            add(op + " with a row", op, 1, x, positive.select(0, 0));
            add(op + " with a column", op, 1, x, positive.slice(1, 0, 1));
        }
        for (Op.Relation r : Op.Relation.values()) {
            add("compare " + r, new Op.Compare(r), 0, x, x.flip(0));
        }
        add("where", new Op.Where(), 0, x.gt(0), x, positive);
    }

    /** Each distinct op of a family that the registry has. */
    private static Set<Op> operations(Class<? extends Op> family) {
        Set<Op> ops = new LinkedHashSet<>();
        OpRegistry.cases(family).stream().map(OpCase::op).forEach(ops::add);
        return ops;
    }

    private void sums() {
        Tensor x = normal("x", rows, columns);
        add("sum of all", new Op.SumTo(Shape.SCALAR), rows * columns, x);
        add("sums of rows", new Op.SumTo(Shape.of(rows, 1)), columns, x);
        add("sums of columns", new Op.SumTo(Shape.of(columns)), rows, x);
        add("cumSum along rows", new Op.CumSum(1, false), columns, x);
        add("cumSum along columns, reversed", new Op.CumSum(0, true), rows, x);
        add("argMax along rows", new Op.ArgMax(1), 0, x);
        add("argMax along columns", new Op.ArgMax(0), 0, x);
        add("argSort", new Op.ArgSort(1, true), 0, x);
    }

    private void moves() {
        Tensor x = normal("x", rows, columns);
        Shape full = Shape.of(rows + 3, 2 * columns + 1);
        add("pad", new Op.Pad(full, Ints.of(1, 2), Ints.of(1, 1)), 0, x);
        add("pad between", new Op.Pad(full, Ints.of(1, 0), Ints.of(1, 2)), 0, x);
        add("cat of rows", new Op.Cat(0), 0, x, x.flip(0));
        add("cat of columns", new Op.Cat(1), 0, x, x.flip(1));
        add("contiguous", new Op.Contiguous(), 0, x.t());
        for (DType to : new DType[] {DType.F64, DType.I32, DType.BOOL}) {
            add("cast to " + to, new Op.Cast(to), 0, x.mul(3));
        }
    }

    private void indexing() {
        Tensor x = normal("x", rows, columns);
        Tensor within = integers("columns", columns, rows, columns);
        Tensor across = integers("rows", rows, rows, columns);
        add("gather along rows", new Op.Gather(1), 0, x, within);
        add("gather along columns", new Op.Gather(0), 0, x, across);
        add("scatterAdd along rows", new Op.ScatterAdd(1, columns), columns, x, within);
        add("scatterAdd along columns", new Op.ScatterAdd(0, rows), rows, x, across);
        Tensor ids = integers("ids", rows, 2 * rows);
        add("embedding", new Op.Embedding(), 0, x, ids);
        add("embeddingGrad", new Op.EmbeddingGrad(rows), 2 * rows, normal("given", 2 * rows, columns), ids);
    }

    private void products() {
        Tensor x = normal("x", rows, columns);
        add("matmul", new Op.MatMul(), columns, x, normal("y", columns, 45));
        add("matmul of a row", new Op.MatMul(), columns, x.slice(0, 0, 1), normal("y", columns, 45));
        add("matmul batched", new Op.MatMul(), rows, normal("a", 3, 21, rows), normal("b", 1, rows, columns));
        Tensor w = normal("w", 19, columns);
        add("frozenLinear F32", new Op.FrozenLinear(w, false), columns, x);
        add("frozenLinear F32 transposed", new Op.FrozenLinear(w, true), 19, normal("y", rows, 19));
        for (DType type : new DType[] {DType.F16, DType.BF16, DType.Q8_0}) {
            int in = columns / 32 * 32;
            Tensor stored = blocks(type, 19, in);
            add("frozenLinear " + type, new Op.FrozenLinear(stored, false), in, x.slice(1, 0, in));
            add(
                    "frozenLinear " + type + " of a row",
                    new Op.FrozenLinear(stored, false),
                    in,
                    x.slice(1, 0, in).slice(0, 0, 1));
            add("frozenLinear " + type + " transposed", new Op.FrozenLinear(stored, true), 19, normal("y", rows, 19));
        }
        convolution(new Op.Conv1d(1, 2, 1, 1), 4, 6);
        convolution(new Op.Conv1d(2, 1, 2, 2), 4, 6);
        convolution(new Op.Conv1d(1, 2, 1, 4), 4, 4);
    }

    private void convolution(Op.Conv1d c, int in, int out) {
        int kernel = 5;
        int steps = Shapes.convTime(columns, kernel, c);
        Tensor x = normal("x", 2, in, columns);
        Tensor y = normal("y", 2, out, steps);
        Tensor w = normal("w", out, in / c.groups(), kernel);
        add(c.toString(), c, in / c.groups() * kernel, x, w);
        Op inputGrad = new Op.Conv1dInputGrad(c.stride(), c.padding(), c.dilation(), c.groups(), columns);
        add(inputGrad.toString(), inputGrad, out / c.groups() * kernel, y, w);
        Op weightGrad = new Op.Conv1dWeightGrad(c.stride(), c.padding(), c.dilation(), c.groups(), kernel);
        add(weightGrad.toString(), weightGrad, 2 * steps, x, y);
    }

    private void rowForms() {
        Tensor x = normal("x", rows, columns);
        add("softmax", new Op.Softmax(), columns, x);
        add("logSoftmax", new Op.LogSoftmax(), columns, x);
        add("layerNorm", new Op.LayerNorm(1e-5), columns, x);
        add("rmsNorm", new Op.RmsNorm(1e-5), columns, x);
        Tensor weight = normal("weight", columns);
        add("layerNorm scaled", new Op.ScaledNorm(new Op.LayerNorm(1e-5)), columns, x, weight, normal("bias", columns));
        add("rmsNorm scaled", new Op.ScaledNorm(new Op.RmsNorm(1e-5)), columns, x, weight);
        Tensor g = normal("g", rows, columns);
        add("layerNorm grad", new Op.NormGrad(new Op.LayerNorm(1e-5)), columns, g, x);
        add("rmsNorm grad", new Op.NormGrad(new Op.RmsNorm(1e-5)), columns, g, x);
        int time = columns / 10;
        Tensor cos = ofAngles(StrictMath::cos, time, 9);
        Tensor sin = ofAngles(StrictMath::sin, time, 9);
        for (boolean interleaved : new boolean[] {false, true}) {
            Op op = new Op.Rope(interleaved, interleaved);
            add(op.toString(), op, 2, normal("turned", rows, time, 18), cos, sin);
        }
    }

    private void attention() {
        int queries = 4 * rows;
        int keys = columns / 6;
        Tensor q = normal("queries", 1, 4, queries, 32);
        Tensor k = normal("keys", 1, 2, keys, 32);
        Tensor v = normal("values", 1, 2, keys, 21);
        Tensor g = normal("given", 1, 4, queries, 21);
        Tensor hidden = normal("hidden", queries, keys).gt(1);
        Op.Attention causal = new Op.Attention(Sight.CAUSAL, 0.18);
        Op.Attention window = new Op.Attention(Sight.latest(keys / 2), 0.3, 2);
        add("attention", new Op.Attention(Sight.ALL, 0.18), keys, q, k, v);
        add("attention, causal", causal, keys, q, k, v);
        add("attention, capped, of a window, hidden", window, keys, q, k, v, hidden);
        add("attention grad, causal", new Op.AttentionGrad(causal), keys, g, q, k, v);
        add("attention grad, capped, of a window, hidden", new Op.AttentionGrad(window), keys, g, q, k, v, hidden);
    }

    // ---------------------------------------------------------------- operands

    private static Tensor normal(String name, int... shape) {
        return RNG.split(name).normal(shape);
    }

    /** By plain Java, since the backend that is the default may differ between two JVMs whose bits are compared. */
    private static Tensor ofAngles(DoubleUnaryOperator f, int... shape) {
        float[] v = normal("angle", shape).toFloats();
        for (int i = 0; i < v.length; i++) {
            v[i] = (float) f.applyAsDouble(v[i]);
        }
        return Tensor.of(v, shape);
    }

    private static Tensor integers(String name, int below, int... shape) {
        int[] v =
                RNG.split(name).stream().ints(Shape.of(shape).size(), 0, below).toArray();
        return Tensor.of(v, shape);
    }

    /** Stored weights of random bits; scales and halves are finite. */
    private static Tensor blocks(DType type, int rows, int columns) {
        MemorySegment s = Arena.ofAuto().allocate(type.bytes((long) rows * columns), 2);
        float[] w = RNG.split("blocks").normal((int) s.byteSize() / 2).toFloats();
        for (int i = 0; i < w.length; i++) {
            boolean weight = type == DType.Q8_0 && 2L * i % type.blockBytes() != 0;
            short bits = type == DType.BF16
                    ? (short) (Float.floatToRawIntBits(w[i]) >>> 16)
                    : Float.floatToFloat16(weight ? w[i] : w[i] / 16);
            s.set(ValueLayout.JAVA_SHORT_UNALIGNED, 2L * i, bits);
        }
        return Tensor.blocks(type, s, rows, columns);
    }
}
