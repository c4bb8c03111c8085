package org.einthoven.meta.baseline;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.einthoven.meta.EncodedEpisode;
import org.einthoven.meta.metrics.Pick;

/** One small classifier for each thing that a task asks about, fitted to the support items that ask for it. */
final class PerAttribute {
    /** Fits a classifier of {@code classes} classes; each of them occurs among the examples. */
    interface Fit {
        /** @return probabilities of the classes for a standardised ECG vector */
        Function<double[], List<Double>> to(List<double[]> xs, int[] labels, int classes);
    }

    private PerAttribute() {}

    static List<Pick> pick(EncodedEpisode episode, Fit fit) {
        Standardised standardised = new Standardised(episode.support());
        Map<List<String>, Function<double[], List<Double>>> classifiers = new LinkedHashMap<>();
        List<Pick> picks = new ArrayList<>();
        for (EncodedEpisode.Item q : episode.query()) {
            Function<double[], List<Double>> c =
                    classifiers.computeIfAbsent(asked(q), a -> fitted(episode, q, standardised, fit));
            picks.add(q.picked(episode.name(), c.apply(standardised.of(q))));
        }
        return picks;
    }

    /** What an item asks about: the attribute of a yes-no item, else what there is to choose from. */
    private static List<String> asked(EncodedEpisode.Item item) {
        return item.isYesNo() ? List.of(item.attribute()) : item.optionTexts();
    }

    private static Function<double[], List<Double>> fitted(
            EncodedEpisode episode, EncodedEpisode.Item like, Standardised standardised, Fit fit) {
        List<EncodedEpisode.Item> examples = episode.support().stream()
                .filter(s -> asked(s).equals(asked(like)))
                .toList();
        int classes = like.optionTexts().size();
        int[] labels = examples.stream().mapToInt(EncodedEpisode.Item::gold).toArray();
        if (Arrays.stream(labels).distinct().count() < classes) {
            List<Double> shares = shares(labels, classes);
            return x -> shares;
        }
        return fit.to(examples.stream().map(standardised::of).toList(), labels, classes);
    }

    /** Where not every class has an example: how often each has one. */
    private static List<Double> shares(int[] labels, int classes) {
        double[] shares = new double[classes];
        Arrays.fill(shares, labels.length == 0 ? 1.0 / classes : 0);
        for (int label : labels) {
            shares[label] += 1.0 / labels.length;
        }
        return Arrays.stream(shares).boxed().toList();
    }
}
