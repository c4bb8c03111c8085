package org.einthoven.golden;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;

/** Scores of several items by name: each held against its item's own number where it has one, then averaged. */
final class Means {
    private final Map<String, List<Double>> scores = new TreeMap<>();

    void add(Comparison compare, JsonNode item, String name, double score) {
        scores.computeIfAbsent(name, n -> new ArrayList<>()).add(score);
        if (item.path(name).isNumber()) {
            compare.number(
                    name + " of " + item.path("reference"),
                    score,
                    item.path(name).asDouble());
        }
    }

    double mean(String name) {
        double sum = 0;
        for (double score : scores(name)) {
            sum += score;
        }
        return sum / scores(name).length;
    }

    /** In order; none for a name that nobody scored. */
    double[] scores(String name) {
        return scores.getOrDefault(name, List.of()).stream()
                .mapToDouble(Double::doubleValue)
                .toArray();
    }
}
