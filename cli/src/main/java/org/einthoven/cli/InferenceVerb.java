package org.einthoven.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.einthoven.autograd.Params;
import org.einthoven.meta.Checkpoints;
import org.einthoven.meta.Control;
import org.einthoven.meta.RunConfig;
import org.einthoven.meta.RunDirectory;
import org.einthoven.models.io.WeightFiles;
import org.einthoven.tensor.Nullable;
import org.einthoven.tensor.TensorException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Evaluates a trained mapper on test tasks, beside its controls. */
@Command(name = "inference", sortOptions = false, description = "evaluates a trained mapper on test tasks")
final class InferenceVerb extends Verb {
    /** What decides which items are test items. */
    private static final List<String> SPLIT = List.of(
            "seed",
            "protocol",
            "split",
            "published_sides",
            "leave_out",
            "concepts",
            "question_type",
            "questions",
            "n_way",
            "choices",
            "k_spt",
            "k_qry",
            "dif_exp",
            "min_class_size",
            "min_question_size",
            "exclude_templates",
            "validation");

    /** Where the answers go in a folder in which a run was trained. */
    private static final String OWN = "inference";

    @Mixin
    RunOptions options;

    @Option(
            names = "--checkpoint",
            required = true,
            paramLabel = "FILE",
            description = "of a run, its folder (the best by meta-validation, else the last), or a mapper's (vars.*)")
    Path checkpoint;

    @Override
    Result result() {
        try (Run run = Run.open(options, seed)) {
            StartWeights weights = StartWeights.read(checkpoint, run);
            try (RunDirectory directory = RunDirectory.open(options.outFolder())) {
                run.encode(directory);
                weights.lostBest().ifPresent(run.warnings::add);
                run.warnings.addAll(differences(weights, run));
                if (!Training.isIn(directory)) {
                    return judged(run, weights, directory);
                }
                try (RunDirectory own =
                        RunDirectory.open(directory.resolve(OWN))) { // what training found stays as it is
                    return judged(run, weights, own);
                }
            }
        } catch (TensorException e) {
            throw new Failure.BadInput(options.model, e);
        }
    }

    private Result judged(Run run, StartWeights weights, RunDirectory directory) {
        Result r = new Result().put("protocol", options.protocol.label()).put("steps", weights.steps());
        Judgement judgement = new Judgement(run, weights.theta(), besideTheCheckpoint(weights, run));
        judgement.into(r, directory);
        run.warnings.addAll(judgement.notes());
        r.warnings(run.warnings)
                .put("checkpoint", weights.file().toString())
                .put("weights", weights.told())
                .put("out", directory.path().toString())
                .put("config", Evidence.config(run, weights.theta()))
                .line("judged the %s weights: %s", weights.which(), weights.file())
                .disclaimer();
        r.writeTo(directory.resolve(Evidence.RESULT));
        return r;
    }

    /** The controls that were trained in the folder of the checkpoint, chosen as it was. */
    private static Map<Control, Params> besideTheCheckpoint(StartWeights weights, Run run) {
        Map<Control, Params> found = new EnumMap<>(Control.class);
        if (run.rules.isSeed()) {
            return found;
        }
        Path folder = WeightFiles.folderOf(weights.file());
        for (Control control : Training.TRAINED_CONTROLS) {
            if (!run.options.controls().contains(control)) {
                continue;
            }
            Path own = folder.resolve(Training.folder(control));
            Optional<Path> best = weights.areBest() ? Checkpoints.best(own) : Optional.empty();
            Optional<Path> chosen = best.or(() -> Checkpoints.newest(own));
            if (chosen.isPresent()) {
                found.put(control, StartWeights.read(chosen.get(), run).theta());
            } else {
                run.warnings.add(
                        control.key() + ": " + folder + " holds no weights that were trained for it, so its row is"
                                + " left out; train writes them beside the checkpoint");
            }
        }
        return found;
    }

    private List<String> differences(StartWeights weights, Run run) {
        if (weights.config().isEmpty()) {
            return List.of(checkpoint + " does not say what it was trained on; test items may be among it");
        }
        RunConfig there = weights.config().get();
        RunConfig here = run.config(weights.theta());
        List<String> lines = new ArrayList<>();
        for (String name : SPLIT) {
            String was = there.entries().get(name);
            String is = here.entries().get(name);
            if (!Objects.equals(was, is)) {
                lines.add("trained with " + name + " " + said(was) + ", evaluated with " + said(is)
                        + ": test items may have been trained on");
            }
        }
        return lines;
    }

    private static String said(@Nullable String value) {
        return value == null ? "absent" : value;
    }
}
