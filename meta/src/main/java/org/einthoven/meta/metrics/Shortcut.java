package org.einthoven.meta.metrics;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.SortedSet;

/**
 * Ways to be right without looking at an ECG and understanding a question. Where one of them does as well as a system, the
 * tasks tell nothing about it. Each is scored by exact match; where several answers are equally common, by the share of them
 * that is right, which is what picking one at random earns.
 */
public enum Shortcut {
    /** The commonest answer of the task's support set; without one, of its own questions, in hindsight: no constant does better. */
    MAJORITY,
    /** The commonest answer to the same words: in the support set, else in all other tasks, about other ECGs. */
    QUESTION_ONLY,
    /** The commonest answer about the same ECG: in the support set, else in all other tasks, about other attributes. */
    ECG_ONLY,
    /** What was right for the question before, in the order of the file. */
    PREVIOUS_ANSWER,
    /** Whatever option stands first. */
    FIRST_OPTION;

    /** Its name in tables and JSON: {@code question_only}. */
    public String key() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * What can be learnt from before the questions of a task are asked: a question, which ECG, and its answer.
     *
     * @param ecg empty where it is not told
     */
    public record Shown(String task, String question, String ecg, SortedSet<String> gold) {}

    /** How often each answer is right; some of it may be taken off again. */
    private static final class Counts {
        private final Map<SortedSet<String>, Integer> counts = new HashMap<>();

        void add(SortedSet<String> gold) {
            counts.merge(gold, 1, Integer::sum);
        }

        Counts plus(Counts other, int sign) {
            Counts sum = new Counts();
            sum.counts.putAll(counts);
            other.counts.forEach((gold, n) -> sum.counts.merge(gold, sign * n, Integer::sum));
            return sum;
        }

        /** What saying the commonest earns; empty where nothing is counted. */
        OptionalDouble earned(SortedSet<String> gold) {
            int most = counts.values().stream().mapToInt(n -> n).max().orElse(0);
            if (most <= 0) {
                return OptionalDouble.empty();
            }
            long ties = counts.values().stream().filter(n -> n == most).count();
            return OptionalDouble.of(counts.getOrDefault(gold, 0) == most ? 1.0 / ties : 0);
        }
    }

    private static final Counts NOTHING = new Counts();

    /** All that a file of answers tells, counted once, by what it is looked up by. */
    private static final class Known {
        private final Map<List<String>, Counts> counts = new HashMap<>();

        Known(List<Answer> answers, List<Shown> shown) {
            for (Shown s : shown) {
                add(s.gold, "support", s.task);
                add(s.gold, "support question", s.task, s.question);
                add(s.gold, "support ecg", s.task, s.ecg);
            }
            for (Answer a : answers) {
                add(a.gold(), "task", a.task());
                for (String task : List.of("", a.task())) {
                    add(a.gold(), "question", task, a.question());
                    add(a.gold(), "question, ecg", task, a.question(), a.ecg());
                    add(a.gold(), "ecg", task, a.ecg());
                    add(a.gold(), "ecg, attribute", task, a.ecg(), a.attribute());
                }
            }
        }

        private void add(SortedSet<String> gold, String... key) {
            counts.computeIfAbsent(List.of(key), k -> new Counts()).add(gold);
        }

        Counts of(String... key) {
            return counts.getOrDefault(List.of(key), NOTHING);
        }

        /** The majority of a task. */
        double majority(Answer a) {
            return of("support", a.task())
                    .earned(a.gold())
                    .orElseGet(() -> of("task", a.task()).earned(a.gold()).orElseThrow());
        }

        /** Of the same words; the same item in another task, which is no knowledge of questions, is taken off. */
        OptionalDouble byQuestion(Answer a) {
            OptionalDouble near = of("support question", a.task(), a.question()).earned(a.gold());
            if (near.isPresent()) {
                return near;
            }
            Counts elsewhere = of("question", "", a.question()).plus(of("question", a.task(), a.question()), -1);
            return (a.ecg().isEmpty()
                            ? elsewhere
                            : elsewhere
                                    .plus(of("question, ecg", "", a.question(), a.ecg()), -1)
                                    .plus(of("question, ecg", a.task(), a.question(), a.ecg()), 1))
                    .earned(a.gold());
        }

        /** About the same ECG; what was asked about the same attribute, which is more than the ECG, is taken off. */
        OptionalDouble byEcg(Answer a) {
            if (a.ecg().isEmpty()) {
                return OptionalDouble.empty();
            }
            OptionalDouble near = of("support ecg", a.task(), a.ecg()).earned(a.gold());
            return near.isPresent()
                    ? near
                    : of("ecg", "", a.ecg())
                            .plus(of("ecg", a.task(), a.ecg()), -1)
                            .plus(of("ecg, attribute", "", a.ecg(), a.attribute()), -1)
                            .plus(of("ecg, attribute", a.task(), a.ecg(), a.attribute()), 1)
                            .earned(a.gold());
        }
    }

    /**
     * What it earns on each question, in order; empty where it has nothing to go by in any.
     *
     * @param shown the support sets, where they are known
     */
    public List<Observation> score(List<Answer> answers, List<Shown> shown) {
        if (this == FIRST_OPTION && answers.stream().anyMatch(a -> a.options().isEmpty())
                || this == ECG_ONLY && answers.stream().allMatch(a -> a.ecg().isEmpty())) {
            return List.of();
        }
        Known known = new Known(answers, shown);
        Map<String, SortedSet<String>> before = new HashMap<>();
        List<Observation> scores = new ArrayList<>();
        for (Answer a : answers) {
            SortedSet<String> last = before.get(a.task());
            double score =
                    switch (this) {
                        case MAJORITY -> known.majority(a);
                        case QUESTION_ONLY -> known.byQuestion(a).orElseGet(() -> known.majority(a));
                        case ECG_ONLY -> known.byEcg(a).orElseGet(() -> known.majority(a));
                        case PREVIOUS_ANSWER -> last == null ? known.majority(a) : last.equals(a.gold()) ? 1 : 0;
                        case FIRST_OPTION ->
                            Answer.parts(a.options().getFirst()).equals(a.gold()) ? 1 : 0;
                    };
            before.put(a.task(), a.gold());
            scores.add(a.observed(score));
        }
        return Collections.unmodifiableList(scores);
    }
}
