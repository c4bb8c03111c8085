package org.einthoven.meta;

import java.util.List;

/**
 * What one task did in one outer step.
 *
 * @param objective the weighted query loss
 * @param supportLosses before each inner step
 * @param queries value of the query loss and the measures, before any step and after each: {@code steps + 1} of them
 */
public record TaskTrace(String task, double objective, List<Double> supportLosses, List<Point> queries) {
    /** The query set after some inner steps. */
    public record Point(double loss, java.util.Map<String, Double> measures) {}

    public List<Double> queryLosses() {
        return queries.stream().map(Point::loss).toList();
    }
}
