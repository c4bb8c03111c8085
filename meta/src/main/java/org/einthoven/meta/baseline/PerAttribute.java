package org.einthoven.meta.baseline;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import org.einthoven.meta.EncodedEpisode;
import org.einthoven.meta.metrics.Prediction;

/** One small classifier for each attribute of a task, fitted to the support items that ask for it. */
final class PerAttribute {
    /** Fits a classifier; both answers occur among the examples. */
    interface Fit {
        /** @return probability of yes for a standardised ECG vector */
        ToDoubleFunction<double[]> to(List<double[]> xs, List<Boolean> yes);
    }

    private PerAttribute() {}

    static List<Prediction> predict(EncodedEpisode episode, Fit fit) {
        Standardised standardised = new Standardised(episode.support());
        Map<String, ToDoubleFunction<double[]>> classifiers = new LinkedHashMap<>();
        List<Prediction> predictions = new ArrayList<>();
        for (EncodedEpisode.Item q : episode.query()) {
            ToDoubleFunction<double[]> c =
                    classifiers.computeIfAbsent(q.attribute(), a -> fitted(episode, a, standardised, fit));
            predictions.add(q.predicted(episode.name(), c.applyAsDouble(standardised.of(q))));
        }
        return predictions;
    }

    private static ToDoubleFunction<double[]> fitted(
            EncodedEpisode episode, String attribute, Standardised standardised, Fit fit) {
        List<EncodedEpisode.Item> examples = episode.support().stream()
                .filter(s -> s.attribute().equals(attribute))
                .toList();
        List<Boolean> yes = examples.stream().map(EncodedEpisode.Item::isYes).toList();
        if (!yes.contains(true) || !yes.contains(false)) {
            double share = examples.isEmpty() ? 0.5 : yes.getFirst() ? 1 : 0;
            return x -> share;
        }
        return fit.to(examples.stream().map(standardised::of).toList(), yes);
    }
}
