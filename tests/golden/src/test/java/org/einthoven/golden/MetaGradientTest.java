package org.einthoven.golden;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.function.DoubleFunction;
import org.einthoven.autograd.Params;
import org.einthoven.meta.InnerLoop;
import org.einthoven.meta.Maml;
import org.einthoven.meta.MetaGradient;
import org.einthoven.meta.MetaObjective;
import org.einthoven.meta.MetaOrder;
import org.einthoven.models.llm.Llm;
import org.einthoven.tensor.Rng;
import org.einthoven.tensor.Tensor;
import org.junit.jupiter.api.Test;

/**
 * The second-order meta-gradient of a whole episode (ECG vectors, mapper, frozen language model, three inner steps) against
 * differences of the meta-loss itself, in F64.
 */
class MetaGradientTest {
    /** Small: where a leaky ReLU of the mapper changes branch, inner gradients jump, and the meta-loss with them. */
    private static final double STEP = 1e-5;

    private static final double RELATIVE = 1e-6;
    private static final Rng RNG = Rng.of(222);

    @Test
    void agreesWithDifferencesInEachParameterAndAlongARandomDirection() {
        EmbeddedGoldens.with(folder -> {
            try (GoldenCase golden =
                            GoldenCase.open(folder.resolve("F_pipeline").resolve("seed_pipeline"));
                    Llm llm = PipelineGoldens.llm(golden)) {
                check(golden, PipelineGoldens.task(golden, llm), PipelineGoldens.theta(golden));
            }
            return null;
        });
    }

    private static void check(GoldenCase golden, SeedTask task, Params theta) {
        InnerLoop inner = new InnerLoop(golden.whole("update_step"), golden.real("update_lr"), MetaOrder.SECOND);
        MetaGradient g = new Maml(inner, MetaObjective.LAST).gradient(theta, List.of(task));
        for (String path : theta.paths()) {
            Tensor v = unit(path, theta.get(path));
            double analytic = g.gradient().get(path).mul(v).sum().item();
            double numeric = difference(
                    h -> loss(inner, task, theta.with(path, theta.get(path).add(v.mul(h)))));
            close(path, numeric, analytic, g.norm());
        }
        Params v = Params.EMPTY;
        double analytic = 0;
        for (String path : theta.paths()) {
            v = v.with(path, unit("all " + path, theta.get(path)));
            analytic += g.gradient().get(path).mul(v.get(path)).sum().item();
        }
        Params direction = v;
        double numeric = difference(h -> loss(inner, task, theta.zip(direction, (w, d) -> w.add(d.mul(h)))));
        close("all together", numeric, analytic, g.norm());
    }

    private static double loss(InnerLoop inner, SeedTask task, Params theta) {
        Params fast = inner.adapted(task, theta, Rng.of(0));
        return task.read(fast, task.query()).loss().item();
    }

    /** Relative to the derivative itself, but not finer than 1e-3 of the whole gradient, below which it is all rounding. */
    private static void close(String path, double numeric, double analytic, double norm) {
        assertEquals(numeric, analytic, RELATIVE * Math.max(Math.abs(numeric), 1e-3 * norm), path);
    }

    private static Tensor unit(String name, Tensor like) {
        Tensor v = RNG.split(name).normal64(like.shape().toArray());
        return v.mul(1 / Math.sqrt(v.square().sum().item()));
    }

    /** Five points, of error h^4. */
    private static double difference(DoubleFunction<Double> f) {
        return (f.apply(-2 * STEP) - 8 * f.apply(-STEP) + 8 * f.apply(STEP) - f.apply(2 * STEP)) / (12 * STEP);
    }
}
