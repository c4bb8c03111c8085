package org.einthoven.meta.baseline;

import java.util.List;
import org.einthoven.meta.EncodedEpisode;
import org.einthoven.meta.metrics.Pick;
import org.einthoven.meta.metrics.Prediction;

/** Answers the queries of a task without a language model, from its support set alone or from what was known before. */
public sealed interface Baseline permits Majority, Prototypes, RidgeRegression, AbnormalScorer {
    String name();

    /** One answer for each query, in order. */
    List<Pick> pick(EncodedEpisode episode);

    /** The same of a yes-no task. */
    default List<Prediction> predict(EncodedEpisode episode) {
        return pick(episode).stream().map(Pick::prediction).toList();
    }
}
