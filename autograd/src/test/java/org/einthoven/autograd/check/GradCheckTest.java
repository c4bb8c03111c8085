package org.einthoven.autograd.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.einthoven.autograd.check.GradReport.Line;
import org.einthoven.tensor.DType;
import org.einthoven.tensor.Dispatch;
import org.einthoven.tensor.Rng;
import org.einthoven.tensor.Tensor;
import org.einthoven.tensor.TensorException;
import org.einthoven.tensor.op.Op;
import org.junit.jupiter.api.Test;

class GradCheckTest {
    private static final GradCheck CHECK = GradCheck.standard(Rng.of(5));
    private static final Tensor X = Rng.of(6).normal64(2, 3);

    /** x^2 whose rule may be spoilt. */
    private record Square(Spoil spoil) implements Op.CustomOp {
        enum Spoil {
            NOT,
            ONE_ENTRY,
            DETACHED
        }

        @Override
        public String name() {
            return "square";
        }

        @Override
        public Tensor forward(List<Tensor> x) {
            return x.get(0).square();
        }

        @Override
        public List<Tensor> vjp(Tensor g, List<Tensor> x, Tensor y) {
            Tensor two = x.get(0).mul(2);
            return List.of(
                    switch (spoil) {
                        case NOT -> g.mul(two);
                        case ONE_ENTRY -> g.mul(two).add(Tensor.of(new double[] {0, 0, 0, 0, 1e-3, 0}, 2, 3));
                        case DETACHED -> g.mul(two.detach());
                    });
        }

        GradReport checked() {
            return CHECK.check(x -> Dispatch.apply(this, x.getFirst()), List.of(X));
        }
    }

    @Test
    void aRightRulePassesToSecondOrder() {
        GradReport report = new Square(Square.Spoil.NOT).checked();
        report.assertOk();
        assertEquals(
                List.of("dL/dx0", "dG/dx0", "dG/dcotangent"),
                report.lines().stream().map(Line::what).toList());
    }

    @Test
    void theWorstEntryIsNamed() {
        Line line = new Square(Square.Spoil.ONE_ENTRY).checked().lines().getFirst();
        assertEquals("[1, 1]", line.entry());
        assertEquals(4, line.index());
        assertEquals(1e-3, line.analytic() - line.numeric(), 1e-9);
        assertEquals(Diagnosis.WRONG_RULE, line.sweep().orElseThrow().diagnosis());
    }

    @Test
    void aDetachedOperandShowsAtSecondOrderOnly() {
        GradReport report = new Square(Square.Spoil.DETACHED).checked();
        assertTrue(report.lines().get(0).ok());
        assertFalse(report.lines().get(1).ok());
        assertEquals(
                Diagnosis.WRONG_RULE,
                report.lines().get(1).sweep().orElseThrow().diagnosis());
    }

    @Test
    void aKinkIsCalledOne() {
        Tensor atZero = Tensor.of(new double[] {0.7, 0, -0.3}, 3);
        Line line = CHECK.firstOrder(x -> x.getFirst().relu(), List.of(atZero))
                .lines()
                .getFirst();
        assertEquals("[1]", line.entry());
        assertEquals(Diagnosis.KINK, line.sweep().orElseThrow().diagnosis());
    }

    @Test
    void inputsInSinglePrecisionAreRefused() {
        TensorException e = assertThrows(
                TensorException.class, () -> CHECK.check(List::getFirst, List.of(Tensor.zeros(DType.F32, 2))));
        assertEquals("gradcheck: inputs must be F64, got F32 [2]; close over indices and masks", e.getMessage());
    }
}
