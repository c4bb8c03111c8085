package org.einthoven.meta;

import static org.junit.jupiter.api.Assertions.assertFalse;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.einthoven.autograd.Params;
import org.einthoven.autograd.optim.AdamW;
import org.einthoven.autograd.optim.ClipNorm;
import org.einthoven.autograd.optim.Optimiser;
import org.einthoven.autograd.optim.OptimiserState;
import org.einthoven.autograd.optim.Sgd;
import org.einthoven.tensor.Tensor;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** The outer steps of the reference numbers, and its gradient clipping. */
class OptimiserGoldensTest {
    @TestFactory
    List<DynamicTest> steps() throws Exception {
        List<DynamicTest> tests = new ArrayList<>();
        for (Golden g : Golden.group("D_maml")) {
            if (g.op().startsWith("opt_")) {
                tests.add(DynamicTest.dynamicTest(g.toString(), () -> step(g)));
            } else if (g.op().startsWith("grad_clip")) {
                tests.add(DynamicTest.dynamicTest(g.toString(), () -> clip(g)));
            }
        }
        assertFalse(tests.isEmpty());
        return tests;
    }

    private static void step(Golden g) {
        Optimiser optimiser = optimiser(g);
        Params theta = g.parameters("");
        OptimiserState state = OptimiserState.start();
        for (int k = 1; g.has("expected", "p0_after_" + k); k++) {
            Optimiser.Stepped next = optimiser.step(theta, gradients(g, "_step_" + k), state);
            theta = next.theta();
            state = next.state();
            String after = "_after_" + k;
            theta.forEach((path, w) -> g.check("expected", path + after, w));
        }
    }

    private static Optimiser optimiser(Golden g) {
        double rate = g.attr("lr").asDouble();
        double decay = g.attr("weight_decay").asDouble(0);
        if (g.op().startsWith("opt_sgd")) {
            return new Sgd(
                    rate, g.attr("momentum").asDouble(0), g.attr("nesterov").asBoolean(false), decay);
        }
        double beta1 = g.attr("betas").path(0).asDouble(0.9);
        double beta2 = g.attr("betas").path(1).asDouble(0.999);
        boolean decoupled = g.op().startsWith("opt_adamw");
        return new AdamW(
                rate,
                beta1,
                beta2,
                g.attr("eps").asDouble(1e-8),
                decay,
                decoupled,
                g.attr("amsgrad").asBoolean(false));
    }

    private static void clip(Golden g) {
        double order = Double.parseDouble(g.attr("norm_type").asString().replace("inf", "Infinity"));
        ClipNorm.Clipped c = new ClipNorm(g.attr("max_norm").asDouble(), order).apply(gradients(g, ""));
        g.check("expected", "total_norm", c.norm());
        c.gradient().forEach((path, t) -> g.check("expected", path.replace('p', 'c'), t));
    }

    /** g0, g1, .. of one step, under the names of their parameters: p0, p1, .. */
    private static Params gradients(Golden g, String step) {
        Map<String, Tensor> m = new LinkedHashMap<>();
        for (int i = 0; g.has("inputs", "g" + i + step); i++) {
            m.put("p" + i, g.tensor("inputs", "g" + i + step));
        }
        return Params.of(m);
    }
}
