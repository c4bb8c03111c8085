package org.einthoven.golden;

import java.util.Map;
import java.util.TreeMap;
import org.einthoven.autograd.Params;
import org.einthoven.autograd.optim.AdamW;
import org.einthoven.autograd.optim.ClipNorm;
import org.einthoven.autograd.optim.Optimiser;
import org.einthoven.autograd.optim.OptimiserState;
import org.einthoven.autograd.optim.Sgd;
import org.einthoven.tensor.DType;
import org.einthoven.tensor.Tensor;

/** Group D: outer steps on given gradients, and clipping. What an optimiser's attributes leave out has PyTorch's default. */
final class OptimiserGoldens {
    private OptimiserGoldens() {}

    static GoldenTable table() {
        return new GoldenTable()
                .on("opt_adamw(_wd0|_amsgrad)?", (golden, compare) -> steps(golden, compare, adam(golden, true, 0.01)))
                .on("opt_adam_l2", (golden, compare) -> steps(golden, compare, adam(golden, false, 0)))
                .on("opt_sgd_momentum_nesterov", (golden, compare) -> steps(golden, compare, sgd(golden)))
                .on("grad_clip_(above|below|inf)", OptimiserGoldens::clip);
    }

    private static Optimiser adam(GoldenCase golden, boolean decoupled, double decay) {
        double[] betas = golden.hasAttr("betas") ? golden.reals("betas") : new double[] {0.9, 0.999};
        return new AdamW(
                golden.real("lr"),
                betas[0],
                betas[1],
                golden.real("eps", 1e-8),
                golden.real("weight_decay", decay),
                decoupled,
                golden.truth("amsgrad", false));
    }

    private static Optimiser sgd(GoldenCase golden) {
        return new Sgd(
                golden.real("lr"),
                golden.real("momentum", 0),
                golden.truth("nesterov", false),
                golden.real("weight_decay", 0));
    }

    /** Parameters p0, p1, ...; gradients {@code g0_step_1}, ...; after each step {@code p0_after_1}, ... */
    private static void steps(GoldenCase golden, Comparison compare, Optimiser optimiser) {
        Params theta = golden.parameters("");
        OptimiserState state = OptimiserState.start();
        for (int step = 1; golden.has("inputs", "g0_step_" + step); step++) {
            Map<String, Tensor> gradient = new TreeMap<>();
            for (String path : theta.paths()) {
                gradient.put(path, golden.input(path.replaceFirst("^p", "g") + "_step_" + step));
            }
            Optimiser.Stepped next = optimiser.step(theta, Params.of(gradient), state);
            theta = next.theta();
            state = next.state();
            for (String path : theta.paths()) {
                compare.check("expected", path + "_after_" + step, theta.get(path));
            }
        }
    }

    /** Gradients g0, g1, ... to clipped ones c0, c1, ... */
    private static void clip(GoldenCase golden, Comparison compare) {
        Map<String, Tensor> gradient = new TreeMap<>();
        for (String name : golden.names("inputs")) {
            gradient.put(name, golden.input(name));
        }
        String order = golden.attrs().path("norm_type").asString("2");
        double norm = order.equals("inf") ? Double.POSITIVE_INFINITY : Double.parseDouble(order);
        ClipNorm.Clipped clipped = new ClipNorm(golden.real("max_norm"), norm).apply(Params.of(gradient));
        compare.check("expected", "total_norm", Tensor.scalar(clipped.norm(), DType.F64));
        clipped.gradient().forEach((path, c) -> compare.check("expected", path.replaceFirst("^g", "c"), c));
    }
}
