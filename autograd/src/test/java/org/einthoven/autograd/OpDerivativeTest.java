package org.einthoven.autograd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.einthoven.autograd.check.GradCheck;
import org.einthoven.tensor.DType;
import org.einthoven.tensor.Rng;
import org.einthoven.tensor.Tensor;
import org.einthoven.tensor.TensorException;
import org.einthoven.tensor.op.Op;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every rule of {@link Vjp} against central differences, to second order in the operands and in the cotangent. */
class OpDerivativeTest {
    private static final GradCheck CHECK = GradCheck.standard(Rng.of(7));

    static List<OpCase> cases() {
        return OpCases.all();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void agreesWithDifferencesToSecondOrder(OpCase c) {
        CHECK.check(c.function(), c.at()).assertOk();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void acceptsAnyStrides(OpCase c) {
        CHECK.check(c.stridedFunction(), c.at()).assertOk();
    }

    @Test
    void everyOpHasACaseOrAReason() {
        Set<String> without = new TreeSet<>();
        for (Class<?> op : OpCases.ops()) {
            boolean covered = cases().stream().anyMatch(c -> op.isInstance(c.op()));
            boolean excused = OpCases.WITHOUT.containsKey(op);
            if (!covered && !excused) {
                without.add(op.getSimpleName());
            }
            assertFalse(covered && excused, op + " has both a case and a reason for none");
        }
        assertEquals(Set.of(), without, "ops without a case in OpCases");
        assertTrue(OpCases.ops().containsAll(OpCases.WITHOUT.keySet()));
    }

    @Test
    void integerResultsAreNotTrackedAndSayWhyTheyHaveNoRule() {
        Tensor x = Tensor.of(new double[] {1, 3, 2}, 3).track();
        assertFalse(x.argMax(0).isTracked());
        assertFalse(x.argSort(0, true).isTracked());
        assertFalse(x.gt(0).isTracked());
        TensorException e =
                assertThrows(TensorException.class, () -> Vjp.of(new Op.ArgMax(0), x, new Tensor[] {x}, x.argMax(0)));
        assertEquals("argMax: its result counts or compares and has no derivative", e.getMessage());
    }

    @Test
    void theCheckItselfNoticesAWrongRule() {
        Op wrong = new Op.CustomOp() {
            @Override
            public String name() {
                return "sineWithWrongSlope";
            }

            @Override
            public Tensor forward(List<Tensor> x) {
                return x.get(0).sin();
            }

            @Override
            public List<Tensor> vjp(Tensor g, List<Tensor> x, Tensor y) {
                return List.of(g.mul(x.get(0).cos()).mul(1.00001));
            }
        };
        OpCase c = OpCase.of("wrong", wrong, OpCases.normal("x", 3));
        assertFalse(CHECK.check(c.function(), c.at()).ok());
    }

    @Test
    void castRoundsTheCotangentToTheTypeOfItsInput() {
        Tensor x = Tensor.of(new double[] {0.1, 0.2}, 2).track();
        Tensor y = x.cast(DType.F32);
        Tensor g = Grad.vjp(y, List.of(x), Tensor.of(new float[] {0.3f, 3}, 2), GradMode.CONSTANT)
                .get(0);
        assertEquals(DType.F64, g.dtype());
        assertEquals(0.3f, g.get(0));
        Tensor narrow = Tensor.of(new float[] {1, 2}, 2).track();
        Tensor wide = Grad.vjp(
                        narrow.cast(DType.F64), List.of(narrow), Tensor.of(new double[] {0.3, 3}, 2), GradMode.CONSTANT)
                .get(0);
        assertEquals(DType.F32, wide.dtype());
        assertEquals(0.3f, wide.get(0));
    }
}
