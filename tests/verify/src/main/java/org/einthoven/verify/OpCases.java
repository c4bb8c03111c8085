package org.einthoven.verify;

import static org.einthoven.verify.Operands.away;
import static org.einthoven.verify.Operands.half;
import static org.einthoven.verify.Operands.normal;
import static org.einthoven.verify.Operands.positive;
import static org.einthoven.verify.Operands.q8;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.einthoven.autograd.Recompute;
import org.einthoven.tensor.DType;
import org.einthoven.tensor.Ints;
import org.einthoven.tensor.Shape;
import org.einthoven.tensor.Tensor;
import org.einthoven.tensor.op.Op;
import org.einthoven.tensor.op.Shapes;
import org.einthoven.tensor.op.Sight;

/** The cases of {@link OpRegistry}: every op there is, with each attribute at more than one value, off kinks and ties. */
final class OpCases {
    private OpCases() {}

    static List<OpCase> all() {
        List<OpCase> c = new ArrayList<>();
        elementwise(c);
        pairs(c);
        sums(c);
        moves(c);
        indexing(c);
        counting(c);
        products(c);
        convolutions(c);
        rows(c);
        attention(c);
        open(c);
        return List.copyOf(c);
    }

    private static void elementwise(List<OpCase> c) {
        Tensor x = normal("x", 2, 3);
        c.add(OpCase.of("neg", new Op.Neg(), x));
        c.add(OpCase.of("exp", new Op.Exp(), x));
        c.add(OpCase.of("log", new Op.Log(), positive("log", 2, 3)));
        c.add(OpCase.of("sqrt", new Op.Sqrt(), positive("sqrt", 2, 3)));
        c.add(OpCase.of("recip", new Op.Recip(), away(0, 0.7, "recip", 2, 3)));
        c.add(OpCase.of("tanh", new Op.Tanh(), x));
        c.add(OpCase.of("sigmoid", new Op.Sigmoid(), x));
        c.add(OpCase.of("softplus", new Op.Softplus(), x));
        c.add(OpCase.of("sin", new Op.Sin(), x));
        c.add(OpCase.of("cos", new Op.Cos(), x));
        c.add(OpCase.of("erf", new Op.Erf(), x));
        c.add(OpCase.of("abs", new Op.Abs(), away(0, 0.2, "abs", 2, 3)));
        c.add(OpCase.of("sign", new Op.Sign(), away(0, 0.2, "sign", 2, 3)));
        for (double p : new double[] {2, 3, 0.5, -1, 2.5}) {
            c.add(OpCase.of("power " + p, new Op.Power(p), positive("power", 2, 3)));
        }
        c.add(OpCase.of(
                "power 3 of negative",
                new Op.Power(3),
                away(0, 0.2, "power", 2, 3).abs().neg()));
        c.add(OpCase.of("leakyRelu 0", new Op.LeakyRelu(0), away(0, 0.2, "relu", 2, 3)));
        c.add(OpCase.of("leakyRelu 0.1", new Op.LeakyRelu(0.1), away(0, 0.2, "relu", 2, 3)));
        c.add(OpCase.of("gelu", new Op.Gelu(), x));
        c.add(OpCase.of("geluSlope", new Op.GeluSlope(), x));
        c.add(OpCase.of("silu", new Op.Silu(), x));
        Tensor spread = Tensor.of(new double[] {-2, -0.4, 0.1, 0.6, 1.4, 3}, 2, 3);
        c.add(OpCase.of("clamp", new Op.Clamp(-0.5, 1.2), spread));
        c.add(OpCase.of("clamp below only", new Op.Clamp(0, Double.POSITIVE_INFINITY), spread));
    }

    private static void pairs(List<OpCase> c) {
        List<Op> ops = List.of(new Op.Add(), new Op.Sub(), new Op.Mul(), new Op.Div(), new Op.Maximum());
        for (Op op : ops) {
            String name = op.getClass().getSimpleName().toLowerCase(Locale.ROOT);
            Tensor a = normal("a", 2, 3);
            Tensor b = away(0, 0.7, "b", 2, 3);
            c.add(OpCase.of(name, op, a, b));
            c.add(OpCase.of(name + " broadcast right", op, a, away(0, 0.7, "row", 3)));
            c.add(OpCase.of(name + " broadcast both", op, normal("column", 2, 1, 2), away(0, 0.7, "rows", 3, 1)));
            c.add(OpCase.of(name + " scalar left", op, Tensor.scalar(0.3, DType.F64), b));
        }
        Tensor mask = Tensor.of(new boolean[] {true, false, true, false, false, true}, 2, 3);
        c.add(OpCase.of("where", new Op.Where(), mask, normal("a", 2, 3), normal("b", 2, 3)));
        c.add(OpCase.of("where broadcast", new Op.Where(), mask.select(0, 0), normal("a", 2, 1), normal("b", 3)));
    }

    private static void sums(List<OpCase> c) {
        Tensor x = normal("x", 2, 3, 2);
        for (int[] to : new int[][] {{}, {2}, {3, 1}, {2, 1, 2}, {1, 1, 1}}) {
            c.add(OpCase.of("sumTo " + Shape.of(to), new Op.SumTo(Shape.of(to)), x));
        }
        c.add(OpCase.of("cumSum", new Op.CumSum(1, false), x));
        c.add(OpCase.of("cumSum reverse", new Op.CumSum(0, true), x));
        c.add(OpCase.of("expand", new Op.Expand(Shape.of(2, 3, 2)), normal("narrow", 3, 1)));
    }

    private static void moves(List<OpCase> c) {
        Tensor x = normal("x", 2, 3, 2);
        c.add(OpCase.of("reshape", new Op.Reshape(Shape.of(4, 3)), x));
        c.add(OpCase.of("permute", new Op.Permute(Ints.of(2, 0, 1)), x));
        Tensor long_ = normal("long", 2, 5);
        c.add(OpCase.of("slice", new Op.Slice(Ints.of(1, 1), Shape.of(1, 2), Ints.of(1, 2)), long_));
        c.add(OpCase.of("slice backwards", new Op.Slice(Ints.of(1, 4), Shape.of(2, 2), Ints.of(-1, -3)), long_));
        c.add(OpCase.of("slice to nothing", new Op.Slice(Ints.of(0, 0), Shape.of(0, 5), Ints.of(1, 1)), long_));
        Tensor small = normal("small", 2, 2);
        c.add(OpCase.of("pad", new Op.Pad(Shape.of(2, 5), Ints.of(0, 1), Ints.of(1, 1)), small));
        c.add(OpCase.of("pad between", new Op.Pad(Shape.of(3, 5), Ints.of(1, 0), Ints.of(1, 3)), small));
        c.add(OpCase.of("pad backwards", new Op.Pad(Shape.of(2, 5), Ints.of(1, 4), Ints.of(-1, -2)), small));
        c.add(OpCase.of("cat 0", new Op.Cat(0), small, normal("more", 1, 2), normal("most", 3, 2)));
        c.add(OpCase.of("cat 1", new Op.Cat(1), small, normal("wide", 2, 3)));
        c.add(OpCase.of("contiguous", new Op.Contiguous(), x));
        c.add(OpCase.of("cast", new Op.Cast(DType.F64), x));
    }

    private static void indexing(List<OpCase> c) {
        Tensor x = normal("x", 2, 3);
        Tensor across = Tensor.of(new int[] {2, 0, 2, 2, 1, 1, 1, 0}, 2, 4);
        Tensor down = Tensor.of(new int[] {1, 1, 0}, 1, 3);
        c.add(OpCase.of("gather", new Op.Gather(1), x, across));
        c.add(OpCase.of("gather 0", new Op.Gather(0), x, down));
        c.add(OpCase.of("scatterAdd", new Op.ScatterAdd(1, 3), normal("source", 2, 4), across));
        c.add(OpCase.of("scatterAdd 0", new Op.ScatterAdd(0, 4), normal("source", 1, 3), down));
        Tensor ids = Tensor.of(new int[] {3, 0, 3, 1}, 2, 2);
        c.add(OpCase.of("embedding", new Op.Embedding(), normal("table", 5, 2), ids));
        c.add(OpCase.of("embeddingGrad", new Op.EmbeddingGrad(5), normal("rows", 2, 2, 3), ids));
    }

    private static void counting(List<OpCase> c) {
        Tensor a = normal("a", 2, 3);
        for (Op.Relation relation : Op.Relation.values()) {
            Op op = new Op.Compare(relation);
            c.add(OpCase.withoutDerivative(
                    "compare " + relation, op, a, a.slice(1, 0, 1).expand(2, 3)));
        }
        Tensor ties = Tensor.of(new double[] {1, 3, 3, -2, 0, -2, 0, 5, 5, 1, 1, 1}, 2, 3, 2);
        for (int axis = 0; axis < 3; axis++) {
            c.add(OpCase.withoutDerivative("argMax " + axis, new Op.ArgMax(axis), ties));
            c.add(OpCase.withoutDerivative("argSort " + axis, new Op.ArgSort(axis, false), ties));
            c.add(OpCase.withoutDerivative("argSort descending " + axis, new Op.ArgSort(axis, true), ties));
        }
    }

    private static void products(List<OpCase> c) {
        c.add(OpCase.of("matmul", new Op.MatMul(), normal("a", 2, 3), normal("b", 3, 2)));
        c.add(OpCase.of("matmul batched", new Op.MatMul(), normal("a", 2, 1, 2, 3), normal("b", 3, 3, 1)));
        c.add(OpCase.of("matmul broadcast left", new Op.MatMul(), normal("a", 2, 3), normal("b", 2, 3, 2)));
        c.add(OpCase.of("matmul empty", new Op.MatMul(), normal("a", 2, 0), normal("b", 0, 2)));
        for (boolean transposed : new boolean[] {false, true}) {
            String how = transposed ? " transposed" : "";
            Tensor w = normal("w", 2, 3);
            Tensor x = normal("x", 2, 2, transposed ? 2 : 3);
            c.add(OpCase.of("frozenLinear F64" + how, new Op.FrozenLinear(w, transposed), x));
            c.add(OpCase.of("frozenLinear F32" + how, new Op.FrozenLinear(w.cast(DType.F32), transposed), x));
            c.add(OpCase.of(
                    "frozenLinear strided" + how,
                    new Op.FrozenLinear(Strides.COLUMN_MAJOR_SPACED.of(w), transposed),
                    x));
            c.add(OpCase.of("frozenLinear BF16" + how, new Op.FrozenLinear(half(DType.BF16, 2, 3), transposed), x));
            c.add(OpCase.of("frozenLinear F16" + how, new Op.FrozenLinear(half(DType.F16, 2, 3), transposed), x));
            Tensor row = normal("x", 1, transposed ? 2 : 32);
            c.add(OpCase.of("frozenLinear Q8_0" + how, new Op.FrozenLinear(q8(2, 32), transposed), row));
        }
    }

    private static void convolutions(List<OpCase> c) {
        record Setting(int stride, int padding, int dilation, int groups, int kernel, int time) {}
        List<Setting> settings = List.of(
                new Setting(1, 0, 1, 1, 2, 4),
                new Setting(2, 1, 1, 1, 3, 6), // the last step is not reached
                new Setting(1, 2, 2, 2, 2, 5),
                new Setting(3, 2, 2, 2, 3, 7),
                new Setting(2, 0, 1, 1, 1, 5)); // steps that no tap reads
        for (Setting s : settings) {
            int in = 2;
            int out = 2 * s.groups;
            Op.Conv1d forward = new Op.Conv1d(s.stride, s.padding, s.dilation, s.groups);
            int steps = Shapes.convTime(s.time, s.kernel, forward);
            Tensor x = normal("x", 2, in, s.time);
            Tensor w = normal("w", out, in / s.groups, s.kernel);
            Tensor y = normal("y", 2, out, steps);
            c.add(OpCase.of("conv1d " + s, forward, x, w));
            c.add(OpCase.of(
                    "conv1dInputGrad " + s,
                    new Op.Conv1dInputGrad(s.stride, s.padding, s.dilation, s.groups, s.time),
                    y,
                    w));
            c.add(OpCase.of(
                    "conv1dWeightGrad " + s,
                    new Op.Conv1dWeightGrad(s.stride, s.padding, s.dilation, s.groups, s.kernel),
                    x,
                    y));
        }
    }

    private static void rows(List<OpCase> c) {
        Tensor x = normal("rows", 2, 4);
        c.add(OpCase.of("softmax", new Op.Softmax(), x));
        c.add(OpCase.of("softmax rank 1", new Op.Softmax(), normal("row", 3)));
        c.add(OpCase.of("logSoftmax", new Op.LogSoftmax(), x));
        for (double eps : new double[] {1e-5, 0.3}) {
            c.add(OpCase.of("layerNorm " + eps, new Op.LayerNorm(eps), x));
            c.add(OpCase.of("rmsNorm " + eps, new Op.RmsNorm(eps), x));
            Tensor weight = normal("weight", 4);
            c.add(OpCase.of(
                    "layerNorm scaled " + eps, new Op.ScaledNorm(new Op.LayerNorm(eps)), x, weight, normal("bias", 4)));
            c.add(OpCase.of("rmsNorm scaled " + eps, new Op.ScaledNorm(new Op.RmsNorm(eps)), x, weight));
            c.add(OpCase.of("layerNorm grad " + eps, new Op.NormGrad(new Op.LayerNorm(eps)), normal("g", 2, 4), x));
            c.add(OpCase.of("rmsNorm grad " + eps, new Op.NormGrad(new Op.RmsNorm(eps)), normal("g", 2, 4), x));
        }
        Tensor angles = normal("angles", 3, 2);
        for (boolean interleaved : new boolean[] {false, true}) {
            for (boolean inverse : new boolean[] {false, true}) {
                Op op = new Op.Rope(interleaved, inverse);
                c.add(OpCase.of(op.toString(), op, normal("x", 2, 3, 4), angles.cos(), angles.sin()));
            }
        }
    }

    private static void attention(List<OpCase> c) {
        Tensor hidden = Tensor.of(new boolean[] {false, true, false}, 3);
        Tensor q = normal("queries", 2, 2, 2); // [H, T, E]
        Tensor k = normal("keys", 1, 3, 2); // [G, S, E]
        Tensor v = normal("values", 1, 3, 1); // [G, S, F]
        List<Op.Attention> ways = List.of(
                new Op.Attention(Sight.ALL, 0.5),
                new Op.Attention(Sight.CAUSAL, 0.8),
                new Op.Attention(Sight.latest(2), 0.7),
                new Op.Attention(new Sight(1, 1), 0.6, 1.5));
        for (Op.Attention op : ways) {
            c.add(OpCase.of(op.toString(), op, q, k, v));
        }
        Op.Attention capped = ways.getLast();
        c.add(OpCase.of("attention with hidden keys", capped, q, k, v, hidden));
        Op.Attention all = new Op.Attention(Sight.ALL, 1);
        Tensor own = normal("own", 2, 2, 3, 2); // each head its own keys, two items
        c.add(OpCase.of("attention to itself", all, own, own.flip(0), own.flip(1)));
        c.add(OpCase.of("attention of nothing", all, normal("none", 2, 2, 0, 2), own, own));
        Tensor g = normal("given", 2, 2, 1);
        c.add(OpCase.of("attention grad", new Op.AttentionGrad(ways.getFirst()), g, q, k, v));
        c.add(OpCase.of("attention grad with hidden keys", new Op.AttentionGrad(capped), g, q, k, v, hidden));
    }

    private static void open(List<OpCase> c) {
        Op.Segment product = x -> x.get(0).mul(x.get(1)).tanh().add(x.get(0).square());
        c.add(OpCase.of("recompute", new Op.Recompute(product), normal("a", 2, 3), normal("b", 3)));
        Op.Segment lookup = x -> x.get(0).gather(1, x.get(1)).sigmoid();
        Tensor index = Tensor.of(new int[] {1, 1, 0, 2}, 2, 2);
        c.add(OpCase.of("recompute with an index", new Op.Recompute(lookup), normal("a", 2, 3), index));
        Op.Segment nested = x -> Recompute.of(product, x.get(0).exp(), x.get(1)).mul(x.get(1));
        c.add(OpCase.of("recompute nested", new Op.Recompute(nested), normal("a", 2), normal("b", 2)));
        c.add(OpCase.of("custom", new CubeOfFirst(), normal("a", 2, 3), normal("b", 2, 3)));
    }

    /** A user's op: a^3, with a second operand that has no part in it. */
    private record CubeOfFirst() implements Op.CustomOp {
        @Override
        public String name() {
            return "cubeOfFirst";
        }

        @Override
        public Tensor forward(List<Tensor> x) {
            return x.get(0).square().mul(x.get(0));
        }

        @Override
        public List<Tensor> vjp(Tensor g, List<Tensor> x, Tensor y) {
            List<Tensor> all = new ArrayList<>();
            all.add(g.mul(x.get(0).square()).mul(3));
            all.add(null);
            return all;
        }
    }
}
