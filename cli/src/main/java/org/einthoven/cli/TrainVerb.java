package org.einthoven.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.einthoven.autograd.Params;
import org.einthoven.meta.Interruption;
import org.einthoven.meta.Memory;
import org.einthoven.meta.RunDirectory;
import org.einthoven.models.fusion.MapperCheckpoint;
import org.einthoven.models.io.SafetensorsWriter;
import org.einthoven.tensor.Nullable;
import org.einthoven.tensor.TensorException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Meta-trains a mapper between an encoder and a language model, which are frozen unless told otherwise, and evaluates it beside its controls. */
@Command(name = "train", sortOptions = false, description = "meta-trains the mapper on ECG-QA tasks and evaluates it")
final class TrainVerb extends Verb {
    @Mixin
    RunOptions options;

    @Option(
            names = "--checkpoint",
            paramLabel = "FILE",
            description = "weights to start from: of a run, its folder, or a mapper's (vars.*)")
    @Nullable
    Path checkpoint;

    @Option(names = "--resume", description = "go on where the run in OUT was stopped or killed")
    boolean resume;

    @Override
    Result result() {
        try (Run run = Run.open(options, seed)) {
            Params weights = checkpoint == null
                    ? run.freshMapper()
                    : StartWeights.read(checkpoint, run).weights();
            try (RunDirectory directory = RunDirectory.open(options.outFolder())) {
                Training.checkFresh(directory, resume);
                run.rules.lateValidation().ifPresent(run.warnings::add);
                run.warnings.forEach(Progress::warn);
                if (run.memory() != Memory.KEEP_STEPS) {
                    Progress.say(run.graphs + "; each is made again on the way back instead");
                }
                run.encode(directory);
                return trained(run, run.start(weights), directory);
            }
        } catch (TensorException e) {
            throw new Failure.BadInput(options.model, e);
        }
    }

    private static Result trained(Run run, Params start, RunDirectory directory) {
        Optional<Training.Outcome> outcome;
        try (Interruption stop = Interruption.bySignal()) {
            outcome = new Training(run, start, stop).all(directory);
            if (outcome.isEmpty()) {
                Progress.say("stopped and saved; the same command with --resume goes on");
            }
        }
        return outcome.map(o -> judged(run, start, directory, o)).orElseThrow(Failure.Stopped::new);
    }

    private static Result judged(Run run, Params start, RunDirectory directory, Training.Outcome trained) {
        Path mapper = directory.resolve("mapper.safetensors");
        Params learnt = run.rules.learnt(trained.chosen().theta());
        Params own = Run.besidesEncoder(learnt).without(Run.ADAPTERS);
        new MapperCheckpoint(run.model.mapper(), own, learnt.in(Run.ADAPTERS)).save(mapper);
        Result r = new Result().put("protocol", run.options.protocol.label()).put("steps", trained.steps());
        Judgement judgement = new Judgement(run, trained.chosen().theta(), trained.controls());
        judgement.into(r, directory);
        for (List<String> notes : List.of(trained.notes(), judgement.notes())) {
            notes.forEach(Progress::warn);
            run.warnings.addAll(notes);
        }
        LearningCurves.draw(directory.path())
                .ifPresentOrElse(
                        run.warnings::add,
                        () -> r.put(
                                "curves", directory.resolve(LearningCurves.FILE).toString()));
        if (run.rules.adapters().isPresent()) {
            Path adapters = directory.resolve("adapters.safetensors");
            SafetensorsWriter.write(adapters, learnt.in(Run.ADAPTERS).toMap(), Map.of());
            r.put("adapters", adapters.toString());
        }
        if (run.rules.encoderLearns()) {
            Path encoder = directory.resolve("encoder.safetensors");
            run.learntEncoder(learnt).save(encoder);
            r.put("encoder", encoder.toString());
            run.warnings.add("the mapper learnt together with the encoder; give ask both: --encoder " + encoder);
        }
        r.put("warnings", run.warnings)
                .put("checkpoint", trained.chosen().file().toString())
                .put("weights", trained.chosen().told())
                .put("mapper", mapper.toString())
                .put("out", directory.path().toString())
                .put("config", Evidence.config(run, start));
        r.line(
                        "judged the %s weights of %d outer steps: %s",
                        trained.chosen().which(),
                        trained.steps(),
                        trained.chosen().file())
                .disclaimer();
        r.writeTo(directory.resolve(Evidence.RESULT));
        return r;
    }
}
