package org.einthoven.meta;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.function.BooleanSupplier;
import java.util.stream.LongStream;
import org.einthoven.autograd.Params;
import org.einthoven.autograd.optim.AdamW;
import org.einthoven.tensor.Rng;
import org.einthoven.tensor.Tensor;

/** A whole training run that takes a moment: sinusoid regression, two tasks a step, a checkpoint every two steps. */
final class TinyRun {
    static final int STEPS = 7;
    static final RunConfig CONFIG = RunConfig.of(Map.of("seed", 1, "update_lr", 0.05));

    private static final Rng RNG = Rng.of(1);

    private TinyRun() {}

    /** Trains into a folder as a process of its own: slowly, so that it can be killed, and stopping when it is asked to. */
    public static void main(String[] args) {
        try (Interruption interruption = Interruption.bySignal()) {
            train(Path.of(args[0]), () -> {
                try {
                    Thread.sleep(300);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
                return interruption.getAsBoolean();
            });
        }
    }

    static Path train(Path out, BooleanSupplier stop) {
        try (RunDirectory run = RunDirectory.open(out)) {
            Checkpoints checkpoints = new Checkpoints(run, CONFIG);
            TrainingState from =
                    checkpoints.latest().map(Checkpoints.Resumed::state).orElseGet(() -> TrainingState.start(theta()));
            trainer().run(from, TinyRun::tasks, TinyRun::evaluate, run, checkpoints, stop, (state, g) -> {});
        }
        return out;
    }

    static Checkpoints.Resumed latest(Path out) {
        try (RunDirectory run = RunDirectory.open(out)) {
            return new Checkpoints(run, CONFIG).latest().orElseThrow();
        }
    }

    static Params theta() {
        Rng rng = RNG.split("theta");
        return Params.of(Map.of(
                "w1",
                rng.split("w1").normal(8, 1),
                "b1",
                rng.split("b1").normal(8),
                "w2",
                rng.split("w2").normal(8, 8).mul(0.3),
                "b2",
                rng.split("b2").normal(8),
                "w3",
                rng.split("w3").normal(1, 8).mul(0.3),
                "b3",
                rng.split("b3").normal(1)));
    }

    private static MetaTrainer trainer() {
        Maml maml = new Maml(new InnerLoop(2, 0.05, MetaOrder.SECOND), MetaObjective.LAST);
        return new MetaTrainer(maml, AdamW.of(5e-4), new MetaTrainer.Plan(STEPS, 1, 3, 2), RNG);
    }

    private static List<SinusoidTask> tasks(long step) {
        return LongStream.range(2 * step, 2 * step + 2).mapToObj(TinyRun::task).toList();
    }

    private static SinusoidTask task(long index) {
        Rng rng = RNG.split("tasks").split(index);
        Tensor s = rng.split("support").normal(5, 1);
        Tensor q = rng.split("query").normal(5, 1);
        return new SinusoidTask("sine " + index, false, s, s.sin(), q, q.sin());
    }

    private static MetaTrainer.Evaluation.Result evaluate(Params theta, long step) {
        double loss = task(1000).query(theta, RNG).loss().item();
        return new MetaTrainer.Evaluation.Result(OptionalDouble.of(-loss), Map.of("loss", loss));
    }
}
