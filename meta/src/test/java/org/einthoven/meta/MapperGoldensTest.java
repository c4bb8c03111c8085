package org.einthoven.meta;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.einthoven.autograd.Params;
import org.einthoven.autograd.optim.AdamW;
import org.einthoven.autograd.optim.OptimiserState;
import org.einthoven.autograd.optim.Sgd;
import org.einthoven.tensor.Rng;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Every case of the reference numbers that adapts a mapper in front of a small frozen language model. */
class MapperGoldensTest {
    @TestFactory
    List<DynamicTest> mappers() throws Exception {
        List<DynamicTest> tests = new ArrayList<>();
        for (Golden g : Golden.group("D_maml")) {
            if (g.attr("num_heads_mapper").isNumber()) {
                tests.add(DynamicTest.dynamicTest(g.toString(), () -> check(g)));
            }
        }
        assertFalse(tests.isEmpty());
        return tests;
    }

    private static void check(Golden g) {
        if (g.op().contains("reptile")) {
            reptile(g);
        } else if (g.op().equals("seed_meta_step")) {
            seedSteps(g);
        } else {
            gradient(g);
        }
    }

    private static void gradient(Golden g) {
        List<MapperTask> tasks = MapperTask.of(g);
        Params theta = MapperTask.theta(g);
        boolean first =
                g.attr("second_order").isBoolean() && !g.attr("second_order").asBoolean();
        InnerLoop inner =
                new InnerLoop(g.attr("update_step").asInt(), rule(g), first ? MetaOrder.FIRST : MetaOrder.SECOND);
        List<Double> weights = new ArrayList<>();
        g.attr("loss_weights").forEach(w -> weights.add(w.asDouble()));
        MetaGradient m = new Maml(inner, new MetaObjective.Weighted(weights)).gradient(theta, tasks);
        g.check("expected", "objective", m.loss());
        g.check(
                "expected",
                "losses_q",
                flat(m.tasks().stream().map(TaskTrace::queryLosses).toList()));
        g.check(
                "expected",
                "losses_s",
                flat(m.tasks().stream().map(TaskTrace::supportLosses).toList()));
        m.gradient().forEach((path, d) -> g.check("gradients", path, d));
        List<Params> way = inner.adapt(tasks.getFirst(), theta, Rng.of(0)).weights();
        for (int k = 1; k < way.size(); k++) {
            if (g.has("expected", "task0.fast" + k + ".prefix")) {
                String at = "task0.fast" + k + ".";
                way.get(k).forEach((path, w) -> g.check("expected", at + path, w));
            }
        }
    }

    private static void reptile(Golden g) {
        Params theta = MapperTask.theta(g);
        Reptile reptile =
                Reptile.of(g.attr("update_step").asInt(), g.attr("update_lr").asDouble());
        Params moved = Sgd.of(g.attr("epsilon").asDouble())
                .step(theta, reptile.gradient(theta, MapperTask.of(g)).gradient(), OptimiserState.start())
                .theta();
        moved.forEach((path, w) -> g.check("expected", "new." + path, w));
    }

    /** Outer steps exactly as the reference takes them: first order, mean of the losses from step 2 on, clipped, AdamW. */
    private static void seedSteps(Golden g) {
        List<MapperTask> tasks = MapperTask.of(g);
        Params theta = MapperTask.theta(g);
        InnerLoop inner =
                new InnerLoop(g.attr("update_step").asInt(), g.attr("update_lr").asDouble(), MetaOrder.FIRST);
        Maml seed = new Maml(inner, new MetaObjective.MeanFrom(2));
        AdamW adam = AdamW.of(g.attr("meta_lr").asDouble());
        OptimiserState state = OptimiserState.start();
        for (int k = 0; g.has("expected", "objective_" + k); k++) {
            MetaGradient m = seed.gradient(theta, tasks);
            g.check("expected", "objective_" + k, m.loss());
            g.check("expected", "total_norm_" + k, m.norm());
            g.check(
                    "expected",
                    "losses_q_" + k,
                    flat(m.tasks().stream().map(TaskTrace::queryLosses).toList()));
            var next = adam.step(theta, m.clipped(g.attr("max_norm").asDouble()), state);
            theta = next.theta();
            state = next.state();
            String after = "theta_after_" + (k + 1) + ".";
            theta.forEach((path, w) -> g.check("expected", after + path, w));
        }
        assertArrayEquals(
                g.tensor("expected", "pred_tokens_theta_task0").toInts(),
                tasks.getFirst().predicted(MapperTask.theta(g)));
    }

    private static InnerRule rule(Golden g) {
        if (g.op().contains("meta_sgd")) {
            return new MetaSgd();
        }
        double rate = g.attr("update_lr").asDouble();
        if (!g.attr("inner_update_indices").isArray()) {
            return new GradientDescent(rate);
        }
        Set<String> head = new TreeSet<>();
        g.attr("inner_update_indices").forEach(i -> head.add(g.order().get(i.asInt())));
        return new Anil(rate, head);
    }

    private static double[] flat(List<List<Double>> rows) {
        return rows.stream()
                .flatMap(List::stream)
                .mapToDouble(Double::doubleValue)
                .toArray();
    }
}
