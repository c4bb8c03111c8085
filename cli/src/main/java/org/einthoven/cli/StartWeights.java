package org.einthoven.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeSet;
import org.einthoven.autograd.Params;
import org.einthoven.meta.Checkpoint;
import org.einthoven.meta.Checkpoints;
import org.einthoven.meta.RunConfig;
import org.einthoven.meta.TrainingState;
import org.einthoven.models.fusion.MapperCheckpoint;
import org.einthoven.models.io.WeightFile;
import org.einthoven.models.io.WeightFiles;
import org.einthoven.tensor.Shape;

/**
 * Weights from a file: the checkpoint of a run, or a mapper in the reference's or our own form.
 *
 * @param file a folder that was named gives its best checkpoint, or where none was chosen its newest
 * @param theta what the outer loop learnt
 * @param weights the mapper's, and those of adapters under {@code llm.}
 * @param checkpoint where a run wrote it
 */
record StartWeights(String which, Path file, Params theta, Params weights, Optional<Checkpoint> checkpoint) {

    /** @throws org.einthoven.tensor.FormatException when it is broken, or not of the mapper that the options ask for */
    static StartWeights read(Path named, Run run) {
        if (!Files.isDirectory(named)) {
            return read(Checkpoints.BEST.equals(named.getFileName().toString()) ? "best" : "named", named, run);
        }
        Optional<Path> best = Checkpoints.best(named);
        Path file = best.or(() -> Checkpoints.newest(named))
                .orElseThrow(() -> new Failure.BadInput(
                        named, "holds no checkpoint of a run; name the --out folder of train, or a file"));
        return read(best.isPresent() ? "best" : "last", file, run);
    }

    /** Whether the weights are those that validation chose. */
    boolean areBest() {
        return which.equals("best");
    }

    /** Says where the weights that validation chose were to be judged and are gone. */
    Optional<String> lostBest() {
        return checkpoint
                .filter(c -> which.equals("last")
                        && c.config().entries().containsKey("validate_every")
                        && c.state().bestStep() > 0)
                .map(c -> file.resolveSibling(Checkpoints.BEST) + " is gone, which held the best weights by validation,"
                        + " those after outer step " + c.state().bestStep() + "; the last ones are judged");
    }

    long steps() {
        return checkpoint.map(c -> c.state().step()).orElse(0L);
    }

    /** Of the run that wrote it, where a run did. */
    Optional<RunConfig> config() {
        return checkpoint.map(Checkpoint::config);
    }

    /** For the result. */
    Map<String, Object> told() {
        return told(which, checkpoint.map(Checkpoint::state));
    }

    /** Which weights are judged, the outer step that made them, and what they came to on meta-validation tasks. */
    static Map<String, Object> told(String which, Optional<TrainingState> state) {
        Map<String, Object> m = new LinkedHashMap<>();
        m.put("which", which);
        m.put("step", state.map(TrainingState::step).orElse(null));
        m.put(
                "validation_accuracy",
                state.filter(s -> s.bestStep() > 0 && s.bestStep() == s.step())
                        .map(TrainingState::bestMetric)
                        .orElse(null));
        return m;
    }

    private static StartWeights read(String which, Path file, Run run) {
        boolean ofRun;
        try (WeightFile weights = WeightFiles.open(file)) {
            ofRun = weights.names().stream().anyMatch(n -> n.startsWith("theta."));
        }
        if (!ofRun) {
            MapperCheckpoint mapper = MapperCheckpoint.load(file, run.model.mapper());
            Params theta = run.start(mapper.theta());
            if (!mapper.adapters().paths().isEmpty()) {
                fitting(file, theta, run);
            }
            return new StartWeights(which, file, theta, mapper.theta(), Optional.empty());
        }
        Checkpoint c = Checkpoint.read(file);
        Params theta = c.state().theta();
        fitting(file, theta, run);
        return new StartWeights(which, file, theta, run.rules.learnt(theta), Optional.of(c));
    }

    /** Refuses weights of other names or shapes than the options make. */
    private static void fitting(Path file, Params theta, Run run) {
        Map<String, Shape> there = new LinkedHashMap<>();
        theta.forEach((path, t) -> there.put(path, t.shape()));
        Map<String, Shape> wanted = new LinkedHashMap<>();
        run.start(run.freshMapper()).forEach((path, t) -> wanted.put(path, t.shape()));
        if (!there.equals(wanted)) {
            TreeSet<String> differ = new TreeSet<>(there.keySet());
            differ.addAll(wanted.keySet());
            differ.removeIf(path -> there.containsKey(path) && Objects.equals(there.get(path), wanted.get(path)));
            throw new Failure.BadInput(
                    file,
                    "holds another mapper than --mapper_type, --prefix_length, --meta, --frozen_gpt, --frozen_features, the"
                            + " encoder and the language model make: "
                            + differ.stream()
                                    .limit(4)
                                    .map(path -> path + " is " + said(there, path) + ", not " + said(wanted, path))
                                    .collect(java.util.stream.Collectors.joining("; "))
                            + (differ.size() > 4 ? "; and " + (differ.size() - 4) + " more" : ""));
        }
    }

    private static String said(Map<String, Shape> shapes, String path) {
        return shapes.containsKey(path) ? shapes.get(path).toString() : "absent";
    }
}
