package org.einthoven.meta.metrics;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Area under the receiver operating characteristic: how often a yes is rated above a no; ties count one half. */
public final class Auroc {
    private Auroc() {}

    /**
     * Within each task and attribute, then averaged: ratings of different tasks come from different adapted models, and are
     * not to be compared. Pairs of task and attribute with only one answer say nothing and are left out; NaN when all are.
     */
    public static double withinTasks(List<Prediction> predictions) {
        Map<List<String>, List<Prediction>> parts = new LinkedHashMap<>();
        for (Prediction p : predictions) {
            parts.computeIfAbsent(List.of(p.episode(), p.attribute()), k -> new ArrayList<>())
                    .add(p);
        }
        return parts.values().stream()
                .mapToDouble(Auroc::of)
                .filter(a -> !Double.isNaN(a))
                .average()
                .orElse(Double.NaN);
    }

    /** Of one list; NaN unless both answers occur. */
    public static double of(List<Prediction> predictions) {
        List<Prediction> yes = predictions.stream().filter(Prediction::truth).toList();
        List<Prediction> no = predictions.stream().filter(p -> !p.truth()).toList();
        double won = 0;
        for (Prediction y : yes) {
            for (Prediction n : no) {
                won += y.probabilityYes() > n.probabilityYes() ? 1 : y.probabilityYes() == n.probabilityYes() ? 0.5 : 0;
            }
        }
        return won / ((double) yes.size() * no.size());
    }
}
