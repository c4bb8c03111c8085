package org.einthoven.nd4j;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.einthoven.tensor.DType;
import org.einthoven.tensor.Shape;
import org.einthoven.tensor.Tensor;
import org.einthoven.tensor.op.Op;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.Conv1DConfig;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.PaddingMode;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Our operations in those of ND4J's SameDiff. The switch has a row for each of ours, so a new one must be decided upon; what
 * ND4J lacks is empty, with the reason beside it. A closed form in ND4J's ops stands where it has an approximation only.
 */
record SameDiffOps(SameDiff graph) {
    /**
     * @param x our operands in ND4J
     * @param operands the same as tensors, for shapes and for indices
     * @param result shape of our result
     */
    Optional<SDVariable> of(Op op, List<SDVariable> x, List<Tensor> operands, Shape result) {
        return Optional.ofNullable(
                switch (op) {
                    case Op.Unary u -> unary(u, x.getFirst());
                    case Op.Binary b ->
                        binary(
                                b,
                                broadcast(x.get(0), operands.get(0).shape(), result),
                                broadcast(x.get(1), operands.get(1).shape(), result));
                    case Op.Compare c ->
                        null; // results are truth values, without a derivative: compared by other tests
                    case Op.Where() -> null; // asks for equal shapes, and has no derivative
                    case Op.SumTo s -> sumTo(x.getFirst(), operands.getFirst().shape(), s.to());
                    case Op.CumSum c -> graph.cumsum(x.getFirst(), false, c.reverse(), c.axis());
                    case Op.ArgMax a -> null; // an index, without a derivative
                    case Op.ArgSort a -> null; // sorts values, not indices
                    case Op.Reshape r -> graph.reshape(x.getFirst(), longs(r.to()));
                    case Op.Permute p -> graph.permute(x.getFirst(), p.axes().toArray());
                    case Op.Expand e ->
                        broadcast(x.getFirst(), operands.getFirst().shape(), e.to());
                    case Op.Slice s -> slice(s, x.getFirst());
                    case Op.Pad p -> pad(p, x.getFirst(), operands.getFirst().shape());
                    case Op.Cat c -> graph.concat(c.axis(), x.toArray(SDVariable[]::new));
                    case Op.Contiguous() -> null; // nothing to compute
                    case Op.Cast c -> null; // nothing to compute in F64
                    case Op.Gather g -> null; // gathers whole slices only: Embedding
                    case Op.ScatterAdd s -> null; // scatters whole slices only: EmbeddingGrad
                    case Op.Embedding() -> embedding(x.get(0), operands.get(0), operands.get(1), result);
                    case Op.EmbeddingGrad e -> embeddingGrad(e, x.get(0), operands.get(0), operands.get(1));
                    case Op.MatMul() -> matmul(x, operands);
                    case Op.FrozenLinear f -> frozenLinear(f, x.getFirst(), operands.getFirst(), result);
                    case Op.Conv1d c -> conv1d(c, x, operands);
                    case Op.Conv1dInputGrad c -> null; // conv1d_bp has it, but no derivative of that
                    case Op.Conv1dWeightGrad c -> null; // likewise
                    case Op.Softmax() -> graph.nn().softmax(x.getFirst(), result.rank() - 1);
                    // Its logSoftmax over an axis cannot be differentiated.
                    case Op.LogSoftmax() -> graph.math().log(graph.nn().softmax(x.getFirst(), result.rank() - 1));
                    case Op.LayerNorm n -> layerNorm(n, x.getFirst(), result);
                    case Op.RmsNorm n -> normalised(x.getFirst(), result, n.eps());
                    case Op.ScaledNorm n -> null; // its layerNorm has no epsilon
                    case Op.NormGrad n -> null; // layer_norm_bp has it, but no derivative of that
                    case Op.Attention a -> null; // its multiHeadDotProductAttention is of [B, E, T] and has weights of its own
                    case Op.AttentionGrad a -> null; // none
                    case Op.Rope r -> null; // none
                    case Op.Recompute r -> null; // nothing to compute
                    case Op.CustomOp c -> null; // a user's own
                });
    }

    private SDVariable unary(Op.Unary op, SDVariable x) {
        return switch (op) {
            case Op.Neg() -> x.neg();
            case Op.Exp() -> graph.math().exp(x);
            case Op.Log() -> graph.math().log(x);
            case Op.Sqrt() -> graph.math().sqrt(x);
            case Op.Recip() -> graph.math().reciprocal(x);
            case Op.Tanh() -> graph.math().tanh(x);
            case Op.Sigmoid() -> graph.nn().sigmoid(x);
            case Op.Softplus() -> graph.nn().softplus(x);
            case Op.Sin() -> graph.math().sin(x);
            case Op.Cos() -> graph.math().cos(x);
            case Op.Erf() -> graph.math().erf(x);
            case Op.Abs() -> graph.math().abs(x);
            case Op.Sign() -> graph.math().sign(x);
            case Op.Power p -> graph.math().pow(x, p.exponent());
            case Op.LeakyRelu l -> graph.nn().leakyRelu(x, l.slope());
            // Its gelu is by the sigmoid, its preciseGelu by the hyperbolic tangent.
            case Op.Gelu() ->
                x.mul(graph.math().erf(x.mul(Math.sqrt(0.5))).add(1).mul(0.5));
            case Op.GeluSlope() -> null; // none
            case Op.Silu() -> graph.nn().swish(x);
            case Op.Clamp c ->
                Double.isFinite(c.low()) && Double.isFinite(c.high())
                        ? graph.math().clipByValue(x, c.low(), c.high())
                        : null;
        };
    }

    /** Its own broadcasting forgets to sum some gradients, of [1, 1] with [1, 2, 1, 1] for one; tiles do not. */
    private SDVariable broadcast(SDVariable x, Shape from, Shape to) {
        int missing = to.rank() - from.rank();
        long[] full = new long[to.rank()];
        int[] times = new int[to.rank()];
        for (int i = 0; i < full.length; i++) {
            full[i] = i < missing ? 1 : from.dim(i - missing);
            times[i] = to.dim(i) / (int) full[i];
        }
        SDVariable same = missing == 0 ? x : graph.reshape(x, full);
        return Arrays.stream(times).allMatch(n -> n == 1) ? same : graph.tile(same, times);
    }

    private SDVariable binary(Op.Binary op, SDVariable a, SDVariable b) {
        return switch (op) {
            case Op.Add() -> a.add(b);
            case Op.Sub() -> a.sub(b);
            case Op.Mul() -> a.mul(b);
            case Op.Div() -> a.div(b);
            case Op.Maximum() -> graph.math().max(a, b);
        };
    }

    /** Leading axes that the result lacks, and those that it has as 1. */
    private SDVariable sumTo(SDVariable x, Shape from, Shape to) {
        int missing = from.rank() - to.rank();
        int[] axes = IntStream.range(0, from.rank())
                .filter(i -> i < missing || to.dim(i - missing) == 1 && from.dim(i) != 1)
                .toArray();
        SDVariable sum = axes.length == 0 ? x.mul(1) : graph.sum(x, true, axes);
        return graph.reshape(sum, longs(to));
    }

    /** Forwards only. */
    private SDVariable slice(Op.Slice s, SDVariable x) {
        if (isDense(s)) {
            return graph.slice(x, s.start().toArray(), s.size().toArray());
        }
        int rank = s.size().rank();
        long[] begin = new long[rank];
        long[] end = new long[rank];
        long[] step = new long[rank];
        for (int i = 0; i < rank; i++) {
            begin[i] = s.start().get(i);
            step[i] = s.step().get(i);
            end[i] = begin[i] + (s.size().dim(i) - 1) * step[i] + 1;
        }
        return Arrays.stream(step).allMatch(n -> n > 0) ? graph.stridedSlice(x, begin, end, step) : null;
    }

    private static boolean isDense(Op.Slice s) {
        return Arrays.stream(s.step().toArray()).allMatch(n -> n == 1);
    }

    /** Around, not between. */
    private SDVariable pad(Op.Pad p, SDVariable x, Shape from) {
        int rank = from.rank();
        int[][] around = new int[rank][];
        for (int i = 0; i < rank; i++) {
            if (p.step().get(i) != 1) {
                return null;
            }
            around[i] = new int[] {
                p.start().get(i), p.full().dim(i) - from.dim(i) - p.start().get(i)
            };
        }
        return graph.nn().pad(x, graph.constant(Nd4j.createFromArray(around)), 0);
    }

    /** As a product with rows of 0 and one 1: the derivative of its gather forgets ids that come twice. */
    private SDVariable embedding(SDVariable table, Tensor rows, Tensor ids, Shape result) {
        int[] at = ids.toInts();
        double[][] pick = new double[at.length][rows.dim(0)];
        for (int i = 0; i < at.length; i++) {
            pick[i][at[i]] = 1;
        }
        return graph.reshape(graph.mmul(graph.constant(Nd4j.createFromArray(pick)), table), longs(result));
    }

    private SDVariable embeddingGrad(Op.EmbeddingGrad e, SDVariable rows, Tensor operand, Tensor ids) {
        SDVariable flat = graph.reshape(rows, ids.size(), operand.dim(-1));
        return graph.unsortedSegmentSum(flat, graph.constant(Nd4j.createFromArray(ids.toInts())), e.rows());
    }

    /** Its batches do not broadcast. */
    private SDVariable matmul(List<SDVariable> x, List<Tensor> operands) {
        Shape a = operands.get(0).shape();
        Shape b = operands.get(1).shape();
        boolean alike = a.rank() == b.rank() && IntStream.range(0, a.rank() - 2).allMatch(i -> a.dim(i) == b.dim(i));
        return alike ? graph.mmul(x.get(0), x.get(1)) : null;
    }

    private SDVariable frozenLinear(Op.FrozenLinear f, SDVariable x, Tensor operand, Shape result) {
        Tensor w = f.weight().cast(DType.F64);
        SDVariable rows = graph.reshape(x, operand.size() / operand.dim(-1), operand.dim(-1));
        SDVariable weight = graph.constant(Nd4jOracle.array(f.transposed() ? w : w.t()));
        return graph.reshape(graph.mmul(rows, weight), longs(result));
    }

    /** In one group. Kernels are [K, C, O]. */
    private SDVariable conv1d(Op.Conv1d c, List<SDVariable> x, List<Tensor> operands) {
        if (c.groups() != 1) {
            return null;
        }
        Conv1DConfig config = Conv1DConfig.builder()
                .k(operands.get(1).dim(2))
                .s(c.stride())
                .p(c.padding())
                .d(c.dilation())
                .dataFormat(Conv1DConfig.NCW)
                .paddingMode(PaddingMode.VALID)
                .build();
        return graph.cnn().conv1d(x.get(0), graph.permute(x.get(1), 2, 1, 0), config);
    }

    /** Its own layerNorm has no epsilon. */
    private SDVariable layerNorm(Op.LayerNorm n, SDVariable x, Shape shape) {
        SDVariable mean = broadcast(x.mean(true, shape.rank() - 1), shape.with(-1, 1), shape);
        return normalised(x.sub(mean), shape, n.eps());
    }

    private SDVariable normalised(SDVariable x, Shape shape, double eps) {
        SDVariable meanSquare = graph.math().square(x).mean(true, shape.rank() - 1);
        SDVariable root = graph.math().sqrt(meanSquare.add(eps));
        return x.div(broadcast(root, shape.with(-1, 1), shape));
    }

    /**
     * Whether its derivative is right. That of a running sum is not; that of a slice with steps puts the cotangent at the
     * start.
     */
    static boolean derives(Op op) {
        return switch (op) {
            case Op.CumSum c -> false;
            case Op.Slice s -> isDense(s);
            default -> true;
        };
    }

    private static long[] longs(Shape s) {
        return Arrays.stream(s.toArray()).asLongStream().toArray();
    }
}
