package org.einthoven.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.einthoven.tensor.op.Op;
import org.junit.jupiter.api.Test;

/** A result is tracked exactly when an operand is, and then remembers op and operands. */
class DispatchTest {
    private static final Tensor X = Tensor.of(new float[] {1, 2, 3, 4}, 2, 2);

    @Test
    void constantsRecordNothing() {
        Tensor y = X.mul(X).t().exp();
        assertFalse(y.isTracked());
        assertNull(y.origin());
    }

    @Test
    void anyTrackedOperandTracksTheResult() {
        Tensor w = X.track();
        assertTrue(w.isTracked());
        assertNull(w.origin());
        for (Tensor y : List.of(w.add(X), X.add(w), w.t(), w.reshape(4), X.matmul(w), w.softmax())) {
            assertTrue(y.isTracked());
            assertTrue(y.origin().inputs().contains(w));
        }
        assertEquals(new Op.Add(), X.add(w).origin().op());
        assertSame(X, X.add(w).origin().inputs().get(0));
    }

    @Test
    void valuesWithoutGradientsAreNotTracked() {
        Tensor w = X.track();
        assertFalse(w.gt(0).isTracked());
        assertFalse(w.argMax(0).isTracked());
        assertFalse(w.cast(DType.I32).isTracked());
        assertTrue(w.cast(DType.F64).isTracked());
    }

    @Test
    void detachEndsTracking() {
        Tensor w = X.track();
        assertSame(w, w.track());
        assertFalse(w.detach().isTracked());
        assertFalse(w.add(w).detach().mul(X).isTracked());
        assertSame(X, X.detach());
    }

    /** An op given to Dispatch by hand is checked as one that Tensor made: a view outside its tensor would read other numbers. */
    @Test
    void viewsStayInsideTheirTensor() {
        Ints zero = Ints.of(0, 0);
        Ints one = Ints.of(1, 1);
        refused(
                "slice: [2, 2] from [0, 1] in steps of [1, 1] does not lie inside [2, 2]",
                new Op.Slice(Ints.of(0, 1), Shape.of(2, 2), one),
                X);
        refused(
                "slice: [2, 2] from [0, 0] in steps of [1, -1] does not lie inside [2, 2]",
                new Op.Slice(zero, Shape.of(2, 2), Ints.of(1, -1)),
                X);
        refused(
                "slice: [2] from [0] in steps of [1] does not lie inside [2, 2]",
                new Op.Slice(Ints.of(0), Shape.of(2), Ints.of(1)),
                X);
        refused(
                "pad: [2, 2] from [0, 0] in steps of [1, 2] does not lie inside [2, 2]",
                new Op.Pad(Shape.of(2, 2), zero, Ints.of(1, 2)),
                X);
        refused("permute: [0, 0] must name each axis of [2, 2] once", new Op.Permute(zero), X);
        refused("permute: [1] must name each axis of [2, 2] once", new Op.Permute(Ints.of(1)), X);
        refused(
                "reshape: no view of [2, 2] strides [1, 2] offset 0 has shape [4]; Tensor.reshape() copies where it"
                        + " must, contiguous() always",
                new Op.Reshape(Shape.of(4)),
                X.t());
        assertThrows(ShapeException.class, () -> X.pad(0, -1, 0));
        assertEquals(
                Shape.of(2, 0),
                Dispatch.apply(new Op.Slice(Ints.of(0, 2), Shape.of(2, 0), one), X)
                        .shape());
    }

    private static void refused(String text, Op op, Tensor x) {
        assertEquals(
                text,
                assertThrows(ShapeException.class, () -> Dispatch.apply(op, x)).getMessage());
    }

    @Test
    void viewsShareStorage() {
        assertSame(X.storage(), X.t().storage());
        assertSame(X.storage(), X.reshape(4).slice(0, 1, 3).storage());
        assertTrue(X.t().reshape(4).storage() != X.storage());
    }

    /** A segment may use tracked tensors only as inputs: a gradient around it would be lost. */
    @Test
    void recomputeClosesOverNothingTracked() {
        Tensor w = X.track();
        Tensor y = Dispatch.apply(new Op.Recompute(in -> in.get(0).exp()), w);
        assertTrue(y.isTracked());
        TensorException e = assertThrows(
                TensorException.class,
                () -> Dispatch.apply(new Op.Recompute(in -> in.get(0).mul(w)), X));
        assertTrue(
                e.getMessage().startsWith("recompute: the segment uses a tracked tensor that is not among its inputs"));
    }
}
