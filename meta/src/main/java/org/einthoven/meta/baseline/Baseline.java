package org.einthoven.meta.baseline;

import java.util.List;
import org.einthoven.meta.EncodedEpisode;
import org.einthoven.meta.metrics.Prediction;

/** Answers the queries of a yes-no task from its support set, without a language model and without training. */
public sealed interface Baseline permits Majority, Prototypes, RidgeRegression {
    String name();

    /** One answer for each query, in order. */
    List<Prediction> predict(EncodedEpisode episode);
}
