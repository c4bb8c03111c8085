package org.einthoven.meta.metrics;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import org.einthoven.meta.metrics.text.TextScores;
import org.einthoven.tensor.Rng;

/**
 * How good answers of any kind are.
 *
 * @param exactMatch mean over attribute groups of the share that is right as a set, with its intervals
 * @param setF1 the same of the F1 of each answer as a set
 * @param plainExactMatch share of all answers, whatever their group
 * @param byAttribute share that is right, of each attribute
 * @param byLabel precision, recall and F1 of each answer that is ever right
 * @param auroc of yes-no answers with probabilities, within task and attribute; NaN without any
 * @param tokenAccuracy mean over attribute groups of the share of an answer's tokens that is right, the reference's metric; empty
 *     where some answer's tokens are not told
 * @param optionLogLikelihood mean of ln of the right option's probability, which counts as at least 1e-6; NaN where unknown
 */
public record AnswerScores(
        Estimate exactMatch,
        Estimate setF1,
        double plainExactMatch,
        SortedMap<String, Double> byAttribute,
        SortedMap<String, Label> byLabel,
        double auroc,
        Optional<Estimate> tokenAccuracy,
        double optionLogLikelihood) {
    private static final double LEAST = 1e-6;

    /**
     * One answer text, among all questions.
     *
     * @param gold how often it was right to say
     * @param said how often it was said
     * @param both how often it was right to say and said
     */
    public record Label(int gold, int said, int both) {
        /** NaN when it was never said. */
        public double precision() {
            return (double) both / said;
        }

        public double recall() {
            return (double) both / gold;
        }

        public double f1() {
            return 2.0 * both / (gold + said);
        }
    }

    /** @throws IllegalArgumentException when there is no answer */
    public static AnswerScores of(List<Answer> answers, Rng rng) {
        if (answers.isEmpty()) {
            throw new IllegalArgumentException("there is no answer to score");
        }
        List<Double> logs = new ArrayList<>();
        for (Answer a : answers) {
            a.probability(a.gold()).ifPresent(p -> logs.add(Math.log(Math.max(LEAST, p))));
        }
        return new AnswerScores(
                Estimate.of(observed(answers, a -> a.isRight() ? 1 : 0), rng),
                Estimate.of(observed(answers, Answer::setF1), rng),
                mean(answers),
                by(answers, Answer::attribute),
                labels(answers),
                Auroc.withinTasks(Answer.yesNo(answers)),
                tokenAccuracy(answers, rng),
                logs.stream().mapToDouble(x -> x).average().orElse(Double.NaN));
    }

    private static Optional<Estimate> tokenAccuracy(List<Answer> answers, Rng rng) {
        return answers.stream().allMatch(a -> a.tokens().isPresent())
                ? Optional.of(Estimate.of(
                        observed(answers, a -> a.tokens().orElseThrow().score().tokenAccuracy()), rng))
                : Optional.empty();
    }

    /** A score of each answer, for statistics. */
    public static List<Observation> observed(List<Answer> answers, ToDoubleFunction<Answer> score) {
        return answers.stream().map(a -> a.observed(score.applyAsDouble(a))).toList();
    }

    /** The mean over attributes of the share that is right. */
    public double macroByAttribute() {
        return byAttribute.values().stream().mapToDouble(x -> x).average().orElseThrow();
    }

    /** The mean F1 over all answers that are ever right. */
    public double macroF1() {
        return byLabel.values().stream().mapToDouble(Label::f1).average().orElse(Double.NaN);
    }

    private static SortedMap<String, Double> by(List<Answer> answers, Function<Answer, String> key) {
        SortedMap<String, List<Answer>> parts = new TreeMap<>();
        answers.forEach(
                a -> parts.computeIfAbsent(key.apply(a), k -> new ArrayList<>()).add(a));
        SortedMap<String, Double> means = new TreeMap<>();
        parts.forEach((k, as) -> means.put(k, mean(as)));
        return means;
    }

    private static double mean(List<Answer> answers) {
        return answers.stream().mapToDouble(a -> a.isRight() ? 1 : 0).average().orElseThrow();
    }

    private static SortedMap<String, Label> labels(List<Answer> answers) {
        Map<String, int[]> counts = new TreeMap<>();
        for (Answer a : answers) {
            TreeSet<String> all = new TreeSet<>(a.gold());
            all.addAll(a.predicted());
            for (String label : all) {
                int[] c = counts.computeIfAbsent(label, k -> new int[3]);
                c[0] += a.gold().contains(label) ? 1 : 0;
                c[1] += a.predicted().contains(label) ? 1 : 0;
                c[2] += a.gold().contains(label) && a.predicted().contains(label) ? 1 : 0;
            }
        }
        SortedMap<String, Label> labels = new TreeMap<>();
        counts.forEach((label, c) -> {
            if (c[0] > 0) {
                labels.put(label, new Label(c[0], c[1], c[2]));
            }
        });
        return labels;
    }

    /** Right and given answers as texts, for scores of texts. */
    public static List<TextScores.Pair> texts(List<Answer> answers) {
        return answers.stream()
                .map(a -> new TextScores.Pair(Answer.text(a.gold()), Answer.text(a.predicted())))
                .toList();
    }

    /** What a fair guess between the options earns on average; empty where an answer has none. */
    public static OptionalDouble chance(List<Answer> answers) {
        if (answers.stream().anyMatch(a -> a.options().isEmpty())) {
            return OptionalDouble.empty();
        }
        return answers.stream().mapToDouble(a -> 1.0 / a.options().size()).average();
    }
}
