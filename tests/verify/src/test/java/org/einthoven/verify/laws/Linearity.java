package org.einthoven.verify.laws;

import java.util.List;
import java.util.stream.IntStream;
import org.einthoven.tensor.op.Op;

/**
 * In which operands an op is linear. Each group is linear jointly, the operands outside it held: {@code a + b} in both at
 * once, {@code a b} in each of the two. The switch has no default, so a new op must say.
 */
final class Linearity {
    private Linearity() {}

    static List<List<Integer>> of(Op op, int operands) {
        return switch (op) {
            case Op.Unary u -> u instanceof Op.Neg ? List.of(List.of(0)) : List.of();
            case Op.Add() -> List.of(List.of(0, 1));
            case Op.Sub() -> List.of(List.of(0, 1));
            case Op.Mul() -> List.of(List.of(0), List.of(1));
            case Op.Div() -> List.of(List.of(0));
            case Op.Maximum() -> List.of();
            case Op.Compare c -> List.of();
            case Op.Where() -> List.of(List.of(1, 2));
            case Op.SumTo s -> List.of(List.of(0));
            case Op.CumSum c -> List.of(List.of(0));
            case Op.ArgMax a -> List.of();
            case Op.ArgSort a -> List.of();
            case Op.View v -> List.of(List.of(0));
            case Op.Pad p -> List.of(List.of(0));
            case Op.Cat c -> List.of(IntStream.range(0, operands).boxed().toList());
            case Op.Contiguous() -> List.of(List.of(0));
            case Op.Cast c -> List.of(List.of(0));
            case Op.Gather g -> List.of(List.of(0));
            case Op.ScatterAdd s -> List.of(List.of(0));
            case Op.Embedding() -> List.of(List.of(0));
            case Op.EmbeddingGrad e -> List.of(List.of(0));
            case Op.MatMul() -> List.of(List.of(0), List.of(1));
            case Op.FrozenLinear f -> List.of(List.of(0));
            case Op.Convolution c -> List.of(List.of(0), List.of(1));
            case Op.Softmax() -> List.of();
            case Op.LogSoftmax() -> List.of();
            case Op.Norm n -> List.of();
            case Op.ScaledNorm n -> List.of(IntStream.range(1, operands).boxed().toList());
            case Op.NormGrad n -> List.of(List.of(0));
            case Op.Attention a -> List.of(List.of(2));
            case Op.AttentionGrad a -> List.of(List.of(0));
            case Op.Rope r -> List.of(List.of(0), List.of(1, 2));
            case Op.Recompute r -> List.of();
            case Op.CustomOp c -> List.of();
        };
    }
}
