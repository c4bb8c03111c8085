package org.einthoven.tensor.simd;

import java.util.Optional;
import jdk.incubator.vector.FloatVector;
import org.einthoven.tensor.DType;
import org.einthoven.tensor.Shape;
import org.einthoven.tensor.Tensor;
import org.einthoven.tensor.backend.AdamKernel;
import org.einthoven.tensor.backend.Availability;
import org.einthoven.tensor.backend.Backend;
import org.einthoven.tensor.backend.DecodeKernels;
import org.einthoven.tensor.op.Op;
import org.einthoven.tensor.op.Shapes.Signature;

/**
 * Vector API kernels. F32 is complete; F64 has what gradient checks need to be quick; ops that only move elements take any
 * compute type. This class says which kernel computes what, and nothing else.
 */
final class VectorBackend implements Backend {
    static Availability availability() {
        int bits = FloatVector.SPECIES_PREFERRED.vectorBitSize();
        if (bits < 128) {
            return Availability.no(
                    "the widest vector has " + bits + " bits, and the kernels take 128 at least",
                    "Start java without -XX:MaxVectorSize.");
        }
        return Availability.yes(bits + "-bit vectors");
    }

    @Override
    public String name() {
        return "simd";
    }

    @Override
    public Optional<DecodeKernels> decodeKernels() {
        return Optional.of(new VectorDecodeKernels());
    }

    @Override
    public Optional<AdamKernel> adamKernel() {
        return Optional.of(new VectorAdam());
    }

    @Override
    public void rehearse() {
        Rehearsal.run();
    }

    @Override
    public boolean supports(Op op, Tensor... x) {
        boolean f32 = x[0].dtype() == DType.F32;
        boolean f64 = x[0].dtype() == DType.F64;
        return switch (op) {
            case Op.Unary u -> f32 || f64;
            case Op.Binary b -> f32 || f64;
            case Op.Compare c -> f32;
            case Op.Where() -> x[1].dtype() == DType.F32;
            case Op.SumTo s -> f32 || f64;
            case Op.MatMul() -> f32 || f64;
            case Op.FrozenLinear f -> f32 && frozen(f.weight());
            case Op.Contiguous() -> !x[0].dtype().isStorageOnly();
            case Op.Pad p -> !x[0].dtype().isStorageOnly();
            case Op.Cat c -> true;
            case Op.Cast c -> !x[0].dtype().isStorageOnly() || x[0].layout().isContiguous();
            case Op.Gather g -> true;
            case Op.Embedding() -> !x[0].dtype().isStorageOnly() || denseRows(x[0]);
            case Op.CumSum c -> f32;
            case Op.ArgMax a -> f32;
            case Op.ArgSort a -> f32;
            case Op.ScatterAdd s -> f32;
            case Op.EmbeddingGrad e -> f32;
            case Op.Conv1d c -> f32;
            case Op.Conv1dInputGrad c -> f32;
            case Op.Conv1dWeightGrad c -> f32;
            case Op.Softmax() -> f32;
            case Op.LogSoftmax() -> f32;
            case Op.Norm n -> f32;
            case Op.ScaledNorm n -> f32;
            case Op.NormGrad n -> f32;
            case Op.Attention a -> f32;
            case Op.AttentionGrad a -> f32;
            case Op.Rope r -> f32;
            case Op.View v -> false;
            case Op.Recompute r -> false;
            case Op.CustomOp c -> false;
        };
    }

    private static boolean frozen(Tensor w) {
        return w.dtype() == DType.F32 || w.dtype().isStorageOnly() && denseRows(w);
    }

    /** Whether each row of a storage-only table lies in whole blocks, one element after the other. */
    private static boolean denseRows(Tensor w) {
        int block = w.dtype().blockSize();
        return (w.layout().stride(1) == 1 || w.shape().dim(1) == 1)
                && w.layout().stride(0) % block == 0
                && w.layout().offset() % block == 0;
    }

    @Override
    public Tensor run(Op op, Signature out, Tensor... x) {
        Shape s = out.shape();
        if (x[0].dtype() == DType.F64) {
            switch (op) {
                case Op.Unary u -> {
                    return Doubles.unary(u, x[0]);
                }
                case Op.Binary b -> {
                    return Doubles.binary(b, x[0], x[1], s);
                }
                case Op.SumTo t -> {
                    return Doubles.sumTo(x[0], s);
                }
                case Op.MatMul() -> {
                    return Doubles.matmul(x[0], x[1], s);
                }
                default -> {}
            }
        }
        return switch (op) {
            case Op.Unary u -> Elementwise.unary(u, x[0]);
            case Op.Binary b -> Elementwise.binary(b, x[0], x[1], s);
            case Op.Compare c -> Elementwise.compare(c.relation(), x[0], x[1], s);
            case Op.Where() -> Elementwise.where(x[0], x[1], x[2], s);
            case Op.SumTo t -> Reductions.sumTo(x[0], s);
            case Op.CumSum c -> Reductions.cumSum(x[0], c.axis(), c.reverse());
            case Op.ArgMax a -> Reductions.argMax(x[0], a.axis());
            case Op.ArgSort a -> Reductions.argSort(x[0], a.axis(), a.descending());
            case Op.Contiguous() -> Moves.copy(x[0]);
            case Op.Pad p -> Moves.pad(x[0], p);
            case Op.Cat c -> Moves.cat(c.axis(), s, x);
            case Op.Cast c -> Casts.run(x[0], c.to());
            case Op.Gather g -> Indexing.gather(x[0], x[1], g.axis());
            case Op.ScatterAdd a -> Indexing.scatterAdd(x[0], x[1], a, s);
            case Op.Embedding() -> Indexing.embedding(x[0], x[1], s);
            case Op.EmbeddingGrad e -> Indexing.embeddingGrad(x[0], x[1], e.rows());
            case Op.MatMul() -> MatMul.run(x[0], x[1], s);
            case Op.FrozenLinear f -> Frozen.run(x[0], f.weight(), f.transposed(), s);
            case Op.Conv1d c -> Convolution.forward(c, x[0], x[1], s);
            case Op.Conv1dInputGrad c -> Convolution.inputGrad(c, x[0], x[1], s);
            case Op.Conv1dWeightGrad c -> Convolution.weightGrad(c, x[0], x[1], s);
            case Op.Softmax() -> RowKernels.softmax(x[0]);
            case Op.LogSoftmax() -> RowKernels.logSoftmax(x[0]);
            case Op.Norm n -> Norms.norm(n, x[0]);
            case Op.ScaledNorm n -> Norms.scaled(n.norm(), x);
            case Op.NormGrad n -> Norms.grad(n.norm(), x[0], x[1]);
            case Op.Attention a -> Attention.run(a, s, x);
            case Op.AttentionGrad a -> AttentionGrad.run(a.of(), s, x);
            case Op.Rope r -> Rotary.run(x[0], x[1], x[2], r);
            case Op.View v -> throw new IllegalStateException("views change the layout only: " + v);
            case Op.Recompute r -> throw new IllegalStateException("the dispatcher runs segments");
            case Op.CustomOp c -> throw new IllegalStateException("the dispatcher runs custom ops");
        };
    }
}
