package org.einthoven.verify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.Stream;
import org.einthoven.tensor.Dispatch;
import org.einthoven.tensor.Rng;
import org.einthoven.tensor.Tensor;
import org.einthoven.tensor.Workers;
import org.einthoven.tensor.op.Op;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each law holds where it should, and notices where it does not. */
class TensorLawsTest {
    private static final Rng RNG = Rng.of(9);
    private static final Tensor X = RNG.normal64(3, 4);

    /** f with a rule that is not its own. */
    private record Ruled(Function<Tensor, Tensor> f, Function<Tensor, Tensor> rule) implements Op.CustomOp {
        @Override
        public String name() {
            return "ruled";
        }

        @Override
        public Tensor forward(List<Tensor> x) {
            return f.apply(x.getFirst());
        }

        @Override
        public List<Tensor> vjp(Tensor g, List<Tensor> x, Tensor y) {
            return List.of(rule.apply(g));
        }
    }

    static Stream<OpCase> segments() {
        return OpRegistry.differentiable().stream().filter(c -> !(c.op() instanceof Op.Recompute));
    }

    @ParameterizedTest
    @MethodSource("segments")
    void recomputingAnOpGivesTheSameBits(OpCase c) {
        TensorLaws.recomputingGivesTheSameBits(x -> c.function().apply(x), c.at(), RNG);
    }

    @Test
    void aSegmentThatDiffersWhenRunAgainIsNoticed() {
        AtomicInteger runs = new AtomicInteger();
        AssertionError e = assertThrows(
                AssertionError.class,
                () -> TensorLaws.recomputingGivesTheSameBits(
                        x -> x.getFirst().mul(runs.incrementAndGet()), List.of(X), RNG));
        assertTrue(
                e.getMessage().startsWith("recomputed against plain: first difference at entry [0, 0]"), e::getMessage);
    }

    @Test
    void linearMapsKeepTheAdjointIdentity() {
        Tensor w = RNG.split("w").normal64(5, 4);
        TensorLaws.linear(x -> x.linear(w), X, RNG, 1e-12);
        TensorLaws.linear(x -> x.cumSum(1).sum(false, 0), X, RNG, 1e-12);
    }

    @Test
    void aRuleThatIsNotTheTransposeIsNoticed() {
        AssertionError e = assertThrows(
                AssertionError.class,
                () -> TensorLaws.linear(
                        x -> Dispatch.apply(new Ruled(z -> z.cumSum(1), z -> z.cumSum(1)), x), X, RNG, 1e-12));
        assertTrue(e.getMessage().startsWith("<J v, u> against <v, J' u>: "), e::getMessage);
    }

    @Test
    void hessiansAreSymmetric() {
        TensorLaws.hessianIsSymmetric(x -> x.softmax().mul(x), X, RNG, 1e-12);
    }

    @Test
    void aGradientThatIsNoGradientIsNoticed() {
        Tensor turn = Tensor.of(new double[] {0, 1, -1, 0}, 2, 2);
        Function<Tensor, Tensor> f = x -> Dispatch.apply(
                new Op.CustomOp() {
                    @Override
                    public String name() {
                        return "vortex";
                    }

                    @Override
                    public Tensor forward(List<Tensor> x) {
                        return x.getFirst().sum();
                    }

                    @Override
                    public List<Tensor> vjp(Tensor g, List<Tensor> x, Tensor y) {
                        return List.of(x.getFirst().matmul(turn).mul(g));
                    }
                },
                x);
        AssertionError e =
                assertThrows(AssertionError.class, () -> TensorLaws.hessianIsSymmetric(f, RNG.normal64(2), RNG, 1e-12));
        assertTrue(e.getMessage().startsWith("<H v, u> against <v, H u>: "), e::getMessage);
    }

    @Test
    void threadsAreSetBackAndADifferenceIsNoticed() {
        int before = Workers.threads();
        Tensor a = RNG.normal(64, 64);
        TensorLaws.anyNumberOfThreadsGivesTheSameBits(() -> a.matmul(a).softmax());
        AssertionError e = assertThrows(
                AssertionError.class,
                () -> TensorLaws.anyNumberOfThreadsGivesTheSameBits(() -> Tensor.scalar(Workers.threads())));
        assertEquals("2 threads against 1: first difference at entry []: expected 1.0, got 2.0", e.getMessage());
        assertEquals(before, Workers.threads());
    }

    @Test
    void bitsAreComparedToTheSignOfZero() {
        Tensor zero = Tensor.of(new double[] {1, 0}, 2);
        AssertionError e = assertThrows(
                AssertionError.class, () -> TensorLaws.sameBits("zeros", zero, Tensor.of(new double[] {1, -0.0}, 2)));
        assertEquals("zeros: first difference at entry [1]: expected 0.0, got -0.0", e.getMessage());
        Tensor nan = Tensor.of(new double[] {Double.NaN}, 1);
        TensorLaws.sameBits("not a number", nan, nan.add(1));
    }

    @Test
    void closenessNamesTheWorstEntry() {
        Tensor x = Tensor.of(new double[] {1, 2, 3, 4}, 2, 2);
        TensorLaws.close("close", x, x.mul(1 + 1e-13), 1e-12);
        AssertionError e = assertThrows(
                AssertionError.class,
                () -> TensorLaws.close("close", x, x.add(Tensor.of(new double[] {0.1, 0, 0.9, 0}, 2, 2)), 1e-12));
        assertEquals(
                "close: worst at entry [1, 0]: expected 3.0000000000000000, got 3.9000000000000000,"
                        + " an error of 3.00e-01 (tolerance 1e-12)",
                e.getMessage());
    }
}
