package org.einthoven.cli;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.einthoven.autograd.Params;
import org.einthoven.data.episodes.EpisodeSampler;
import org.einthoven.meta.Blindfold;
import org.einthoven.meta.EncodedEpisode;
import org.einthoven.meta.EpisodeEncoder;
import org.einthoven.meta.VectorPool;
import org.einthoven.tensor.Tensor;

/** The ECGs of a run as one encoder sees them, and tasks about them. */
record EcgView(Run run, VectorPool vectors) {

    /** Through the encoder that stands in these weights beside the rest; each ECG is encoded when it is first asked for. */
    static EcgView through(Run run, Params theta, LoadedEncoder start, VectorPool of) {
        LoadedEncoder learnt = start.with(theta.in(Run.ENCODER));
        Map<Integer, Tensor> known = new HashMap<>();
        return new EcgView(
                run,
                of.through(ecg -> known.computeIfAbsent(
                        ecg, id -> EncodedEcgs.vector(learnt, run.model.mapper(), run.signal(id)))));
    }

    /** The first tasks of an evaluation. */
    List<EncodedEpisode> testTasks(EpisodeSampler of, int count) {
        EpisodeEncoder encoder = encoder();
        return run.testEpisodes(of, count).stream().map(encoder::encode).toList();
    }

    EpisodeEncoder encoder() {
        return new EpisodeEncoder(vectors, run.text::question, run::answer);
    }

    /** For training on one side of a split, or testing on the other. */
    Blindfold blindfold(EpisodeSampler side) {
        return new Blindfold(vectors.only(side.ecgs()), run.text.question(""), run.rng.split("blindfold"));
    }
}
