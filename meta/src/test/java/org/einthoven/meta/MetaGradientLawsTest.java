package org.einthoven.meta;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Set;
import java.util.function.ToDoubleFunction;
import org.einthoven.autograd.Grad;
import org.einthoven.autograd.GradMode;
import org.einthoven.autograd.Params;
import org.einthoven.tensor.Rng;
import org.einthoven.tensor.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Each algorithm's direction against differences of its own objective, or against the formula of its paper, in F64. */
class MetaGradientLawsTest {
    private static final int STEPS = 4;
    private static final double RATE = 0.1;
    private static final List<TanhTask> TASKS = TanhTask.tasks(2);
    private static final Params THETA = TanhTask.theta();
    private static final InnerLoop SECOND = new InnerLoop(STEPS, RATE, MetaOrder.SECOND);
    private static final InnerLoop FIRST = new InnerLoop(STEPS, RATE, MetaOrder.FIRST);

    @ParameterizedTest
    @EnumSource(Memory.class)
    void secondOrderGradientsAreThoseOfTheObjective(Memory memory) {
        Set<String> head = Set.of("w2", "b2");
        exact(new Maml(SECOND, MetaObjective.LAST).with(memory), THETA);
        exact(new Maml(SECOND, new MetaObjective.MeanFrom(2)).with(memory), THETA);
        exact(new Maml(SECOND, MetaObjective.annealed(STEPS, 3, 10)).with(memory), THETA);
        exact(
                new Maml(new InnerLoop(STEPS, new Anil(RATE, head), MetaOrder.SECOND), MetaObjective.LAST).with(memory),
                THETA);
        exact(
                new Maml(new InnerLoop(STEPS, new MetaSgd(), MetaOrder.SECOND), MetaObjective.LAST).with(memory),
                MetaSgd.start(THETA, RATE));
        exact(
                new Maml(new InnerLoop(STEPS, new Proximal(RATE, 0.5), MetaOrder.SECOND), MetaObjective.LAST)
                        .with(memory),
                THETA);
    }

    @ParameterizedTest
    @EnumSource(Memory.class)
    void firstOrderGradientsAreThoseOfTheQueryLossAtTheFastWeights(Memory memory) {
        Params formula = mean(task -> Grad.valueAndGrad(
                        w -> task.query(w, Rng.of(0)).loss(), FIRST.adapted(task, THETA, Rng.of(0)), GradMode.CONSTANT)
                .grads());
        MetaGradient first = new Maml(FIRST, MetaObjective.LAST).with(memory).gradient(THETA, TASKS);
        near(formula, first.gradient(), 1e-14);
    }

    @Test
    void firstOrderIsNotSecondOrder() {
        MetaGradient first = new Maml(FIRST, MetaObjective.LAST).gradient(THETA, TASKS);
        MetaGradient second = new Maml(SECOND, MetaObjective.LAST).gradient(THETA, TASKS);
        assertEquals(first.loss(), second.loss(), "the objective is the same");
        double apart = distance(first.gradient(), second.gradient()) / second.norm();
        assertTrue(apart > 0.1, "relative distance " + apart);
        assertThrows(
                AssertionError.class, () -> exact(new Maml(FIRST, MetaObjective.LAST), THETA), "differences tell them");
    }

    @Test
    void mixedModesGiveThePlainSecondOrderGradientToRounding() {
        for (MetaObjective objective : List.of(MetaObjective.LAST, new MetaObjective.MeanFrom(1))) {
            Maml plain = new Maml(SECOND, objective);
            near(
                    plain.gradient(THETA, TASKS).gradient(),
                    plain.with(Memory.MIXED_MODES).gradient(THETA, TASKS).gradient(),
                    1e-14);
        }
    }

    @Test
    void reptileGivesTheSumOfItsInnerSteps() {
        MetaGradient reptile = new Reptile(FIRST, NonFinite.FAIL).gradient(THETA, TASKS);
        Params formula = mean(task -> {
            Params sum = THETA.map(w -> w.mul(0));
            for (Params w : FIRST.adapt(task, THETA, Rng.of(0)).weights().subList(0, STEPS)) {
                Params g = Grad.valueAndGrad(p -> task.supportLoss(p, Rng.of(0)), w, GradMode.CONSTANT)
                        .grads();
                sum = sum.zip(g, (s, x) -> s.add(x.mul(RATE)));
            }
            return sum;
        });
        near(formula, reptile.gradient(), 1e-13);
    }

    /** d/dtheta of the query loss at the minimum itself, which 300 steps reach to rounding: the pull makes it the only one. */
    @Test
    void implicitGradientsTendToTheExactOneAsTheInnerSolveTightens() {
        double pull = 10;
        double rate = 0.05;
        ConjugateGradient tight = new ConjugateGradient(60, 1e-14);
        ToDoubleFunction<Params> objective = theta -> ImplicitMaml.of(300, rate, pull, new ConjugateGradient(1, 1))
                .gradient(theta, List.of(TASKS.getFirst()))
                .loss();
        Params v = THETA.map(w -> Rng.of(5).normal64(w.shape().toArray()));
        double exact = difference(objective, THETA, v, 1e-4);
        double before = Double.POSITIVE_INFINITY;
        for (int steps : new int[] {4, 12, 36, 108}) {
            Params g = ImplicitMaml.of(steps, rate, pull, tight)
                    .gradient(THETA, List.of(TASKS.getFirst()))
                    .gradient();
            double error = Math.abs(dot(g, v) - exact);
            assertTrue(error < before / 2, steps + " steps: " + error + ", before " + before);
            before = Math.max(error, 1e-9 * Math.abs(exact));
        }
        assertEquals(0, before, 1e-6 * Math.abs(exact));
    }

    @Test
    void implicitGradientsAreWithinReachOfFewProducts() {
        Params want = ImplicitMaml.of(200, RATE, 2, new ConjugateGradient(60, 1e-14))
                .gradient(THETA, TASKS)
                .gradient();
        double before = Double.POSITIVE_INFINITY;
        for (int products : new int[] {1, 3, 6}) {
            Params g = ImplicitMaml.of(200, RATE, 2, new ConjugateGradient(products, 0))
                    .gradient(THETA, TASKS)
                    .gradient();
            double error = distance(g, want);
            assertTrue(error < before, products + " products: " + error);
            before = error;
        }
        assertThrows(
                IllegalArgumentException.class,
                () -> new ImplicitMaml(SECOND, new ConjugateGradient(1, 0), NonFinite.FAIL));
    }

    @Test
    void mamlPlusPlusBeginsFirstOrderAndWithEveryStepAndEndsSecondOrderWithTheLast() {
        MamlPlusPlus schedule =
                new MamlPlusPlus(SECOND, 10, 5, NonFinite.FAIL, Maml.Watch.EVERY_STEP, Memory.KEEP_STEPS);
        Params early = schedule.apply(0).gradient(THETA, TASKS).gradient();
        MetaObjective all = MetaObjective.annealed(STEPS, 0, 10);
        near(new Maml(FIRST, all).gradient(THETA, TASKS).gradient(), early, 0);
        exact(schedule.apply(5), THETA);
        Params late = schedule.apply(10).gradient(THETA, TASKS).gradient();
        near(new Maml(SECOND, MetaObjective.LAST).gradient(THETA, TASKS).gradient(), late, 0);
    }

    /** Its objective is the mean of support and query loss where no step was taken. */
    @Test
    void supervisedGradientsAreThoseOfTheLossOnAllItems() {
        exact(new Supervised(FIRST, NonFinite.FAIL), THETA);
        Params formula = mean(task -> Grad.valueAndGrad(
                        w -> task.supportLoss(w, Rng.of(0))
                                .add(task.query(w, Rng.of(0)).loss())
                                .div(2),
                        THETA,
                        GradMode.CONSTANT)
                .grads());
        near(
                formula,
                new Supervised(FIRST, NonFinite.FAIL).gradient(THETA, TASKS).gradient(),
                1e-14);
    }

    // ---------------------------------------------------------------- differences

    private static void exact(MetaLearner learner, Params theta) {
        Params g = learner.gradient(theta, TASKS).gradient();
        for (int i = 0; i < 3; i++) {
            Rng rng = Rng.of(70 + i);
            Params v = theta.map(w -> rng.normal64(w.shape().toArray()));
            double slope = difference(t -> learner.gradient(t, TASKS).loss(), theta, v, 1e-4);
            assertEquals(slope, dot(g, v), 1e-6 * Math.max(1, Math.abs(slope)), learner.toString());
        }
    }

    /** The slope along v: central differences of step h and h / 2, extrapolated. */
    private static double difference(ToDoubleFunction<Params> f, Params at, Params v, double h) {
        return (4 * central(f, at, v, h / 2) - central(f, at, v, h)) / 3;
    }

    private static double central(ToDoubleFunction<Params> f, Params at, Params v, double h) {
        Params up = at.zip(v, (w, d) -> w.add(d.mul(h)));
        Params down = at.zip(v, (w, d) -> w.sub(d.mul(h)));
        return (f.applyAsDouble(up) - f.applyAsDouble(down)) / (2 * h);
    }

    private interface Direction {
        Params of(Task task);
    }

    private static Params mean(Direction direction) {
        Params a = direction.of(TASKS.getFirst());
        return a.zip(direction.of(TASKS.getLast()), (x, y) -> x.add(y).div(2));
    }

    private static double dot(Params a, Params b) {
        return a.zip(b, (x, y) -> x.mul(y).sum()).tensors().stream()
                .mapToDouble(Tensor::item)
                .sum();
    }

    private static double distance(Params a, Params b) {
        Params d = a.zip(b, Tensor::sub);
        return Math.sqrt(dot(d, d));
    }

    private static void near(Params want, Params got, double relative) {
        assertEquals(want.paths(), got.paths());
        assertEquals(0, distance(want, got), relative * Math.sqrt(dot(want, want)));
    }
}
