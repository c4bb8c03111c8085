package org.einthoven.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.lang.foreign.Arena;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** Error texts are an interface: operation, what is wrong, shapes, and what to do. */
class CheckTest {
    private static final Tensor F = Tensor.zeros(DType.F32, 4, 3);
    private static final Tensor HALF = Tensor.blocks(DType.F16, Arena.ofAuto().allocate(24, 2), 4, 3);

    private static void shape(String want, Executable e) {
        assertEquals(want, assertThrows(ShapeException.class, e).getMessage());
    }

    private static void dtype(String want, Executable e) {
        assertEquals(want, assertThrows(DTypeException.class, e).getMessage());
    }

    @Test
    void matmul() {
        shape("matmul: inner sizes differ: [4, 3] x [4, 3] (3 vs 4); did you mean a.matmul(b.t())?", () -> F.matmul(F));
        shape("matmul: inner sizes differ: [4, 3] x [5, 2] (3 vs 5)", () -> F.matmul(Tensor.zeros(DType.F32, 5, 2)));
        shape(
                "matmul (leading axes): [2] and [3] do not broadcast: axis -1 has 2 and 3; sizes must be equal or 1",
                () -> Tensor.zeros(DType.F32, 2, 4, 3).matmul(Tensor.zeros(DType.F32, 3, 3, 4)));
    }

    @Test
    void typesAreNeverPromoted() {
        dtype(
                "add: types differ: F32 [4, 3] and F64 []; cast one, e.g. b.cast(DType.F32)",
                () -> F.add(Tensor.scalar(1, DType.F64)));
        dtype("exp: needs F32 or F64, got I32 [2]; cast it first", () -> Tensor.arange(2)
                .exp());
        dtype("gather: the index must be I32, got F32 [4, 3]; cast it first", () -> F.gather(0, F));
    }

    @Test
    void storageOnlyTensors() {
        dtype(
                "add: F16 [4, 3] is storage-only: use it as the weight of a frozen linear map or the table of an embedding,"
                        + " or cast(DType.F32) it first",
                () -> HALF.add(HALF));
        dtype("exp: needs F32 or F64, got F16 [4, 3]; cast(DType.F32) it first", HALF::exp);
        dtype("track: needs F32 or F64, got F16 [4, 3]; cast(DType.F32) it first", HALF::track);
        dtype("cast: F16 is storage-only; weights are quantised by the writers of models.io", () -> F.cast(DType.F16));
        dtype("full: Q8_0 is storage-only", () -> Tensor.zeros(DType.Q8_0, 32));
        shape(
                "blocks: the last axis of [4, 3] is no multiple of the Q8_0 block of 32",
                () -> Tensor.blocks(DType.Q8_0, Arena.ofAuto().allocate(500), 4, 3));
        shape(
                "blocks: [4, 3] in F16 needs 24 native bytes, got 10",
                () -> Tensor.blocks(DType.F16, Arena.ofAuto().allocate(10), 4, 3));
    }

    @Test
    void shapesOfViews() {
        shape("reshape: [4, 3] has 12 elements and [5, 2] has 10", () -> F.reshape(5, 2));
        shape("reshape: [4, 3] does not divide into [5, -1]", () -> F.reshape(5, -1));
        shape("permute: axis 0 is named twice in [0, 0]", () -> F.permute(0, 0));
        shape("permute: axis 2 is out of range for [4, 3] of rank 2", () -> F.permute(0, 2));
        shape("slice: [1, 9) in steps of 1 is outside axis 0 of [4, 3]", () -> F.slice(0, 1, 9));
        shape("squeeze: axis 0 of [4, 3] is not 1", () -> F.squeeze(0));
        shape("expand: [4, 3] does not broadcast to [5, 3]", () -> F.expand(5, 3));
        shape("of: 3 values do not fill [2, 2] of 4", () -> Tensor.of(new float[3], 2, 2));
        shape("item: needs one element, got [4, 3]", F::item);
    }

    @Test
    void convolutions() {
        Tensor x = Tensor.zeros(DType.F32, 1, 3, 5);
        shape(
                "conv1d: x [1, 3, 5] has 3 channels, w [4, 2, 2] in 1 groups takes 2",
                () -> x.conv1d(Tensor.zeros(DType.F32, 4, 2, 2), 1, 0, 1, 1));
        shape(
                "conv1d: the kernel of 9 steps (dilation 1) is longer than the padded input of 7",
                () -> x.conv1d(Tensor.zeros(DType.F32, 4, 3, 9), 1, 1, 1, 1));
    }

    @Test
    void trackedWeightsAreNotFrozen() {
        TensorException e = assertThrows(TensorException.class, () -> F.frozenLinear(F.track()));
        assertEquals(
                "frozenLinear: the weight [4, 3] is tracked, but a frozen weight has no gradient; use linear(weight), or"
                        + " weight.detach()",
                e.getMessage());
    }
}
