package org.einthoven.meta;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.function.Function;
import java.util.function.IntConsumer;
import org.einthoven.autograd.Params;
import org.einthoven.meta.metrics.Observation;
import org.einthoven.meta.metrics.ResultTable;
import org.einthoven.meta.metrics.TokenScore;
import org.einthoven.models.fusion.EcgQaModel;
import org.einthoven.models.nn.Dropout;
import org.einthoven.tensor.Rng;

/**
 * The reference's own evaluation: equal tokens by all answer tokens, a BOS included where the episodes hold one, its mapper's
 * dropout on. Beside it stand exact match, and what an answerer without any ECG would reach.
 */
public record SeedEvaluator(EcgQaModel model, InnerLoop inner, Dropout dropout, Blindfold blindfold, Rng rng) {
    /** One table by tokens, one by whole answers, and the query set along the inner loop. */
    public record Evaluated(ResultTable tokenAccuracy, ResultTable exactMatch, List<TaskTrace.Point> byInnerStep) {}

    /** Answers of one system to all queries so far. */
    private record Scores(List<Observation> tokens, List<Observation> exact) {
        Scores() {
            this(new ArrayList<>(), new ArrayList<>());
        }

        void add(EncodedEpisode e, int query, double tokenAccuracy, double exactMatch) {
            EncodedEpisode.Item i = e.query().get(query);
            String question = e.name() + ", query " + query;
            tokens.add(new Observation(question, i.concept(), i.patient(), tokenAccuracy));
            exact.add(new Observation(question, i.concept(), i.patient(), exactMatch));
        }
    }

    /**
     * @param progress is told the number of episodes done
     * @throws NonFiniteException when an adaptation diverges
     */
    public Evaluated evaluate(Params theta, List<EncodedEpisode> episodes, IntConsumer progress) {
        SequencedMap<String, Scores> all = new LinkedHashMap<>();
        List<List<TaskTrace.Point>> curves = new ArrayList<>();
        for (int i = 0; i < episodes.size(); i++) {
            EncodedEpisode e = episodes.get(i);
            Rng draw = rng.split(e.name());
            InnerLoop.Trajectory way = inner.adapt(new EcgQaTask(model, e, dropout), theta.detach(), draw);
            curves.add(curve(e, way, draw));
            answered(all, MetaEvaluator.OURS, e, e, way.adapted(), draw);
            majority(all, e);
            answered(all, Control.ZERO_STEPS.key(), e, e, way.weights().getFirst(), draw);
            answered(
                    all,
                    Control.ECG_BLIND_AT_TEST.key(),
                    e,
                    blindfold.over(e, Control.ECG_BLIND_AT_TEST),
                    way.adapted(),
                    draw);
            EncodedEpisode shuffled = blindfold.over(e, Control.SHUFFLED_LABELS);
            Params misled = inner.adapted(new EcgQaTask(model, shuffled, dropout), theta, draw);
            answered(all, Control.SHUFFLED_LABELS.key(), e, shuffled, misled, draw);
            progress.accept(i + 1);
        }
        return new Evaluated(
                table("reference's metric: answer tokens", "token accuracy", all, s -> s.tokens),
                table("whole answers", "exact match", all, s -> s.exact),
                mean(curves));
    }

    private void answered(
            Map<String, Scores> all,
            String name,
            EncodedEpisode asked,
            EncodedEpisode shown,
            Params weights,
            Rng draw) {
        Scores s = all.computeIfAbsent(name, n -> new Scores());
        List<TokenScore> scores = new EcgQaTask(model, shown, dropout).answered(weights, draw.split("answer"));
        for (int q = 0; q < scores.size(); q++) {
            s.add(asked, q, scores.get(q).tokenAccuracy(), scores.get(q).exactMatch());
        }
    }

    private static void majority(Map<String, Scores> all, EncodedEpisode e) {
        MajorityAnswer majority = MajorityAnswer.of(e.support());
        Scores s = all.computeIfAbsent(Control.MAJORITY.key(), n -> new Scores());
        for (int q = 0; q < e.query().size(); q++) {
            int[] gold = e.query().get(q).answer();
            s.add(e, q, majority.tokenAccuracy(gold), majority.exactMatch(gold));
        }
    }

    private List<TaskTrace.Point> curve(EncodedEpisode e, InnerLoop.Trajectory way, Rng draw) {
        EcgQaTask task = new EcgQaTask(model, e, dropout);
        List<TaskTrace.Point> points = new ArrayList<>();
        for (int k = 0; k < way.weights().size(); k++) {
            points.add(TaskTrace.Point.of(
                    k, task.query(way.weights().get(k), draw.split("query").split(k))));
        }
        return points;
    }

    private static List<TaskTrace.Point> mean(List<List<TaskTrace.Point>> curves) {
        List<TaskTrace.Point> mean = new ArrayList<>();
        for (int k = 0; !curves.isEmpty() && k < curves.getFirst().size(); k++) {
            int at = k;
            mean.add(TaskTrace.Point.mean(curves.stream().map(c -> c.get(at)).toList()));
        }
        return mean;
    }

    /** Chance is not known: answers are texts. */
    private ResultTable table(
            String title, String measure, SequencedMap<String, Scores> all, Function<Scores, List<Observation>> of) {
        SequencedMap<String, List<Observation>> rows = new LinkedHashMap<>();
        all.forEach((name, s) -> rows.put(name, of.apply(s)));
        return ResultTable.of(title, measure, Double.NaN, rows, rng);
    }
}
