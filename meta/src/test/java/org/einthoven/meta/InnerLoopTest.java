package org.einthoven.meta;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Set;
import org.einthoven.autograd.Params;
import org.einthoven.tensor.DType;
import org.einthoven.tensor.Rng;
import org.einthoven.tensor.Tensor;
import org.junit.jupiter.api.Test;

/**
 * Against the quadratic that can be done by hand. With support loss a/2 (w - s)^2 and query loss 1/2 (w - q)^2, k steps of
 * rate r give w_k = s + (1 - r a)^k (theta - s), so the exact meta-gradient is (1 - r a)^k (w_k - q), and the first-order
 * one is w_k - q.
 */
class InnerLoopTest {
    private static final double CURVATURE = 3;
    private static final double SUPPORT = 2;
    private static final double QUERY = -1;
    private static final double RATE = 0.1;
    private static final double THETA = 5;

    private record Quadratic(String name, double support) implements Task {
        @Override
        public Tensor supportLoss(Params w, Rng rng) {
            return w.get("w").sub(support).square().mul(CURVATURE / 2).sum();
        }

        @Override
        public Query query(Params w, Rng rng) {
            return new Query(w.get("w").sub(QUERY).square().mul(0.5).sum());
        }
    }

    private static final Params AT = Params.of("w", Tensor.scalar(THETA, DType.F64));
    private static final Task TASK = new Quadratic("episode 0", SUPPORT);

    private static double after(int k) {
        return SUPPORT + Math.pow(1 - RATE * CURVATURE, k) * (THETA - SUPPORT);
    }

    @Test
    void theFastWeightsFollowTheClosedForm() {
        var way = new InnerLoop(4, RATE, MetaOrder.SECOND).adapt(TASK, AT, Rng.of(1));
        assertEquals(5, way.weights().size());
        for (int k = 0; k <= 4; k++) {
            assertEquals(after(k), way.weights().get(k).get("w").item(), 1e-12);
        }
        assertEquals(
                CURVATURE / 2 * Math.pow(after(3) - SUPPORT, 2),
                way.supportLosses().get(3),
                1e-12);
    }

    @Test
    void secondOrderHasTheFactorOfTheHessianAndFirstOrderHasNot() {
        for (int k : new int[] {0, 1, 3}) {
            double exact = Math.pow(1 - RATE * CURVATURE, k) * (after(k) - QUERY);
            assertEquals(exact, gradient(k, MetaOrder.SECOND, MetaObjective.LAST), 1e-12);
            assertEquals(after(k) - QUERY, gradient(k, MetaOrder.FIRST, MetaObjective.LAST), 1e-12);
        }
    }

    @Test
    void theMultiStepObjectiveIsTheMeanOfItsSteps() {
        double want = 0;
        for (int k = 2; k <= 4; k++) {
            want += Math.pow(1 - RATE * CURVATURE, k) * (after(k) - QUERY) / 3;
        }
        assertEquals(want, gradient(4, MetaOrder.SECOND, new MetaObjective.MeanFrom(2)), 1e-12);
        assertThrows(IllegalArgumentException.class, () -> gradient(1, MetaOrder.FIRST, new MetaObjective.MeanFrom(2)));
        assertArrayEquals(
                new double[] {0, 0.5, 0.5}, MetaObjective.annealed(2, 0, 10).weights(2), 1e-15);
        assertArrayEquals(
                new double[] {0, 0.25, 0.75}, MetaObjective.annealed(2, 5, 10).weights(2), 1e-15);
        assertArrayEquals(
                new double[] {0, 0, 1}, MetaObjective.annealed(2, 99, 10).weights(2), 1e-15);
    }

    @Test
    void watchingLessChangesNoGradient() {
        InnerLoop inner = new InnerLoop(3, RATE, MetaOrder.SECOND);
        MetaGradient all = new Maml(inner, MetaObjective.LAST).gradient(AT, List.of(TASK));
        MetaGradient few = new Maml(inner, MetaObjective.LAST, NonFinite.FAIL, Maml.Watch.WEIGHTED_STEPS)
                .gradient(AT, List.of(TASK));
        assertEquals(all.gradient().get("w").item(), few.gradient().get("w").item());
        assertEquals(List.of(0, 1, 2, 3), innerSteps(all));
        assertEquals(List.of(3), innerSteps(few));
    }

    private static List<Integer> innerSteps(MetaGradient g) {
        return g.tasks().getFirst().queries().stream()
                .map(TaskTrace.Point::innerStep)
                .toList();
    }

    @Test
    void learnedRatesReceiveTheirGradient() {
        Params theta = MetaSgd.start(AT, RATE);
        MetaGradient g = new Maml(new InnerLoop(1, new MetaSgd(), MetaOrder.SECOND), MetaObjective.LAST)
                .gradient(theta, List.of(TASK));
        // d/d alpha of 1/2 (theta - alpha a (theta - s) - q)^2
        assertEquals(
                (after(1) - QUERY) * -CURVATURE * (THETA - SUPPORT),
                g.gradient().get("alpha.w").item(),
                1e-12);
        assertEquals(
                (1 - RATE * CURVATURE) * (after(1) - QUERY),
                g.gradient().get("w").item(),
                1e-12);
    }

    @Test
    void onlyTheHeadAdaptsInAnil() {
        Params two = AT.and(Params.of("v", Tensor.scalar(1, DType.F64)));
        var way = new InnerLoop(2, new Anil(RATE, Set.of("v")), MetaOrder.SECOND).adapt(TASK, two, Rng.of(1));
        assertEquals(THETA, way.adapted().get("w").item());
    }

    @Test
    void aDivergingTaskIsNamedOrSkippedAndNeverCounted() {
        Task broken = new Quadratic("episode 17", Double.NaN);
        InnerLoop inner = new InnerLoop(2, RATE, MetaOrder.SECOND);
        var failure = assertThrows(NonFiniteException.class, () -> new Maml(inner, MetaObjective.LAST)
                .gradient(AT, List.of(TASK, broken)));
        assertTrue(
                failure.getMessage().startsWith("episode 17: the support loss before inner step 1 is NaN"),
                failure.getMessage());

        Maml skipping = new Maml(inner, MetaObjective.LAST, NonFinite.SKIP, Maml.Watch.EVERY_STEP);
        MetaGradient g = skipping.gradient(AT, List.of(broken, TASK));
        assertEquals(1, g.tasks().size());
        assertTrue(g.skipped().getFirst().startsWith("episode 17"));
        assertEquals(
                skipping.gradient(AT, List.of(TASK)).gradient().get("w").item(),
                g.gradient().get("w").item());

        MetaGradient none = skipping.gradient(AT, List.of(broken));
        assertTrue(none.isEmpty());
        assertEquals(0, none.gradient().get("w").item());
    }

    @Test
    void ratesThatMakeNoSenseAreRefused() {
        assertThrows(IllegalArgumentException.class, () -> new InnerLoop(1, Double.NaN, MetaOrder.FIRST));
        assertThrows(IllegalArgumentException.class, () -> new InnerLoop(1, -0.1, MetaOrder.FIRST));
        assertThrows(IllegalArgumentException.class, () -> new InnerLoop(-1, 0.1, MetaOrder.FIRST));
        assertEquals(
                THETA,
                new InnerLoop(3, 0.0, MetaOrder.FIRST)
                        .adapted(TASK, AT, Rng.of(0))
                        .get("w")
                        .item());
    }

    @Test
    void stepsMadeAgainGiveTheSame() {
        Params two = AT.and(Params.of("v", Tensor.scalar(1, DType.F64)));
        Params rated = MetaSgd.start(two, RATE);
        List<MetaObjective> objectives =
                List.of(MetaObjective.LAST, new MetaObjective.MeanFrom(1), MetaObjective.annealed(3, 2, 10));
        for (MetaOrder order : MetaOrder.values()) {
            for (MetaObjective objective : objectives) {
                same(new Maml(new InnerLoop(3, RATE, order), objective), two);
                same(new Maml(new InnerLoop(3, new Anil(RATE, Set.of("v")), order), objective), two);
                same(new Maml(new InnerLoop(3, new MetaSgd(), order), objective), rated);
            }
        }
        same(new Maml(new InnerLoop(0, RATE, MetaOrder.SECOND), MetaObjective.LAST), two);
    }

    /** A task with noise of its own in every loss, on both weights. */
    private record Noisy(String name) implements Task {
        @Override
        public Tensor supportLoss(Params w, Rng rng) {
            return w.get("w")
                    .mul(w.get("v"))
                    .sub(rng.stream().nextDouble())
                    .square()
                    .sum();
        }

        @Override
        public Query query(Params w, Rng rng) {
            return new Query(w.get("w")
                    .mul(w.get("v").exp())
                    .sub(rng.stream().nextDouble())
                    .square()
                    .sum());
        }
    }

    private static void same(Maml kept, Params theta) {
        List<Task> tasks = List.of(new Noisy("a"), new Noisy("b"));
        MetaGradient a = kept.gradient(theta, tasks, Rng.of(7));
        for (Memory lean : List.of(Memory.RECOMPUTE_STEPS, Memory.MIXED_MODES)) {
            same(kept, a, kept.with(lean).gradient(theta, tasks, Rng.of(7)));
        }
    }

    private static void same(Maml kept, MetaGradient a, MetaGradient b) {
        assertEquals(a.loss(), b.loss(), 1e-12 * Math.abs(a.loss()));
        assertEquals(a.tasks().getFirst().queries(), b.tasks().getFirst().queries());
        assertEquals(a.tasks().getLast().supportLosses(), b.tasks().getLast().supportLosses());
        assertEquals(a.gradient().paths(), b.gradient().paths());
        assertTrue(a.norm() > 0);
        a.gradient()
                .forEach((path, g) -> assertEquals(
                        g.item(), b.gradient().get(path).item(), 1e-12 * a.norm(), () -> kept + " " + path));
    }

    private static double gradient(int steps, MetaOrder order, MetaObjective objective) {
        return new Maml(new InnerLoop(steps, RATE, order), objective)
                .gradient(AT, List.of(TASK))
                .gradient()
                .get("w")
                .item();
    }
}
