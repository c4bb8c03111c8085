package org.einthoven.cli;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.einthoven.autograd.Params;
import org.einthoven.meta.Checkpoint;
import org.einthoven.meta.RunConfig;
import org.einthoven.models.fusion.MapperCheckpoint;
import org.einthoven.models.io.WeightFile;
import org.einthoven.models.io.WeightFiles;
import org.einthoven.tensor.Shape;

/**
 * Weights from a file: the checkpoint of a run, or a mapper in the reference's or our own form.
 *
 * @param theta what the outer loop learnt
 * @param weights the mapper's, and those of adapters under {@code llm.}
 * @param config of the run that wrote it, where a run did
 */
record StartWeights(Params theta, Params weights, long steps, Optional<RunConfig> config) {

    /** @throws org.einthoven.tensor.FormatException when it is broken, or not of the mapper that the options ask for */
    static StartWeights read(Path file, Run run) {
        boolean ofRun;
        try (WeightFile weights = WeightFiles.open(file)) {
            ofRun = weights.names().stream().anyMatch(n -> n.startsWith("theta."));
        }
        if (!ofRun) {
            Params mapper = MapperCheckpoint.load(file, run.model.mapper()).params();
            return new StartWeights(run.start(mapper), mapper, 0, Optional.empty());
        }
        Checkpoint c = Checkpoint.read(file);
        Map<String, Shape> there = new LinkedHashMap<>();
        c.state().theta().forEach((path, t) -> there.put(path, t.shape()));
        Map<String, Shape> wanted = new LinkedHashMap<>();
        run.start(run.freshMapper()).forEach((path, t) -> wanted.put(path, t.shape()));
        if (!there.equals(wanted)) {
            TreeSet<String> differ = new TreeSet<>(there.keySet());
            differ.addAll(wanted.keySet());
            differ.removeIf(path -> there.containsKey(path) && there.get(path).equals(wanted.get(path)));
            throw new Failure.BadInput(
                    file,
                    "holds another mapper than --mapper_type, --prefix_length, --meta, --frozen_gpt, the encoder and the"
                            + " language model make: "
                            + differ.stream()
                                    .limit(4)
                                    .map(path -> path + " is " + said(there, path) + ", not " + said(wanted, path))
                                    .collect(java.util.stream.Collectors.joining("; "))
                            + (differ.size() > 4 ? "; and " + (differ.size() - 4) + " more" : ""));
        }
        Params theta = c.state().theta();
        return new StartWeights(theta, run.rules.learnt(theta), c.state().step(), Optional.of(c.config()));
    }

    private static String said(Map<String, Shape> shapes, String path) {
        return shapes.containsKey(path) ? shapes.get(path).toString() : "absent";
    }
}
