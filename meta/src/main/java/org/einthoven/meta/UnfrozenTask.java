package org.einthoven.meta;

import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.einthoven.autograd.Params;
import org.einthoven.models.fusion.EcgQaModel;
import org.einthoven.models.nn.Dropout;
import org.einthoven.tensor.Rng;
import org.einthoven.tensor.Tensor;

/**
 * A task about ECGs whose vectors are not given but found among the weights, under {@code ecg.ID}, so that its losses can be
 * differentiated by them.
 *
 * @param pool all ECGs there are; only who they belong to counts
 * @param episode the task for the vectors of a pool
 */
public record UnfrozenTask(
        EcgQaModel model, String name, VectorPool pool, Function<VectorPool, EncodedEpisode> episode, Dropout dropout)
        implements Task {
    /** In front of the ids of ECGs. */
    static final String ECG = "ecg";

    /** The ECGs that the task shows. */
    Set<Integer> ecgs() {
        Set<Integer> asked = new TreeSet<>();
        EncodedEpisode unused = episode.apply(pool.through(
                ecg -> { // only what it asks for counts
                    asked.add(ecg);
                    return pool.of(ecg);
                }));
        return asked;
    }

    @Override
    public Tensor supportLoss(Params weights, Rng rng) {
        return shown(weights).supportLoss(weights.without(ECG), rng);
    }

    @Override
    public Query query(Params weights, Rng rng) {
        return shown(weights).query(weights.without(ECG), rng);
    }

    private EcgQaTask shown(Params weights) {
        Params vectors = weights.in(ECG);
        return new EcgQaTask(model, episode.apply(pool.through(ecg -> vectors.get(String.valueOf(ecg)))), dropout);
    }
}
