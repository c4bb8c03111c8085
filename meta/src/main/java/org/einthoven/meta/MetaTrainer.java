package org.einthoven.meta;

import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.function.BooleanSupplier;
import java.util.function.LongFunction;
import org.einthoven.autograd.Params;
import org.einthoven.autograd.optim.Optimiser;
import org.einthoven.tensor.Rng;

/**
 * The outer loop. Each step is a function of the state before it, the seed and the step's number, so a run that was killed
 * and resumed ends in the same bytes as one that was not.
 *
 * <pre>{@code
 * MetaGradient g = learner.gradient(theta, tasks);
 * theta = optimiser.step(theta, g.clipped(1.0));
 * }</pre>
 */
public final class MetaTrainer {
    private final LongFunction<? extends MetaLearner> learner;
    private final Optimiser optimiser;
    private final Plan plan;
    private final Rng rng;

    /**
     * @param steps outer steps in all
     * @param clip largest norm of the meta-gradient
     * @param evaluateEvery outer steps between evaluations; 0 for none
     * @param checkpointEvery outer steps between checkpoints; the last step is always saved
     */
    public record Plan(long steps, double clip, long evaluateEvery, long checkpointEvery) {
        public Plan {
            if (steps < 0 || !(clip > 0) || evaluateEvery < 0 || checkpointEvery < 1) {
                throw new IllegalArgumentException(
                        "a plan needs steps >= 0, clip > 0, evaluateEvery >= 0 and checkpointEvery" + " >= 1, got "
                                + steps + ", " + clip + ", " + evaluateEvery + ", " + checkpointEvery);
            }
        }
    }

    /** Where tasks come from: those of an outer step, counted from 0, always the same for the same step. */
    @FunctionalInterface
    public interface Tasks {
        List<? extends Task> batch(long step);
    }

    /** Judges weights while training goes on. */
    @FunctionalInterface
    public interface Evaluation {
        /**
         * What was measured.
         *
         * @param metric what the best weights are chosen by, more being better: of meta-validation tasks; empty where nothing may be
         *     chosen, as of test tasks
         */
        record Result(OptionalDouble metric, Map<String, Double> measures) {}

        Result of(Params theta, long step);
    }

    /** Is told after each step; for progress lines. */
    @FunctionalInterface
    public interface Listener {
        void stepped(TrainingState state, MetaGradient gradient);
    }

    /**
     * @param learner the rule at each outer step, counted from 0: annealed objectives change with it
     * @param rng step k draws from {@code rng.split("step").split(k)}
     */
    public MetaTrainer(LongFunction<? extends MetaLearner> learner, Optimiser optimiser, Plan plan, Rng rng) {
        this.learner = learner;
        this.optimiser = optimiser;
        this.plan = plan;
        this.rng = rng;
    }

    public MetaTrainer(MetaLearner learner, Optimiser optimiser, Plan plan, Rng rng) {
        this(step -> learner, optimiser, plan, rng);
    }

    /**
     * One outer step. A batch all of whose tasks were skipped leaves theta and the optimiser alone.
     *
     * @throws NonFiniteException when a task is not finite and the learner does not skip it, or when the step makes theta so
     */
    public Stepped step(TrainingState state, Tasks tasks) {
        long k = state.step();
        MetaGradient g = learner.apply(k)
                .gradient(state.theta(), tasks.batch(k), rng.split("step").split(k));
        if (g.isEmpty()) {
            return new Stepped(
                    new TrainingState(k + 1, state.theta(), state.optimiser(), state.bestMetric(), state.bestStep()),
                    g);
        }
        Optimiser.Stepped next = optimiser.step(state.theta(), g.clipped(plan.clip()), state.optimiser());
        if (!Finite.all(next.theta())) {
            throw new NonFiniteException("outer step " + (k + 1), "the parameters are no longer finite");
        }
        return new Stepped(
                new TrainingState(k + 1, next.theta(), next.state(), state.bestMetric(), state.bestStep()), g);
    }

    /** The state after a step, and the gradient that led there. */
    public record Stepped(TrainingState state, MetaGradient gradient) {}

    /**
     * Trains from a state, a fresh one or that of {@link Checkpoints#latest}, to the end of the plan or until asked to stop;
     * either way the last state is saved, and beside it the best that evaluations chose.
     *
     * @param evaluation not asked when the plan has none
     * @param stop looked at after each step; see {@link Interruption}
     */
    public TrainingState run(
            TrainingState from,
            Tasks tasks,
            Evaluation evaluation,
            RunDirectory directory,
            Checkpoints checkpoints,
            BooleanSupplier stop,
            Listener listener) {
        TrainingState state = from;
        try (RunRecord record = RunRecord.open(directory.resolve("run.jsonl"), state.step())) {
            while (state.step() < plan.steps()) {
                Stepped s = step(state, tasks);
                state = s.state();
                record.step(state.step(), s.gradient(), s.gradient().norm());
                if (plan.evaluateEvery() > 0 && state.step() % plan.evaluateEvery() == 0) {
                    state = judged(state, evaluation, record, checkpoints);
                }
                listener.stepped(state, s.gradient());
                boolean stopping = stop.getAsBoolean();
                if (stopping || state.step() == plan.steps() || state.step() % plan.checkpointEvery() == 0) {
                    record.force();
                    checkpoints.save(state);
                }
                if (stopping) {
                    break;
                }
            }
            return state;
        }
    }

    /** The best so far is kept before the checkpoint that tells of it, so none tells of what is not there. */
    private static TrainingState judged(
            TrainingState state, Evaluation evaluation, RunRecord record, Checkpoints checkpoints) {
        Evaluation.Result r = evaluation.of(state.theta(), state.step());
        if (r.metric().isEmpty()) {
            record.look(state.step(), r.measures());
            return state;
        }
        record.validation(state.step(), r.measures());
        double metric = r.metric().getAsDouble();
        if (!Double.isNaN(state.bestMetric()) && !(metric > state.bestMetric())) {
            return state;
        }
        TrainingState best = new TrainingState(state.step(), state.theta(), state.optimiser(), metric, state.step());
        checkpoints.saveBest(best);
        return best;
    }
}
