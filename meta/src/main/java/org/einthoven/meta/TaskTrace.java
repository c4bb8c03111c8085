package org.einthoven.meta;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;
import org.einthoven.tensor.Rng;

/**
 * What one task did in one outer step.
 *
 * @param objective the weighted query loss
 * @param supportLosses before each inner step
 * @param queries the query set at those points of the inner loop that were looked at, ascending
 */
public record TaskTrace(String task, double objective, List<Double> supportLosses, List<Point> queries) {
    /** The query set after {@code innerStep} inner steps. */
    public record Point(int innerStep, double loss, Map<String, Double> measures) {
        static Point of(int innerStep, Task.Query query) {
            return new Point(innerStep, query.loss().item(), query.measures());
        }

        /** The mean over tasks, all after the same inner step. */
        static Point mean(List<Point> points) {
            Map<String, Double> measures = new TreeMap<>();
            for (String name : points.getFirst().measures.keySet()) {
                measures.put(name, mean(points, p -> p.measures.get(name)));
            }
            return new Point(points.getFirst().innerStep, mean(points, Point::loss), measures);
        }

        private static double mean(List<Point> points, ToDoubleFunction<Point> of) {
            return points.stream().mapToDouble(of).average().orElseThrow();
        }
    }

    /** Of an inner loop whose last query loss is the objective, looked at after every step. */
    static TaskTrace along(Task task, InnerLoop.Trajectory way, Rng rng) {
        List<Point> queries = new ArrayList<>();
        for (int k = 0; k < way.weights().size(); k++) {
            queries.add(Point.of(k, Maml.query(task, way.weights().get(k), k, rng)));
        }
        return new TaskTrace(task.name(), queries.getLast().loss(), way.supportLosses(), queries);
    }

    public List<Double> queryLosses() {
        return queries.stream().map(Point::loss).toList();
    }
}
