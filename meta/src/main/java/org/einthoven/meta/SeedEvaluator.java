package org.einthoven.meta;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.function.Function;
import java.util.function.IntConsumer;
import org.einthoven.autograd.Params;
import org.einthoven.meta.metrics.AnswerTokens;
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
    /**
     * What came of it.
     *
     * @param scores of each system, ours first
     * @param answers of ours, in the order of the queries
     * @param byInnerStep the query set along the inner loop, of the episodes whose adaptation is finite
     * @param notes episodes whose adaptation is not, and which are answered without it
     * @param rng of the intervals
     */
    public record Evaluated(
            SequencedMap<String, Scores> scores,
            List<AnswerTokens> answers,
            List<TaskTrace.Point> byInnerStep,
            List<String> notes,
            Rng rng) {
        /** The reference's own metric. */
        public ResultTable tokenAccuracy() {
            return table("reference's metric: answer tokens", "token accuracy", Scores::tokens);
        }

        /** The share of answers all of whose tokens are equal. */
        public ResultTable exactMatch() {
            return table("whole answers", "exact match", Scores::exact);
        }

        /** Chance is not known: answers are texts. */
        private ResultTable table(String title, String measure, Function<Scores, List<Observation>> of) {
            SequencedMap<String, List<Observation>> rows = new LinkedHashMap<>();
            scores.forEach((name, s) -> rows.put(name, of.apply(s)));
            return ResultTable.of(title, measure, Double.NaN, rows, rng);
        }

        /** The scores of some queries, by their places among all. */
        public Evaluated at(List<Integer> places) {
            SequencedMap<String, Scores> some = new LinkedHashMap<>();
            scores.forEach((name, s) -> some.put(name, s.at(places)));
            return new Evaluated(some, places.stream().map(answers::get).toList(), byInnerStep, notes, rng);
        }
    }

    /**
     * One system on all queries.
     *
     * @param tokens the share of each answer's tokens that is equal
     * @param exact 1 where all are
     */
    public record Scores(List<Observation> tokens, List<Observation> exact) {
        Scores() {
            this(new ArrayList<>(), new ArrayList<>());
        }

        Scores at(List<Integer> places) {
            return new Scores(
                    places.stream().map(tokens::get).toList(),
                    places.stream().map(exact::get).toList());
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
     */
    public Evaluated evaluate(Params theta, List<EncodedEpisode> episodes, IntConsumer progress) {
        SequencedMap<String, Scores> all = new LinkedHashMap<>();
        List<AnswerTokens> answers = new ArrayList<>();
        List<List<TaskTrace.Point>> curves = new ArrayList<>();
        List<String> notes = new ArrayList<>();
        for (int i = 0; i < episodes.size(); i++) {
            EncodedEpisode e = episodes.get(i);
            Rng draw = rng.split(e.name());
            InnerLoop.Trajectory way = adapted(theta, e, draw, MetaEvaluator.OURS, notes);
            if (way.weights().size() > inner.steps()) {
                curves.add(curve(e, way, draw));
            }
            answers.addAll(answered(all, MetaEvaluator.OURS, e, e, way.adapted(), draw));
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
            Params misled = adapted(theta, shuffled, draw, Control.SHUFFLED_LABELS.key(), notes)
                    .adapted();
            answered(all, Control.SHUFFLED_LABELS.key(), e, shuffled, misled, draw);
            progress.accept(i + 1);
        }
        return new Evaluated(Collections.unmodifiableSequencedMap(all), answers, mean(curves), List.copyOf(notes), rng);
    }

    /** The way of the weights; of an adaptation that diverges, which is noted, the beginning alone. */
    private InnerLoop.Trajectory adapted(Params theta, EncodedEpisode e, Rng draw, String who, List<String> notes) {
        try {
            InnerLoop.Trajectory way = inner.adapt(new EcgQaTask(model, e, dropout), theta.detach(), draw);
            if (!Finite.all(way.adapted())) {
                throw new NonFiniteException(e.name(), "the adapted weights are not finite");
            }
            return way;
        } catch (NonFiniteException failure) {
            notes.add(who + ": " + failure.getMessage() + "; answered without adaptation");
            return new InnerLoop.Trajectory(List.of(inner.rule().weights(theta.detach())), List.of());
        }
    }

    private List<AnswerTokens> answered(
            Map<String, Scores> all,
            String name,
            EncodedEpisode asked,
            EncodedEpisode shown,
            Params weights,
            Rng draw) {
        Scores s = all.computeIfAbsent(name, n -> new Scores());
        List<AnswerTokens> answers = new EcgQaTask(model, shown, dropout).answered(weights, draw.split("answer"));
        for (int q = 0; q < answers.size(); q++) {
            TokenScore score = answers.get(q).score();
            s.add(asked, q, score.tokenAccuracy(), score.exactMatch());
        }
        return answers;
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
}
