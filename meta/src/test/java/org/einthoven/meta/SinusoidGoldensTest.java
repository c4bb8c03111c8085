package org.einthoven.meta;

import static org.junit.jupiter.api.Assertions.assertFalse;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.einthoven.autograd.Params;
import org.einthoven.autograd.optim.OptimiserState;
import org.einthoven.autograd.optim.Sgd;
import org.einthoven.tensor.Rng;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Every sinusoid case of the reference numbers: MAML, FOMAML, ANIL, Meta-SGD, Reptile. */
class SinusoidGoldensTest {
    @TestFactory
    List<DynamicTest> sinusoids() throws Exception {
        List<DynamicTest> tests = new ArrayList<>();
        for (Golden g : Golden.group("D_maml")) {
            if (g.op().startsWith("sinusoid")) {
                tests.add(DynamicTest.dynamicTest(g.toString(), () -> check(g)));
            }
        }
        assertFalse(tests.isEmpty());
        return tests;
    }

    private static void check(Golden g) {
        List<SinusoidTask> tasks = IntStream.range(0, g.tasks())
                .mapToObj(i -> SinusoidTask.of(g, i))
                .toList();
        Params theta = g.parameters("");
        int steps = g.attr("steps").asInt();
        if (g.op().contains("reptile")) {
            Reptile reptile = Reptile.of(steps, g.attr("inner_lr").asDouble());
            Params moved = Sgd.of(g.attr("epsilon").asDouble())
                    .step(theta, reptile.gradient(theta, tasks).gradient(), OptimiserState.start())
                    .theta();
            moved.forEach((path, w) -> g.check("expected", "new." + path, w));
            return;
        }
        boolean first =
                g.attr("second_order").isBoolean() && !g.attr("second_order").asBoolean();
        InnerLoop inner = new InnerLoop(steps, rule(g), first ? MetaOrder.FIRST : MetaOrder.SECOND);
        MetaGradient m = new Maml(inner, MetaObjective.LAST).gradient(theta, tasks);
        g.check("expected", "objective", m.loss());
        g.check(
                "expected",
                "losses_q",
                flat(m.tasks().stream().map(TaskTrace::queryLosses).toList()));
        m.gradient().forEach((path, d) -> g.check("gradients", path, d));
        if (g.has("expected", "losses_s")) {
            g.check(
                    "expected",
                    "losses_s",
                    flat(m.tasks().stream().map(TaskTrace::supportLosses).toList()));
        }
        if (g.has("expected", "task0.fast_final.w1")) {
            inner.adapted(tasks.getFirst(), theta, Rng.of(0))
                    .forEach((path, w) -> g.check("expected", "task0.fast_final." + path, w));
        }
    }

    private static InnerRule rule(Golden g) {
        if (g.op().contains("meta_sgd")) {
            return new MetaSgd();
        }
        double rate = g.attr("inner_lr").asDouble();
        if (!g.attr("inner_update_indices").isArray()) {
            return new GradientDescent(rate);
        }
        List<String> order = g.order().isEmpty() ? List.of("w1", "b1", "w2", "b2", "w3", "b3") : g.order();
        Set<String> head = new TreeSet<>();
        g.attr("inner_update_indices").forEach(i -> head.add(order.get(i.asInt())));
        return new Anil(rate, head);
    }

    private static double[] flat(List<List<Double>> rows) {
        return rows.stream()
                .flatMap(List::stream)
                .mapToDouble(Double::doubleValue)
                .toArray();
    }
}
