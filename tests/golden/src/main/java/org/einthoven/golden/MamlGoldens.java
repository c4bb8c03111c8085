package org.einthoven.golden;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.einthoven.autograd.Params;
import org.einthoven.autograd.optim.AdamW;
import org.einthoven.autograd.optim.ClipNorm;
import org.einthoven.autograd.optim.Optimiser;
import org.einthoven.autograd.optim.OptimiserState;
import org.einthoven.autograd.optim.Sgd;
import org.einthoven.meta.Anil;
import org.einthoven.meta.GradientDescent;
import org.einthoven.meta.InnerLoop;
import org.einthoven.meta.InnerRule;
import org.einthoven.meta.Maml;
import org.einthoven.meta.MetaGradient;
import org.einthoven.meta.MetaObjective;
import org.einthoven.meta.MetaOrder;
import org.einthoven.meta.MetaSgd;
import org.einthoven.meta.Reptile;
import org.einthoven.meta.Task;
import org.einthoven.meta.TaskTrace;
import org.einthoven.models.fusion.AnswerReading;
import org.einthoven.models.fusion.EcgQaModel;
import org.einthoven.models.fusion.FrozenLlm;
import org.einthoven.models.fusion.SeedForm;
import org.einthoven.models.llm.HfConfig;
import org.einthoven.models.llm.Llama;
import org.einthoven.tensor.DType;
import org.einthoven.tensor.Rng;
import org.einthoven.tensor.Tensor;

/**
 * Group D: meta-gradients, of sine-wave regression and of episodes like those of the original code. What tells the methods
 * apart are attributes: order, loss weights, which parameters adapt; Reptile and Meta-SGD go by their op.
 */
final class MamlGoldens {
    /** The order of a sinusoid's parameters where the case does not state one. */
    private static final List<String> NET = List.of("w1", "b1", "w2", "b2", "w3", "b3");

    private MamlGoldens() {}

    static GoldenTable table() {
        return new GoldenTable()
                .on(
                        "sinusoid_reptile",
                        (golden, compare) ->
                                reptile(golden, compare, sinusoids(golden), golden.parameters(""), "steps", "inner_lr"))
                .on(
                        "sinusoid_((relu|tanh)_\\d+step_(fo)?maml|anil|meta_sgd)",
                        (golden, compare) ->
                                maml(golden, compare, sinusoids(golden), golden.parameters(""), "steps", "inner_lr"))
                .on(
                        "reptile_mapper",
                        (golden, compare) ->
                                reptile(golden, compare, episodes(golden), theta(golden), "update_step", "update_lr"))
                .on(
                        "maml_(second_order_(final|multistep)|loss_weights_all_steps)|fomaml_(final|multistep_seed)|anil_mapper|meta_sgd_mapper",
                        (golden, compare) ->
                                maml(golden, compare, episodes(golden), theta(golden), "update_step", "update_lr"))
                .on("seed_meta_step", MamlGoldens::outerSteps);
    }

    // ---------------------------------------------------------------- methods

    private static void maml(
            GoldenCase golden,
            Comparison compare,
            List<? extends Task> tasks,
            Params theta,
            String steps,
            String rate) {
        int k = golden.whole(steps);
        InnerRule rule = rule(golden, rate);
        MetaOrder order = golden.truth("second_order", true) ? MetaOrder.SECOND : MetaOrder.FIRST;
        InnerLoop inner = new InnerLoop(k, rule, order);
        MetaGradient g = new Maml(inner, objective(golden)).gradient(theta, tasks);
        compare.check("expected", "objective", Tensor.scalar(g.loss(), DType.F64));
        compare.check(
                "expected",
                "losses_q",
                flat(g.tasks().stream().map(TaskTrace::queryLosses).toList()));
        if (golden.has("expected", "losses_s")) {
            compare.check(
                    "expected",
                    "losses_s",
                    flat(g.tasks().stream().map(TaskTrace::supportLosses).toList()));
        }
        g.gradient().forEach((path, d) -> compare.check("gradients", path, d));
        List<Params> way =
                inner.adapt(tasks.getFirst(), theta.detach(), Rng.of(0)).weights();
        for (int step = 1; step <= k; step++) {
            int now = step;
            way.get(step).forEach((path, w) -> compare.checkIfExpected("expected", "task0.fast" + now + "." + path, w));
        }
        way.getLast().forEach((path, w) -> compare.checkIfExpected("expected", "task0.fast_final." + path, w));
    }

    private static InnerRule rule(GoldenCase golden, String rate) {
        if (golden.names("parameters").stream().anyMatch(p -> p.startsWith("alpha."))) {
            return new MetaSgd();
        }
        if (!golden.attrs().path("inner_update_indices").isArray()) {
            return new GradientDescent(golden.real(rate));
        }
        List<String> order = order(golden);
        Set<String> head = new TreeSet<>();
        for (double i : golden.reals("inner_update_indices")) {
            head.add(order.get((int) i));
        }
        return new Anil(golden.real(rate), head);
    }

    private static MetaObjective objective(GoldenCase golden) {
        return golden.hasAttr("loss_weights")
                ? new MetaObjective.Weighted(
                        Arrays.stream(golden.reals("loss_weights")).boxed().toList())
                : MetaObjective.LAST;
    }

    private static void reptile(
            GoldenCase golden,
            Comparison compare,
            List<? extends Task> tasks,
            Params theta,
            String steps,
            String rate) {
        Reptile reptile = Reptile.of(golden.whole(steps), golden.real(rate));
        Params direction = reptile.gradient(theta, tasks).gradient();
        Sgd.of(golden.real("epsilon"))
                .step(theta, direction, OptimiserState.start())
                .theta()
                .forEach((path, w) -> compare.check("expected", "new." + path, w));
        for (int i = 0; i < tasks.size(); i++) {
            String task = "phi_task" + i + ".";
            reptile.inner()
                    .adapted(tasks.get(i), theta, Rng.of(0))
                    .forEach((path, w) -> compare.checkIfExpected("expected", task + path, w));
        }
    }

    /** Outer steps of the original trainer on the same tasks: first order, loss from step 2 on, clipped, AdamW. */
    private static void outerSteps(GoldenCase golden, Comparison compare) {
        List<SeedTask> tasks = episodes(golden);
        Params theta = theta(golden);
        InnerLoop inner = new InnerLoop(golden.whole("update_step"), golden.real("update_lr"), MetaOrder.FIRST);
        Maml maml = new Maml(inner, new MetaObjective.MeanFrom(2));
        predictions(compare, tasks.getFirst(), theta);
        OptimiserState state = OptimiserState.start();
        for (int step = 0; golden.has("expected", "objective_" + step); step++) {
            MetaGradient g = maml.gradient(theta, tasks);
            ClipNorm.Clipped clipped = ClipNorm.of(golden.real("max_norm")).apply(g.gradient());
            compare.check("expected", "objective_" + step, Tensor.scalar(g.loss(), DType.F64));
            compare.check("expected", "total_norm_" + step, Tensor.scalar(clipped.norm(), DType.F64));
            compare.check(
                    "expected",
                    "losses_q_" + step,
                    flat(g.tasks().stream().map(TaskTrace::queryLosses).toList()));
            Optimiser.Stepped next = AdamW.of(golden.real("meta_lr")).step(theta, clipped.gradient(), state);
            theta = next.theta();
            state = next.state();
            String after = "theta_after_" + (step + 1) + ".";
            theta.forEach((path, w) -> compare.check("expected", after + path, w));
        }
    }

    private static void predictions(Comparison compare, SeedTask task, Params theta) {
        AnswerReading reading = task.read(theta, task.query());
        int[] predicted = reading.predicted();
        compare.check("expected", "pred_tokens_theta_task0", Tensor.of(predicted, predicted.length));
        compare.check("expected", "answers_masked_task0", reading.labels());
    }

    private static double[] flat(List<List<Double>> rows) {
        return rows.stream()
                .flatMap(List::stream)
                .mapToDouble(Double::doubleValue)
                .toArray();
    }

    // ---------------------------------------------------------------- tasks

    private static List<SinusoidTask> sinusoids(GoldenCase golden) {
        List<SinusoidTask> tasks = new ArrayList<>();
        while (golden.has("inputs", "task" + tasks.size() + ".spt.x")) {
            tasks.add(SinusoidTask.of(golden, tasks.size()));
        }
        return tasks;
    }

    private static List<String> order(GoldenCase golden) {
        List<String> order = golden.texts("order");
        return order.isEmpty() ? NET : order;
    }

    /** What the outer loop learns: all parameters but those of the frozen language model. */
    private static Params theta(GoldenCase golden) {
        Params theta = Params.EMPTY;
        for (String name : golden.names("parameters")) {
            theta = name.startsWith("llm.") ? theta : theta.with(name, golden.tensor("parameters", name));
        }
        return theta;
    }

    private static List<SeedTask> episodes(GoldenCase golden) {
        List<String> order = order(golden);
        int end = golden.whole("eos_ignore_index");
        Llama llama = new Llama(HfConfig.read(
                golden.file("index.json").toString(), golden.attrs().path("config")));
        FrozenLlm llm = new FrozenLlm(llama, golden.parameters("llm.").cast(DType.F64));
        SeedForm form = new SeedForm(golden.whole("seq_len"), golden.whole("seq_len"), end);
        EcgQaModel model = new EcgQaModel(
                MapperGoldens.mapper(MapperGoldens.positions(order, theta(golden)), golden.whole("num_heads_mapper")),
                llm,
                form);
        List<SeedTask> tasks = new ArrayList<>();
        while (golden.has("inputs", "task" + tasks.size() + ".spt.x")) {
            String t = "task" + tasks.size();
            tasks.add(new SeedTask(
                    t,
                    model,
                    theta -> MapperGoldens.positions(order, theta),
                    SeedTask.Side.of(golden, t + ".spt", golden.input(t + ".spt.x"), end),
                    SeedTask.Side.of(golden, t + ".qry", golden.input(t + ".qry.x"), end)));
        }
        return tasks;
    }
}
