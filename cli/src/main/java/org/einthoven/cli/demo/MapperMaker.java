package org.einthoven.cli.demo;

import java.util.function.Consumer;
import org.einthoven.autograd.Params;
import org.einthoven.autograd.optim.AdamW;
import org.einthoven.autograd.optim.Schedule;
import org.einthoven.data.episodes.EpisodeSampler;
import org.einthoven.meta.Blindfold;
import org.einthoven.meta.Control;
import org.einthoven.meta.EcgQaTask;
import org.einthoven.meta.EpisodeEncoder;
import org.einthoven.meta.InnerLoop;
import org.einthoven.meta.Maml;
import org.einthoven.meta.MetaObjective;
import org.einthoven.meta.MetaOrder;
import org.einthoven.meta.MetaTrainer;
import org.einthoven.meta.NonFinite;
import org.einthoven.meta.TrainingState;
import org.einthoven.models.fusion.EcgQaModel;
import org.einthoven.tensor.Rng;

/** Meta-trains the demo's mappers: ours, and the two that are blind from the start. */
final class MapperMaker {
    /** Inner steps, in training and at test. */
    static final int STEPS = 5;

    /** Inner rate. */
    static final double RATE = 0.3;

    private static final double OUTER_RATE = 1e-3;
    private static final int TASKS = 2;
    private static final double CLIP = 1;
    private static final int WARM_UP = 20;

    private MapperMaker() {}

    /** The inner loop of all mappers. */
    static InnerLoop inner(MetaOrder order) {
        return new InnerLoop(STEPS, RATE, order);
    }

    /**
     * @param control whose blindfold is worn; {@link Control#ZERO_STEPS}, which sees everything, for our own mapper
     * @param order first for most of the training, which is cheaper
     */
    static Params train(
            EcgQaModel model,
            Params from,
            EpisodeSampler sampler,
            EpisodeEncoder encoder,
            Blindfold blindfold,
            Control control,
            MetaOrder order,
            int steps,
            Rng rng,
            Consumer<String> log) {
        Maml maml = new Maml(inner(order), MetaObjective.LAST, NonFinite.FAIL, Maml.Watch.WEIGHTED_STEPS);
        Schedule schedule = Schedule.cosine(WARM_UP, Math.max(steps, 4 * WARM_UP), 0.1);
        MetaTrainer.Tasks tasks = step -> sampler.batch(rng.split("episodes"), step, TASKS).stream()
                .map(e -> new EcgQaTask(model, blindfold.over(encoder.encode(e), control)))
                .toList();
        TrainingState state = TrainingState.start(from);
        double loss = Double.NaN;
        double right = Double.NaN;
        for (int step = 0; step < steps; step++) {
            AdamW adam = AdamW.of(OUTER_RATE * schedule.at(step)).withWeightDecay(0);
            MetaTrainer trainer =
                    new MetaTrainer(maml, adam, new MetaTrainer.Plan(steps, CLIP, 0, steps), rng.split("outer"));
            MetaTrainer.Stepped s = trainer.step(state, tasks);
            state = s.state();
            double now = s.gradient().tasks().stream()
                    .mapToDouble(t -> t.queries().getLast().measures().get("exact_match"))
                    .average()
                    .orElseThrow();
            loss = Double.isNaN(loss)
                    ? s.gradient().loss()
                    : loss + 0.05 * (s.gradient().loss() - loss);
            right = Double.isNaN(right) ? now : right + 0.05 * (now - right);
            if (step % 25 == 24 || step + 1 == steps) {
                log.accept("%s meta-step %d of %d: query loss %.4f, answers right %.3f"
                        .formatted(control.key(), step + 1, steps, loss, right));
            }
        }
        return state.theta();
    }
}
