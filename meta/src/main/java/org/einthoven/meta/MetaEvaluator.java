package org.einthoven.meta;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.SortedSet;
import java.util.function.IntConsumer;
import org.einthoven.autograd.Params;
import org.einthoven.meta.baseline.AbnormalScorer;
import org.einthoven.meta.baseline.Baseline;
import org.einthoven.meta.baseline.Majority;
import org.einthoven.meta.baseline.Prototypes;
import org.einthoven.meta.baseline.RidgeRegression;
import org.einthoven.meta.metrics.Prediction;
import org.einthoven.meta.metrics.ResultTable;
import org.einthoven.meta.metrics.TokenScore;
import org.einthoven.models.fusion.Demonstrations;
import org.einthoven.models.fusion.EcgQaModel;
import org.einthoven.models.fusion.QaTokens;
import org.einthoven.tensor.Rng;
import org.einthoven.tensor.Tensor;

/**
 * The strict evaluation of yes-no tasks: for each test task the mapper adapts to the support set, and the queries are
 * answered by the likelier of yes and no. Dropout is off. All controls answer the same queries.
 *
 * @param yes token ids of the answer yes
 * @param no token ids of the answer no
 * @param policy for a task whose adaptation is not finite: {@code SKIP} answers with the weights before adaptation and notes it
 */
public record MetaEvaluator(
        EcgQaModel model, InnerLoop inner, int[] yes, int[] no, Blindfold blindfold, NonFinite policy, Rng rng) {
    /** The row of the system itself. */
    public static final String OURS = "ours";

    /** Of a fair guess between yes and no. */
    private static final double CHANCE = 0.5;

    /**
     * @param predictions by name, {@value #OURS} first
     * @param greedy how often the system, decoding freely, gives exactly the right tokens
     * @param notes tasks that did not go as they should
     */
    public record Evaluated(SequencedMap<String, List<Prediction>> predictions, TokenScore greedy, List<String> notes) {
        public ResultTable table(String title, Rng rng) {
            return ResultTable.of(title, CHANCE, predictions, rng);
        }
    }

    /**
     * @param theta as trained
     * @param trained the weights of those controls that are trained on their own
     * @param controls which to evaluate
     * @param episodes test tasks
     * @param progress is told the number of episodes done
     * @throws IllegalArgumentException when weights of a trained control are missing
     * @throws NonFiniteException when an adaptation diverges and the policy is to fail
     */
    public Evaluated evaluate(
            Params theta,
            Map<Control, Params> trained,
            SortedSet<Control> controls,
            List<EncodedEpisode> episodes,
            IntConsumer progress) {
        SequencedMap<String, List<Prediction>> predictions = new LinkedHashMap<>();
        predictions.put(OURS, new ArrayList<>());
        for (Control c : controls) {
            if (c.isTrained() && !trained.containsKey(c)) {
                throw new IllegalArgumentException(
                        "the control " + c.key() + " needs weights that were trained for it");
            }
            predictions.put(c.key(), new ArrayList<>());
        }
        TokenScore greedy = TokenScore.NONE;
        List<String> notes = new ArrayList<>();
        for (int i = 0; i < episodes.size(); i++) {
            EncodedEpisode e = episodes.get(i);
            Params adapted = adapted(inner, theta, e, OURS, notes);
            predictions.get(OURS).addAll(answers(adapted, e));
            greedy = new EcgQaTask(model, e).answered(adapted, rng).stream().reduce(greedy, TokenScore::and);
            for (Control c : controls) {
                Params from = c.isTrained() ? trained.get(c) : theta;
                predictions.get(c.key()).addAll(control(c, from, e, adapted, notes));
            }
            progress.accept(i + 1);
        }
        return new Evaluated(Collections.unmodifiableSequencedMap(predictions), greedy, List.copyOf(notes));
    }

    private List<Prediction> control(
            Control control, Params theta, EncodedEpisode e, Params adapted, List<String> notes) {
        EncodedEpisode shown = blindfold.over(e, control);
        return switch (control) {
            case MAJORITY -> baseline(new Majority(), e);
            case PROTOTYPES -> baseline(new Prototypes(), e);
            case RIDGE -> baseline(new RidgeRegression(), e);
            case ZERO_STEPS -> answers(inner.rule().weights(theta.detach()), e);
            case ECG_BLIND_AT_TEST -> answers(adapted, shown);
            case ABNORMAL -> baseline(new AbnormalScorer(theta), e);
            case IN_CONTEXT -> inContext(theta, e, notes);
            case QUESTION_BLIND, ECG_BLIND, SHUFFLED_LABELS, FINE_TUNED ->
                answers(adapted(inner, theta, shown, control.key(), notes), shown);
        };
    }

    private static List<Prediction> baseline(Baseline baseline, EncodedEpisode e) {
        return baseline.predict(e);
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
    private List<Prediction> inContext(Params theta, EncodedEpisode e, List<String> notes) {
        int[] order =
                rng.split("in context").split(e.name()).permutation(e.support().size());
        List<EncodedEpisode.Item> examples =
                Arrays.stream(order).mapToObj(e.support()::get).toList();
        int answer = Math.max(yes.length, no.length);
        int room = model.mapper().prefixLength()
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

    private List<Prediction> answers(Params weights, EncodedEpisode e) {
        return answers((ecg, questions, options) -> model.optionLogProbabilities(weights, ecg, questions, options), e);
    }

    /** One answer for each query: P(yes) / (P(yes) + P(no)) as whole answers. */
    private List<Prediction> answers(Reader reader, EncodedEpisode e) {
        List<EncodedEpisode.Item> items = e.query();
        Tensor vectors = EcgQaTask.vectors(items);
        List<double[]> logs = reader.read(
                vectors,
                items.stream().map(EncodedEpisode.Item::question).toList(),
                Collections.nCopies(items.size(), List.of(yes, no)));
        List<Prediction> answers = new ArrayList<>();
        for (int i = 0; i < items.size(); i++) {
            double margin = logs.get(i)[0] - logs.get(i)[1];
            answers.add(items.get(i).predicted(e.name(), 1 / (1 + Math.exp(-margin))));
        }
        return answers;
    }
}
