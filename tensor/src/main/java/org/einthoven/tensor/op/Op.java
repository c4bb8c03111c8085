package org.einthoven.tensor.op;

import java.util.List;
import org.einthoven.tensor.DType;
import org.einthoven.tensor.Ints;
import org.einthoven.tensor.Shape;
import org.einthoven.tensor.Tensor;
import org.einthoven.tensor.TensorException;

/**
 * Every operation there is. An op is plain data, so a graph can be printed; it has one output. Adding one takes four edits,
 * and the compiler finds the last three: the record here, its shape rule in {@link Shapes}, its kernel in the reference
 * backend, its row in {@code autograd.Vjp}.
 */
public sealed interface Op {

    /** One tensor in, one of the same shape and type out, element by element. */
    sealed interface Unary extends Op {}

    record Neg() implements Unary {}

    record Exp() implements Unary {}

    record Log() implements Unary {}

    record Sqrt() implements Unary {}

    /** 1 / x. */
    record Recip() implements Unary {}

    record Tanh() implements Unary {}

    /** 1 / (1 + e^-x). */
    record Sigmoid() implements Unary {}

    /** log(1 + e^x), without overflow. */
    record Softplus() implements Unary {}

    record Sin() implements Unary {}

    record Cos() implements Unary {}

    /** The error function. */
    record Erf() implements Unary {}

    record Abs() implements Unary {}

    /** -1, 0 or 1. */
    record Sign() implements Unary {}

    /** x^exponent for a constant exponent. */
    record Power(double exponent) implements Unary {}

    /** x where x &gt; 0, else slope * x. ReLU is slope 0. */
    record LeakyRelu(double slope) implements Unary {}

    /** x * Phi(x) with the normal distribution function Phi (Hendrycks and Gimpel, arXiv 1606.08415). */
    record Gelu() implements Unary {}

    /** The slope of {@link Gelu}, Phi(x) + x phi(x) with the normal density phi: one pass for ten. */
    record GeluSlope() implements Unary {}

    /** x * sigmoid(x) (Elfwing et al., arXiv 1702.03118). */
    record Silu() implements Unary {}

    /** min(max(x, low), high). */
    record Clamp(double low, double high) implements Unary {}

    /** Two broadcasting tensors of one type, element by element. */
    sealed interface Binary extends Op {}

    record Add() implements Binary {}

    record Sub() implements Binary {}

    record Mul() implements Binary {}

    record Div() implements Binary {}

    record Maximum() implements Binary {}

    /** BOOL result. Not differentiable. */
    record Compare(Relation relation) implements Op {}

    enum Relation {
        LT,
        LE,
        GT,
        GE,
        EQ,
        NE
    }

    /** (BOOL condition, a, b): a where the condition holds, else b. All broadcast. */
    record Where() implements Op {}

    /** Sum over the axes that {@code to} lacks or has as 1: the transpose of {@link Expand}. */
    record SumTo(Shape to) implements Op {}

    /** Running sum along an axis, from the end when reversed. */
    record CumSum(int axis, boolean reverse) implements Op {}

    /** Index of the first largest element along an axis, I32, the axis removed. Not differentiable. */
    record ArgMax(int axis) implements Op {}

    /** Indices that sort along an axis, I32; stable. Not differentiable. */
    record ArgSort(int axis, boolean descending) implements Op {}

    /** Ops that only move elements, and where they can only change the layout. */
    sealed interface View extends Op {}

    record Reshape(Shape to) implements View {}

    /** Axis i of the result is axis {@code axes.get(i)} of the input. */
    record Permute(Ints axes) implements View {}

    /** Broadcast to a larger shape. */
    record Expand(Shape to) implements View {}

    /** {@code size} elements of each axis from {@code start} in steps of {@code step}. */
    record Slice(Ints start, Shape size, Ints step) implements View {}

    /** Zeros of shape {@code full} with the input placed where {@code Slice(start, input shape, step)} would read. */
    record Pad(Shape full, Ints start, Ints step) implements Op {}

    record Cat(int axis) implements Op {}

    /** A row-major copy. */
    record Contiguous() implements Op {}

    /** To another element type; storage-only types are decoded. */
    record Cast(DType to) implements Op {}

    /** (x, I32 index): along {@code axis}, element j of the result is x at index[j]; other axes agree. */
    record Gather(int axis) implements Op {}

    /** (source, I32 index): zeros with {@code size} along {@code axis}, source added at index: the transpose of Gather. */
    record ScatterAdd(int axis, int size) implements Op {}

    /** (table [V, D], I32 ids [...]) to rows [..., D]. The table may be storage-only, and is then frozen. */
    record Embedding() implements Op {}

    /** (rows [..., D], I32 ids [...]) to [V, D]: rows summed into their ids: the transpose of Embedding. */
    record EmbeddingGrad(int rows) implements Op {}

    /** [..., M, K] x [..., K, N], leading axes broadcast. */
    record MatMul() implements Op {}

    /**
     * x W^T for x [..., I] and a frozen weight W [O, I] of any type; {@code transposed}: x W for x [..., O]. The weight is
     * part of the op and never an input, so nothing can ask for its gradient; the two are each other's transpose, so
     * gradients of any order pass through quantised weights without a second copy of them.
     */
    record FrozenLinear(Tensor weight, boolean transposed) implements Op {
        @Override
        public String toString() {
            return "FrozenLinear[weight=" + weight.dtype() + " " + weight.shape() + ", transposed=" + transposed + "]";
        }
    }

    /**
     * The bilinear map of 1-d convolution (in truth correlation): y[b, o, t] = sum over c, k of x[b, c, t * stride + k *
     * dilation - padding] * w[o, c, k], channels in {@code groups}. It and its two partial transposes are closed under
     * differentiation.
     */
    sealed interface Convolution extends Op {
        int stride();

        int padding();

        int dilation();

        int groups();
    }

    /** (x [B, C, T], w [O, C/groups, K]) to y [B, O, T']. */
    record Conv1d(int stride, int padding, int dilation, int groups) implements Convolution {}

    /** (y [B, O, T'], w [O, C/groups, K]) to x [B, C, time]. */
    record Conv1dInputGrad(int stride, int padding, int dilation, int groups, int time) implements Convolution {}

    /** (x [B, C, T], y [B, O, T']) to w [O, C/groups, kernel]. */
    record Conv1dWeightGrad(int stride, int padding, int dilation, int groups, int kernel) implements Convolution {}

    /** e^x / sum e^x over the last axis. A primitive for stability. */
    record Softmax() implements Op {}

    /** x - log sum e^x over the last axis. A primitive for stability. */
    record LogSoftmax() implements Op {}

    /** Each row of the last axis brought to one size. Its Jacobian J is symmetric. */
    sealed interface Norm extends Op {
        double eps();
    }

    /** (x - mean) / sqrt(var + eps) over the last axis (Ba et al., arXiv 1607.06450), without weights. */
    record LayerNorm(double eps) implements Norm {}

    /** x / sqrt(mean(x^2) + eps) over the last axis (Zhang and Sennrich, arXiv 1910.07467), without weights. */
    record RmsNorm(double eps) implements Norm {}

    /** (x [..., D], weight [D], and for a layer norm bias [D]) to norm(x) * weight + bias, in one pass. */
    record ScaledNorm(Norm norm) implements Op {}

    /** (g, x), of one shape, to J g for the Jacobian J of a norm at x, in one pass: what its derivative is made of. */
    record NormGrad(Norm norm) implements Op {}

    /**
     * softmax(c tanh(scale q k^T / c)) v, head by head (Vaswani et al., arXiv 1706.03762): (q [..., H, T, E], k [..., G, S, E],
     * v [..., G, S, F]) to [..., H, T, F], where each of the G keys and values serves H/G query heads (Ainslie et al., arXiv
     * 2305.13245). A fourth operand, BOOL broadcasting to [..., H, T, S], is true where a key is hidden. The [T, S] scores are
     * never held, only those of some queries at a time.
     *
     * @param sight which keys a query sees by its place
     * @param cap c, which keeps scores between -c and c (Gemma 2, arXiv 2408.00118); infinite for none
     */
    record Attention(Sight sight, double scale, double cap) implements Op {
        public Attention {
            if (!(cap > 0)) {
                throw new TensorException("attention: the cap of its scores must be above 0, or infinite, got " + cap);
            }
        }

        /** Without a cap. */
        public Attention(Sight sight, double scale) {
            this(sight, scale, Double.POSITIVE_INFINITY);
        }

        public boolean isCapped() {
            return cap < Double.POSITIVE_INFINITY;
        }
    }

    /**
     * The gradient of {@code <g, attention(q, k, v)>}: (g [..., H, T, F], q, k, v, perhaps hidden) to dq as [..., T, H, E], dk as
     * [..., S, G, E] and dv as [..., S, G, F], end to end in one vector, since an op has one result. Probabilities are computed
     * again, for some queries at a time (Dao et al., arXiv 2205.14135).
     */
    record AttentionGrad(Attention of) implements Op {}

    /**
     * Rotary embedding (Su et al., arXiv 2104.09864): (x [..., T, D], cos [T, D/2], sin [T, D/2]); pairs are (i, i + D/2),
     * or (2i, 2i + 1) when interleaved; {@code inverse} turns the other way and is its transpose. Linear in x, and in
     * (cos, sin).
     */
    record Rope(boolean interleaved, boolean inverse) implements Op {}

    /** A segment of a computation that is not recorded and is run again when its derivative is wanted. */
    record Recompute(Segment segment) implements Op {}

    /** A function of tensors that closes over nothing tracked and gives the same bits each time it runs. */
    @FunctionalInterface
    interface Segment {
        Tensor apply(List<Tensor> inputs);
    }

    /** The one open door: an operation of a user's own. The verification kit checks it like a built-in one. */
    non-sealed interface CustomOp extends Op {
        String name();

        /** Computes the result from constants. */
        Tensor forward(List<Tensor> inputs);

        /** Cotangents of the inputs, in differentiable tensor operations; null for an input that has none. */
        List<Tensor> vjp(Tensor cotangent, List<Tensor> inputs, Tensor output);
    }
}
