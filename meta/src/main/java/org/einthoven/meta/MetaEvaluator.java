package org.einthoven.meta;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.IntConsumer;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.einthoven.autograd.Params;
import org.einthoven.meta.baseline.AbnormalScorer;
import org.einthoven.meta.baseline.Baseline;
import org.einthoven.meta.baseline.Majority;
import org.einthoven.meta.baseline.Prototypes;
import org.einthoven.meta.baseline.RidgeRegression;
import org.einthoven.meta.metrics.AnswerTokens;
import org.einthoven.meta.metrics.Observation;
import org.einthoven.meta.metrics.Pick;
import org.einthoven.meta.metrics.Prediction;
import org.einthoven.meta.metrics.ResultTable;
import org.einthoven.meta.metrics.TokenScore;
import org.einthoven.models.fusion.Demonstrations;
import org.einthoven.models.fusion.EcgQaModel;
import org.einthoven.models.fusion.QaTokens;
import org.einthoven.tensor.Rng;
import org.einthoven.tensor.Tensor;
import org.einthoven.tensor.Workers;

/**
 * The strict evaluation: for each test task the mapper adapts to the support set, and the queries are answered by the likeliest
 * of their options, yes and no where they name none. Dropout is off. All controls that mean anything in a task answer the same
 * queries.
 *
 * @param yes token ids of the answer yes
 * @param no token ids of the answer no
 * @param policy for a task whose adaptation is not finite: {@code SKIP} answers with the weights before adaptation and notes it
 */
public record MetaEvaluator(
        EcgQaModel model, InnerLoop inner, int[] yes, int[] no, Blindfold blindfold, NonFinite policy, Rng rng) {
    /** The row of the system itself. */
    public static final String OURS = "ours";

    /**
     * @param answers by name, {@value #OURS} first; a control has none in tasks where it means nothing
     * @param greedy how often the system, decoding freely, gives exactly the right tokens
     * @param notes tasks that did not go as they should
     */
    public record Evaluated(SequencedMap<String, List<Pick>> answers, TokenScore greedy, List<String> notes) {
        /** The answers of ours and of those controls that mean something in all of the tasks. */
        public SequencedMap<String, List<Pick>> picks() {
            int asked = answers.firstEntry().getValue().size();
            SequencedMap<String, List<Pick>> complete = new LinkedHashMap<>();
            answers.forEach((name, ps) -> {
                if (ps.size() == asked) {
                    complete.put(name, ps);
                }
            });
            return Collections.unmodifiableSequencedMap(complete);
        }

        /** The picks as yes-no answers, which they must be. */
        public SequencedMap<String, List<Prediction>> predictions() {
            SequencedMap<String, List<Prediction>> predictions = new LinkedHashMap<>();
            picks().forEach((name, ps) ->
                    predictions.put(name, ps.stream().map(Pick::prediction).toList()));
            return Collections.unmodifiableSequencedMap(predictions);
        }

        /** Whether all are yes-no answers. */
        public boolean isYesNo() {
            return ours().allMatch(Pick::isYesNo);
        }

        /** What a fair guess among the options earns; NaN where tasks differ in their number. */
        public double chance() {
            double[] chances =
                    ours().mapToDouble(p -> 1.0 / p.options().size()).distinct().toArray();
            return chances.length == 1 ? chances[0] : Double.NaN;
        }

        /** The answers about each attribute as a table of their own, attributes in order of their names. */
        public SequencedMap<String, ResultTable> byAttribute(Rng rng) {
            SortedSet<String> attributes = new TreeSet<>();
            ours().forEach(p -> attributes.add(p.attribute()));
            Evaluated everywhere = new Evaluated(picks(), greedy, notes);
            SequencedMap<String, ResultTable> tables = new LinkedHashMap<>();
            attributes.forEach(a ->
                    tables.put(a, everywhere.of(p -> p.attribute().equals(a)).table(a, rng)));
            return Collections.unmodifiableSequencedMap(tables);
        }

        /** Some of the answers, by a question that is answered alike for all systems; greedy decoding and notes are of all. */
        public Evaluated of(Predicate<Pick> some) {
            SequencedMap<String, List<Pick>> chosen = new LinkedHashMap<>();
            answers.forEach(
                    (name, ps) -> chosen.put(name, ps.stream().filter(some).toList()));
            return new Evaluated(chosen, greedy, notes);
        }

        private Stream<Pick> ours() {
            return answers.firstEntry().getValue().stream();
        }

        public ResultTable table(String title, Rng rng) {
            if (isYesNo()) {
                return ResultTable.of(title, chance(), predictions(), rng);
            }
            SequencedMap<String, List<Observation>> scores = new LinkedHashMap<>();
            picks().forEach((name, ps) ->
                    scores.put(name, ps.stream().map(Pick::scored).toList()));
            return ResultTable.of(title, "accuracy", chance(), scores, rng);
        }
    }

    /**
     * @param theta as trained
     * @param trained the weights that controls begin with which do not begin with ours
     * @param controls which to evaluate, each in the tasks where it means something
     * @param episodes test tasks
     * @param progress is told the number of episodes done, one more each time, by the thread that did the last of them
     * @throws IllegalArgumentException when weights that a control begins with are missing
     * @throws NonFiniteException when an adaptation diverges and the policy is to fail
     */
    public Evaluated evaluate(
            Params theta,
            Map<Control, Params> trained,
            SortedSet<Control> controls,
            List<EncodedEpisode> episodes,
            IntConsumer progress) {
        SequencedMap<Control, Params> rivals = new LinkedHashMap<>();
        for (Control c : controls) {
            Params from = c.hasOwnWeights() ? trained.get(c) : theta;
            if (from == null) {
                throw new IllegalArgumentException(
                        "the control " + c.key() + " begins with weights of its own, which are not given");
            }
            rivals.put(c, from);
        }
        return joined(controls, each(episodes, e -> evaluate(theta, rivals, e), progress));
    }

    /** In the order of the tasks, which know nothing of one another and are taken by all threads. */
    private static <T> List<T> each(
            List<EncodedEpisode> episodes, Function<EncodedEpisode, T> one, IntConsumer progress) {
        Map<Integer, T> each = new ConcurrentSkipListMap<>();
        AtomicInteger done = new AtomicInteger();
        Workers.forEach(episodes.size(), i -> {
            each.put(i, one.apply(episodes.get(i)));
            synchronized (done) { // so that what is told never goes back
                progress.accept(done.incrementAndGet());
            }
        });
        return List.copyOf(each.values());
    }

    /**
     * How the queries of tasks are answered along the inner loop, from no step to all: their loss, {@code accuracy}, the share of
     * right answers among the options, and {@code exact_match} and {@code token_accuracy} of decoding freely. Means over the tasks
     * whose adaptation is finite; none where there is no such task.
     *
     * @param progress is told the number of episodes done, one more each time, by the thread that did the last of them
     * @throws NonFiniteException when an adaptation diverges and the policy is to fail
     */
    public List<TaskTrace.Point> byInnerStep(Params theta, List<EncodedEpisode> episodes, IntConsumer progress) {
        List<List<TaskTrace.Point>> ways = each(episodes, e -> along(theta, e), progress).stream()
                .filter(way -> !way.isEmpty())
                .toList();
        List<TaskTrace.Point> means = new ArrayList<>();
        for (int step = 0; !ways.isEmpty() && step <= inner.steps(); step++) {
            int k = step;
            means.add(TaskTrace.Point.mean(ways.stream().map(way -> way.get(k)).toList()));
        }
        return List.copyOf(means);
    }

    /** Empty where the adaptation is not finite and is to be skipped. */
    private List<TaskTrace.Point> along(Params theta, EncodedEpisode e) {
        EcgQaTask task = new EcgQaTask(model, e);
        List<TaskTrace.Point> points = new ArrayList<>();
        try {
            for (Params weights :
                    inner.adapt(task, theta.detach(), rng.split(e.name())).weights()) {
                if (!Finite.all(weights)) {
                    throw new NonFiniteException(e.name(), "the adapted weights are not finite");
                }
                Task.Query query = task.query(weights, rng);
                Map<String, Double> measures = new LinkedHashMap<>(query.measures());
                measures.put(
                        "accuracy",
                        answers(weights, e).stream()
                                .mapToDouble(Pick::score)
                                .average()
                                .orElseThrow());
                points.add(new TaskTrace.Point(points.size(), query.loss().item(), measures));
            }
        } catch (NonFiniteException failure) {
            if (policy == NonFinite.FAIL) {
                throw failure;
            }
            return List.of();
        }
        return points;
    }

    private Evaluated evaluate(Params theta, SequencedMap<Control, Params> rivals, EncodedEpisode e) {
        List<String> notes = new ArrayList<>();
        Params adapted = adapted(inner, theta, e, OURS, notes);
        SequencedMap<String, List<Pick>> picks = new LinkedHashMap<>();
        picks.put(OURS, answers(adapted, e));
        TokenScore greedy = new EcgQaTask(model, e)
                .answered(adapted, rng).stream().map(AnswerTokens::score).reduce(TokenScore.NONE, TokenScore::and);
        rivals.forEach((control, from) -> {
            if (control.appliesTo(e)) {
                picks.put(control.key(), control(control, from, e, adapted, notes));
            }
        });
        return new Evaluated(picks, greedy, List.copyOf(notes));
    }

    /** All tasks in their order. */
    private static Evaluated joined(SortedSet<Control> controls, List<Evaluated> each) {
        SequencedMap<String, List<Pick>> answers = new LinkedHashMap<>();
        answers.put(OURS, new ArrayList<>());
        controls.forEach(c -> answers.put(c.key(), new ArrayList<>()));
        TokenScore greedy = TokenScore.NONE;
        List<String> notes = new ArrayList<>();
        for (Evaluated e : each) {
            e.answers.forEach((name, ps) ->
                    answers.computeIfAbsent(name, n -> new ArrayList<>()).addAll(ps));
            greedy = greedy.and(e.greedy);
            notes.addAll(e.notes);
        }
        return new Evaluated(Collections.unmodifiableSequencedMap(answers), greedy, List.copyOf(notes));
    }

    private List<Pick> control(Control control, Params theta, EncodedEpisode e, Params adapted, List<String> notes) {
        EncodedEpisode shown = blindfold.over(e, control);
        return switch (control) {
            case MAJORITY -> baseline(new Majority(), e);
            case PROTOTYPES -> baseline(new Prototypes(), e);
            case RIDGE -> baseline(new RidgeRegression(), e);
            case ZERO_STEPS -> answers(inner.rule().weights(theta.detach()), e);
            case ECG_BLIND_AT_TEST -> answers(adapted, shown);
            case ABNORMAL -> baseline(new AbnormalScorer(theta), e);
            case IN_CONTEXT -> inContext(theta, e, notes);
            case QUESTION_BLIND, ECG_BLIND, SHUFFLED_LABELS, UNTRAINED, FINE_TUNED ->
                answers(adapted(inner, theta, shown, control.key(), notes), shown);
        };
    }

    /**
     * The answers of a control that begins with weights of its own, to tasks as it sees them, where it means something in them.
     *
     * @param notes gets what did not go as it should
     * @param progress is told the number of episodes done, one more each time, by the thread that did the last of them
     * @throws NonFiniteException when an adaptation diverges and the policy is to fail
     */
    public List<Pick> answers(
            Control control, Params weights, List<EncodedEpisode> episodes, List<String> notes, IntConsumer progress) {
        List<Pick> picks = new ArrayList<>();
        for (Evaluated e : each(episodes, e -> alone(control, weights, e), progress)) {
            picks.addAll(e.answers.firstEntry().getValue());
            notes.addAll(e.notes);
        }
        return picks;
    }

    private Evaluated alone(Control control, Params weights, EncodedEpisode e) {
        SequencedMap<String, List<Pick>> answers = new LinkedHashMap<>(Map.of(control.key(), List.of()));
        List<String> notes = new ArrayList<>();
        if (control.appliesTo(e)) {
            EncodedEpisode shown = blindfold.over(e, control);
            answers.put(control.key(), answers(adapted(inner, weights, shown, control.key(), notes), shown));
        }
        return new Evaluated(answers, TokenScore.NONE, notes);
    }

    private static List<Pick> baseline(Baseline baseline, EncodedEpisode e) {
        return baseline.pick(e);
    }

    private Params adapted(InnerLoop loop, Params theta, EncodedEpisode e, String who, List<String> notes) {
        try {
            Params fast = loop.adapted(new EcgQaTask(model, e), theta, rng.split(e.name()));
            if (!Finite.all(fast)) {
                throw new NonFiniteException(e.name(), "the adapted weights are not finite");
            }
            return fast;
        } catch (NonFiniteException failure) {
            if (policy == NonFinite.FAIL) {
                throw failure;
            }
            notes.add(who + ": " + failure.getMessage() + "; answered without adaptation");
            return loop.rule().weights(theta.detach());
        }
    }

    /** With the support set in the prompt, in an order of its own for each task, since what comes last weighs most. */
    private List<Pick> inContext(Params theta, EncodedEpisode e, List<String> notes) {
        int[] order =
                rng.split("in context").split(e.name()).permutation(e.support().size());
        List<EncodedEpisode.Item> examples =
                Arrays.stream(order).mapToObj(e.support()::get).toList();
        int answer = e.query().stream()
                .flatMap(q -> options(q).stream())
                .mapToInt(tokens -> tokens.length)
                .max()
                .orElseThrow();
        int compared = e.query().getFirst().isComparison()
                ? e.query().getFirst().vector().dim(0)
                : 1;
        int room = model.mapper().prefixLength() * compared
                + e.query().stream().mapToInt(q -> q.question().length).max().orElseThrow()
                + answer;
        Demonstrations shown = Demonstrations.of(
                model,
                inner.rule().weights(theta),
                EcgQaTask.vectors(examples),
                examples.stream()
                        .map(i -> new QaTokens(i.question(), i.answer()))
                        .toList(),
                room);
        if (shown.shown() < examples.size()) {
            notes.add("in_context: " + e.name() + ": the prompt holds " + shown.shown() + " of " + examples.size()
                    + " support items");
        }
        return answers(shown::optionLogProbabilities, e);
    }

    /** Log-probabilities of options as answers to questions about ECGs. */
    private interface Reader {
        List<double[]> read(Tensor ecg, List<int[]> questions, List<List<int[]>> options);
    }

    private List<Pick> answers(Params weights, EncodedEpisode e) {
        return answers((ecg, questions, options) -> model.optionLogProbabilities(weights, ecg, questions, options), e);
    }

    /** The options of an item as token ids. */
    private List<int[]> options(EncodedEpisode.Item item) {
        return item.options().isEmpty()
                ? List.of(yes, no)
                : item.options().stream().map(EncodedEpisode.Option::tokens).toList();
    }

    /** One answer for each query: the options' likelihoods as whole answers, divided by their sum. */
    private List<Pick> answers(Reader reader, EncodedEpisode e) {
        List<EncodedEpisode.Item> items = e.query();
        Tensor vectors = EcgQaTask.vectors(items);
        List<double[]> logs = reader.read(
                vectors,
                items.stream().map(EncodedEpisode.Item::question).toList(),
                items.stream().map(this::options).toList());
        List<Pick> answers = new ArrayList<>();
        for (int i = 0; i < items.size(); i++) {
            answers.add(items.get(i).picked(e.name(), Pick.softmax(logs.get(i))));
        }
        return answers;
    }
}
