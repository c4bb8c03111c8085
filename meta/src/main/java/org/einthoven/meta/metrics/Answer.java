package org.einthoven.meta.metrics;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * An answer of any kind beside the right one. Answers are sets: a query may have several, in any order. Texts are compared
 * without case and surplus spaces.
 *
 * @param task the episode it was given in
 * @param item tells it from the others of its task
 * @param question as it was asked
 * @param attribute what is asked about; scores are averaged over these too
 * @param group the concept that the attribute belongs to; intervals resample these
 * @param patient whose ECG it is; intervals resample these too
 * @param ecg which ECG, or which two
 * @param gold what is right
 * @param predicted what was said
 * @param options what there was to choose from; empty where the answer was free
 * @param probabilities of the options, adding up to 1; empty where they are not known
 * @param tokens as a model read it, token by token; empty where that is not told
 */
public record Answer(
        String task,
        String item,
        String question,
        String attribute,
        String group,
        String patient,
        String ecg,
        SortedSet<String> gold,
        SortedSet<String> predicted,
        List<String> options,
        List<Double> probabilities,
        Optional<AnswerTokens> tokens) {
    /** How far the probabilities' sum may be from 1. */
    public static final double SLACK = 1e-3;

    public Answer {
        gold = Collections.unmodifiableSortedSet(new TreeSet<>(gold));
        predicted = Collections.unmodifiableSortedSet(new TreeSet<>(predicted));
        options = List.copyOf(options);
        probabilities = List.copyOf(probabilities);
        if (!probabilities.isEmpty()) {
            check(options, probabilities);
        }
    }

    /** Without tokens. */
    public Answer(
            String task,
            String item,
            String question,
            String attribute,
            String group,
            String patient,
            String ecg,
            SortedSet<String> gold,
            SortedSet<String> predicted,
            List<String> options,
            List<Double> probabilities) {
        this(
                task,
                item,
                question,
                attribute,
                group,
                patient,
                ecg,
                gold,
                predicted,
                options,
                probabilities,
                Optional.empty());
    }

    private static void check(List<String> options, List<Double> probabilities) {
        if (probabilities.size() != options.size()) {
            throw new IllegalArgumentException(
                    probabilities.size() + " probabilities for " + options.size() + " options; give one each");
        }
        double sum = 0;
        for (double p : probabilities) {
            if (!(0 <= p && p <= 1)) {
                throw new IllegalArgumentException(p + " is not a probability");
            }
            sum += p;
        }
        if (Math.abs(sum - 1) > SLACK) {
            throw new IllegalArgumentException("the probabilities add up to " + sum + ", not to 1");
        }
    }

    /** The answers in a text such as {@code "lead V1, lead V2"}: cut at each comma and space outside of brackets. */
    public static SortedSet<String> parts(String text) {
        SortedSet<String> parts = new TreeSet<>();
        int depth = 0;
        int from = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            depth += c == '(' ? 1 : c == ')' ? -1 : 0;
            if (c == ',' && depth <= 0 && i + 1 < text.length() && Character.isWhitespace(text.charAt(i + 1))) {
                add(parts, text.substring(from, i));
                from = i + 1;
            }
        }
        add(parts, text.substring(from));
        return parts;
    }

    private static void add(SortedSet<String> parts, String text) {
        String t = normal(text);
        if (!t.isEmpty()) {
            parts.add(t);
        }
    }

    /** A text as it is compared. */
    public static String normal(String text) {
        return text.strip().replaceAll("\\s+", " ").toLowerCase(Locale.ROOT);
    }

    /** The set in one line, as a model would say it. */
    public static String text(SortedSet<String> answers) {
        return String.join(", ", answers);
    }

    /** Whether exactly the right answers were given. */
    public boolean isRight() {
        return gold.equals(predicted);
    }

    /** Twice the common answers by all answers of both sides, as sets; 1 when nothing was right to say and nothing was said. */
    public double setF1() {
        if (gold.isEmpty() && predicted.isEmpty()) {
            return 1;
        }
        long common = predicted.stream().filter(gold::contains).count();
        return 2.0 * common / (gold.size() + predicted.size());
    }

    /** Whether it is to be answered by yes or no, and is. */
    public boolean isYesNo() {
        return gold.size() == 1 && (gold.first().equals("yes") || gold.first().equals("no"));
    }

    /** The probability of what was said, where that is known. */
    public OptionalDouble confidence() {
        return probability(predicted);
    }

    /** The probability that an answer was given, where that is known. */
    public OptionalDouble probability(SortedSet<String> answer) {
        for (int i = 0; i < probabilities.size(); i++) {
            if (parts(options.get(i)).equals(answer)) {
                return OptionalDouble.of(probabilities.get(i));
            }
        }
        return OptionalDouble.empty();
    }

    /** What statistics over groups and patients are made of. */
    public Observation observed(double score) {
        return new Observation(task + ", " + item, group, patient, score);
    }

    /** The same answer with other probabilities. */
    public Answer withProbabilities(List<Double> other) {
        return new Answer(
                task, item, question, attribute, group, patient, ecg, gold, predicted, options, other, tokens);
    }

    /** The same answer, read token by token. */
    public Answer withTokens(AnswerTokens read) {
        return new Answer(
                task,
                item,
                question,
                attribute,
                group,
                patient,
                ecg,
                gold,
                predicted,
                options,
                probabilities,
                Optional.of(read));
    }

    /** The likeliest option; where several are equally likely, nothing was said. */
    public static Answer of(Pick p, String item, String question) {
        double most = Collections.max(p.probabilities());
        boolean decided = Collections.frequency(p.probabilities(), most) == 1;
        String said = decided ? p.options().get(p.probabilities().indexOf(most)) : "";
        return new Answer(
                p.episode(),
                item,
                question,
                p.attribute(),
                p.group(),
                p.patient(),
                p.ecg(),
                parts(p.options().get(p.gold())),
                parts(said),
                p.options(),
                p.probabilities());
    }

    /** As {@link Prediction}s, those that are yes-no with a probability. */
    public static List<Prediction> yesNo(List<Answer> answers) {
        List<Prediction> ps = new ArrayList<>();
        for (Answer a : answers) {
            OptionalDouble yes = a.probability(parts("yes"));
            if (a.isYesNo() && yes.isPresent()) {
                boolean truth = a.gold.contains("yes");
                ps.add(new Prediction(a.task, a.attribute, a.group, a.patient, a.ecg, truth, yes.getAsDouble()));
            }
        }
        return ps;
    }
}
