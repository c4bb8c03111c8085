package org.einthoven.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.function.LongFunction;
import me.tongfei.progressbar.ProgressBar;
import org.einthoven.autograd.Params;
import org.einthoven.autograd.optim.AdamW;
import org.einthoven.data.episodes.Episode;
import org.einthoven.meta.Checkpoints;
import org.einthoven.meta.Control;
import org.einthoven.meta.EcgQaTask;
import org.einthoven.meta.EncodedEpisode;
import org.einthoven.meta.InnerLoop;
import org.einthoven.meta.MetaLearner;
import org.einthoven.meta.MetaTrainer;
import org.einthoven.meta.NonFiniteException;
import org.einthoven.meta.RunConfig;
import org.einthoven.meta.RunDirectory;
import org.einthoven.meta.Task;
import org.einthoven.meta.TrainingState;
import org.einthoven.meta.UnfrozenTask;
import org.einthoven.meta.VectorPool;
import org.einthoven.models.fusion.Mapper;
import org.einthoven.tensor.Rng;

/**
 * The outer loops of a run: that of the mapper, and in the strict protocol those of the controls that are trained on
 * their own, each in a folder of its own. Each goes on from its newest checkpoint.
 */
final class Training {
    /** Largest norm of the meta-gradient, as in the reference. */
    private static final double CLIP = 1;

    /** Outer steps between two looks at test tasks, as in the reference, where none validate. Nothing is chosen by them. */
    private static final int LOOK_EVERY = 400;

    private static final int TASKS_LOOKED_AT = 20;
    private static final int CHECKPOINT_EVERY = 10;

    /** The controls that strict training trains beside the mapper. */
    static final List<Control> TRAINED_CONTROLS =
            List.of(Control.QUESTION_BLIND, Control.ECG_BLIND, Control.FINE_TUNED);

    private final Run run;
    private final Params start;
    private final BooleanSupplier stop;
    private final List<String> notes = new ArrayList<>();

    Training(Run run, Params start, BooleanSupplier stop) {
        this.run = run;
        this.start = start;
        this.stop = stop;
    }

    /**
     * What was learnt.
     *
     * @param steps outer steps done
     * @param chosen what is judged: the best weights by meta-validation where it came about, else the last
     * @param controls weights of the controls that are trained on their own, chosen in the same way
     * @param notes what did not go as it should
     */
    record Outcome(long steps, Chosen chosen, Map<Control, Params> controls, List<String> notes) {}

    /** A state and the checkpoint that holds it. */
    record Chosen(TrainingState state, Path file) {
        Params theta() {
            return state.theta();
        }

        /** For the result. */
        Map<String, Object> told() {
            return StartWeights.told(which(), Optional.of(state));
        }

        String which() {
            return file.endsWith(Checkpoints.BEST) ? "best" : "last";
        }
    }

    /** Of a control, in the folder of the run. */
    static String folder(Control control) {
        return "control-" + control.key();
    }

    /** Whether a run was trained in the folder. */
    static boolean isIn(RunDirectory directory) {
        return directory.resolve(RunFolder.RECORD).toFile().exists();
    }

    /** Refuses a folder that holds a run already, unless it is to be gone on with, and one with best weights of no run. */
    static void checkFresh(RunDirectory directory, boolean resume) {
        Optional<Path> best = Checkpoints.best(directory.path());
        if (best.isPresent()
                && !isIn(directory)
                && Checkpoints.newest(directory.path()).isEmpty()) {
            throw new Failure.BadInput(
                    best.get(),
                    "is there, of no run in this folder, and would be deleted; move it, or choose another --out");
        }
        if (!resume && isIn(directory)) {
            throw new Failure.BadInput(
                    directory.path(), "holds a run already; go on with --resume, or choose another --out");
        }
    }

    /** Trains all that the protocol asks for; empty when stopped on the way, which loses nothing. */
    Optional<Outcome> all(RunDirectory directory) {
        Optional<Finished> ours = train(directory, Optional.empty());
        if (ours.isEmpty()) {
            return Optional.empty();
        }
        Map<Control, Params> controls = new EnumMap<>(Control.class);
        for (Control control : trainedControls()) {
            try (RunDirectory own = RunDirectory.open(directory.resolve(folder(control)))) {
                Optional<Finished> trained = train(own, Optional.of(control));
                if (trained.isEmpty()) {
                    return Optional.empty();
                }
                controls.put(control, trained.get().chosen().theta());
            }
        }
        return Optional.of(new Outcome(ours.get().steps(), ours.get().chosen(), controls, notes));
    }

    private List<Control> trainedControls() {
        if (run.rules.isSeed()) {
            return List.of();
        }
        EncodedEpisode task =
                run.view().encoder().encode(run.trainingEpisodes(0).getFirst());
        return TRAINED_CONTROLS.stream()
                .filter(run.options.controls()::contains)
                .filter(control -> run.options.types().size() > 1 || control.appliesTo(task))
                .toList();
    }

    private LongFunction<MetaLearner> learner(Optional<Control> control) {
        LongFunction<MetaLearner> learner = learnerOfWeights(control);
        return run.rules.encoderLearns() ? step -> run.unfrozen(learner.apply(step)) : learner;
    }

    private LongFunction<MetaLearner> learnerOfWeights(Optional<Control> control) {
        Mapper mapper = run.model.mapper();
        if (control.equals(Optional.of(Control.FINE_TUNED))) {
            MetaLearner supervised = run.rules.supervised(mapper);
            return step -> supervised;
        }
        return run.rules.learner(mapper, run.memory());
    }

    private record Finished(long steps, Chosen chosen) {}

    private Optional<Finished> train(RunDirectory directory, Optional<Control> control) {
        String name = control.map(Control::key).orElse("ours");
        Checkpoints checkpoints = new Checkpoints(directory, config(control));
        Optional<Checkpoints.Resumed> before = checkpoints.latest();
        before.ifPresent(b -> {
            b.messages().forEach(Progress::warn);
            Progress.say(name + ": going on after outer step " + b.state().step());
        });
        if (before.isEmpty()) {
            checkpoints.begin();
        }
        long steps = run.options.steps();
        TrainingState from = before.map(Checkpoints.Resumed::state).orElseGet(() -> TrainingState.start(start));
        if (from.step() >= steps) {
            return Optional.of(finished(from, checkpoints));
        }
        TrainingState end;
        int[] skipped = new int[1];
        try (ProgressBar bar = Progress.bar(name, steps)) {
            bar.stepTo(from.step());
            MetaTrainer trainer = new MetaTrainer(
                    learner(control),
                    AdamW.of(run.options.outerRate),
                    new MetaTrainer.Plan(steps, CLIP, evaluateEvery(), CHECKPOINT_EVERY),
                    run.rng.split("outer loop"));
            end = trainer.run(from, tasks(control), evaluation(control), directory, checkpoints, stop, (state, g) -> {
                skipped[0] += g.skipped().size();
                bar.stepTo(state.step()).setExtraMessage(Progress.along(g));
            });
        }
        if (skipped[0] > 0) {
            notes.add(name + ": " + skipped[0] + " tasks had a loss or gradient that is not finite and were left out;"
                    + " lower --update_lr");
        }
        return end.step() < steps ? Optional.empty() : Optional.of(finished(end, checkpoints));
    }

    /** The weights to judge, once all steps are done. */
    private Finished finished(TrainingState end, Checkpoints checkpoints) {
        Optional<Checkpoints.Resumed> best = validates() ? checkpoints.best(end) : Optional.empty();
        Checkpoints.Resumed judged = best.orElseGet(() -> checkpoints.latest().orElseThrow());
        return new Finished(end.step(), new Chosen(judged.state(), judged.file()));
    }

    private boolean validates() {
        return run.plan.validation().isPresent();
    }

    private long evaluateEvery() {
        return validates() ? run.options.validateEvery : LOOK_EVERY;
    }

    private MetaTrainer.Evaluation evaluation(Optional<Control> control) {
        return validates()
                ? new Validation(run, run.plan.validation().orElseThrow(), control)
                : (theta, step) -> look(theta);
    }

    private RunConfig config(Optional<Control> control) {
        Map<String, String> entries = new TreeMap<>(run.config(start).entries());
        entries.put("control", control.map(Control::key).orElse("none"));
        return RunConfig.of(entries);
    }

    private MetaTrainer.Tasks tasks(Optional<Control> control) {
        VectorPool pool = run.view().vectors();
        return step -> run.trainingEpisodes(step).stream()
                .map(e -> run.rules.encoderLearns()
                        ? new UnfrozenTask(
                                run.model, "episode " + e.index(), pool, v -> shown(e, v, control), run.rules.dropout())
                        : task(shown(e, pool, control)))
                .toList();
    }

    /** A training task as it is shown to ours, or to a control. */
    private EncodedEpisode shown(Episode episode, VectorPool vectors, Optional<Control> control) {
        EcgView view = new EcgView(run, vectors);
        EncodedEpisode e = view.encoder().encode(episode);
        return control.map(c -> view.blindfold(run.plan.train()).over(e, c)).orElse(e);
    }

    private EcgQaTask task(EncodedEpisode e) {
        return new EcgQaTask(run.model, e, run.rules.dropout());
    }

    /** The first test tasks, for the record. */
    private MetaTrainer.Evaluation.Result look(Params theta) {
        InnerLoop loop = run.rules.testLoop(run.model.mapper());
        Rng rng = run.rng.split("look");
        Map<String, Double> sums = new TreeMap<>();
        int done = 0;
        Params start = Run.besidesEncoder(theta);
        int count = Math.min(TASKS_LOOKED_AT, run.options.testTasks);
        for (EncodedEpisode e : run.view(theta).testTasks(run.plan.test(), count)) {
            try {
                Params fast = loop.adapted(task(e), start, rng.split(e.name()));
                Task.Query q = task(e).query(fast, rng.split(e.name()).split("query"));
                q.measures().forEach((measure, x) -> sums.merge(measure, x, Double::sum));
                sums.merge("loss", q.loss().item(), Double::sum);
                done++;
            } catch (NonFiniteException notThisOne) {
                Progress.warn(String.valueOf(notThisOne.getMessage()));
            }
        }
        int n = done;
        sums.replaceAll((measure, sum) -> sum / n);
        return new MetaTrainer.Evaluation.Result(OptionalDouble.empty(), sums);
    }
}
