package org.einthoven.meta;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;

/**
 * What one task did in one outer step.
 *
 * @param objective the weighted query loss
 * @param supportLosses before each inner step
 * @param queries value of the query loss and the measures, before any step and after each: {@code steps + 1} of them
 */
public record TaskTrace(String task, double objective, List<Double> supportLosses, List<Point> queries) {
    /** The query set after some inner steps. */
    public record Point(double loss, Map<String, Double> measures) {
        /** The mean over tasks. */
        static Point mean(List<Point> points) {
            Map<String, Double> measures = new TreeMap<>();
            for (String name : points.getFirst().measures.keySet()) {
                measures.put(name, mean(points, p -> p.measures.get(name)));
            }
            return new Point(mean(points, Point::loss), measures);
        }

        private static double mean(List<Point> points, ToDoubleFunction<Point> of) {
            return points.stream().mapToDouble(of).average().orElseThrow();
        }
    }

    public List<Double> queryLosses() {
        return queries.stream().map(Point::loss).toList();
    }
}
