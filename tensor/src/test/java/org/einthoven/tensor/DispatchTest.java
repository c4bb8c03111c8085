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
