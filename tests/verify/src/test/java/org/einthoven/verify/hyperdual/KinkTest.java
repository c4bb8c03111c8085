package org.einthoven.verify.hyperdual;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.function.Function;
import org.einthoven.autograd.Grad;
import org.einthoven.autograd.GradMode;
import org.einthoven.tensor.Rng;
import org.einthoven.tensor.Tensor;
import org.einthoven.tensor.op.Op;
import org.junit.jupiter.api.Test;

/** Where there is no derivative, the oracle says so and smooths nothing; what reverse mode gives there lies between the slopes. */
class KinkTest {
    private static final HyperDualOracle ORACLE = HyperDualOracle.standard(Rng.of(5));

    @Test
    void reluAtZero() {
        Function<List<Tensor>, Tensor> f = x -> x.getFirst().relu();
        assertEquals(
                List.of("leakyRelu has no derivative at entry 1: x = 0.0, slope 0.0 on the left and 1.0 on the right"),
                kinks(f, point(-1, 0, 2)));
        between(0, 1, f);
    }

    @Test
    void absoluteValueAtZero() {
        Function<List<Tensor>, Tensor> f = x -> x.getFirst().abs();
        assertEquals(
                List.of("abs has no derivative at entry 0: x = 0.0, slope -1.0 on the left and 1.0 on the right"),
                kinks(f, point(0)));
        between(-1, 1, f);
    }

    @Test
    void signJumps() {
        assertEquals(
                List.of("sign has no derivative at entry 0: x = 0.0, a jump from -1 to 1"),
                kinks(x -> x.getFirst().sign(), point(0)));
    }

    @Test
    void clampAtBothBounds() {
        Function<List<Tensor>, Tensor> f = x -> x.getFirst().clamp(0, 2);
        assertEquals(
                List.of(
                        "clamp has no derivative at entry 0: x = 0.0, slope 0.0 on the left and 1.0 on the right",
                        "clamp has no derivative at entry 2: x = 2.0, slope 1.0 on the left and 0.0 on the right"),
                kinks(f, point(0, 1, 2)));
        between(0, 1, f);
    }

    @Test
    void maximumOfEquals() {
        Function<List<Tensor>, Tensor> f = x -> x.getFirst().maximum(Tensor.of(new double[] {0, 0}, 2));
        assertEquals(List.of("maximum has no derivative at entry 1: both operands are 0.0"), kinks(f, point(3, 0)));
        between(0, 1, f);
    }

    /** An index that f has chosen by itself, of numbers without their history, stands in the record as a constant. */
    @Test
    void tiesOfMaximaOrdersAndMasks() {
        for (Function<List<Tensor>, Tensor> f : List.<Function<List<Tensor>, Tensor>>of(
                x -> x.getFirst().max(0, false),
                x -> x.getFirst().min(0, false),
                x -> x.getFirst().sort(0, true),
                x -> x.getFirst().topK(0, 1))) {
            String kink = kinks(f, point(2, 2)).getFirst();
            assertTrue(kink.startsWith("gather has no derivative at entry 0: its index or condition is "), kink);
            ORACLE.check(f, List.of(point(2, 2.001))).assertOk();
        }
        Function<List<Tensor>, Tensor> masked =
                x -> x.getFirst().detach().gt(1).where(x.getFirst().square(), x.getFirst());
        assertEquals(1, kinks(masked, point(0, 1, 2)).size());
        ORACLE.check(masked, List.of(point(0, 1.5, 2))).assertOk();
    }

    /** max(x, x) = x, which is smooth; and so is what does not move. */
    @Test
    void equalsThatMoveTogetherAreNoKink() {
        ORACLE.check(x -> x.getFirst().maximum(x.getFirst()), List.of(point(3, 0)))
                .assertOk();
        Tensor still = point(0, 0).relu();
        ORACLE.check(x -> x.getFirst().mul(still.abs()), List.of(point(3, 1))).assertOk();
        ORACLE.check(x -> x.getFirst().leakyRelu(1), List.of(point(0, 1))).assertOk();
        ORACLE.check(x -> Tensor.stack(0, x.getFirst(), x.getFirst()).max(0, false), List.of(point(3, 0)))
                .assertOk();
    }

    @Test
    void tiesOfComparisonsAndOrders() {
        HyperTensor tied = HyperTensor.along(point(1, 5, 5), point(1, 2, 3), point(0, 0, 0));
        assertEquals(
                "argMax has no derivative at entry 0: two elements along the axis are 5.0",
                tie(new Op.ArgMax(0), tied));
        assertEquals(
                "argSort has no derivative at entry 0: two elements along the axis are 5.0",
                tie(new Op.ArgSort(0, false), tied));
        assertEquals(
                "compare has no derivative at entry 2: both operands are 5.0",
                tie(new Op.Compare(Op.Relation.LT), tied, HyperTensor.constant(point(2, 3, 5))));
        HyperDualBackend below = new HyperDualBackend();
        below.run(new Op.ArgMax(0), HyperTensor.along(point(1, 1, 5), point(1, 2, 3), point(0, 0, 0)));
        assertEquals(List.of(), below.kinks(), "a tie below the largest changes nothing");
    }

    private static String tie(Op op, HyperTensor... x) {
        HyperDualBackend backend = new HyperDualBackend();
        backend.run(op, x);
        assertEquals(1, backend.kinks().size());
        return backend.kinks().getFirst().toString();
    }

    @Test
    void derivativesOutOfAKinkAreNotANumber() {
        HyperTensor y =
                new HyperDualBackend().run(new Op.Abs(), HyperTensor.along(point(0, -3), point(1, 1), point(1, 1)));
        assertEquals(0, y.value()[0]);
        assertTrue(Double.isNaN(y.along1()[0]) && Double.isNaN(y.along2()[0]) && Double.isNaN(y.mixed()[0]));
        assertEquals(-1, y.along1()[1]);
    }

    private static List<String> kinks(Function<List<Tensor>, Tensor> f, Tensor x) {
        OracleReport report = ORACLE.check(f, List.of(x));
        assertFalse(report.ok());
        assertTrue(assertThrows(AssertionError.class, report::assertOk)
                .getMessage()
                .startsWith("no derivative here\n"));
        return report.kinks().stream().map(Kink::toString).toList();
    }

    /** Reverse mode's convention at 0 is one of the slopes that a line through the kink may have. */
    private static void between(double least, double largest, Function<List<Tensor>, Tensor> f) {
        Tensor x = point(0, 0).track();
        for (double slope : Grad.vjp(f.apply(List.of(x)), List.of(x), point(1, 1), GradMode.CONSTANT)
                .getFirst()
                .toDoubles()) {
            assertTrue(least <= slope && slope <= largest, "slope " + slope);
        }
    }

    private static Tensor point(double... x) {
        return Tensor.of(x, x.length);
    }
}
