package org.einthoven.meta.metrics;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.TreeMap;
import org.einthoven.meta.metrics.Shortcut.Shown;
import org.einthoven.meta.metrics.text.BertScore;
import org.einthoven.meta.metrics.text.Synonyms;
import org.einthoven.meta.metrics.text.TextScores;
import org.einthoven.tensor.Rng;

/**
 * All that can be said of answers from the answers alone.
 *
 * @param table exact match of the answers, beside what each shortcut earns on the same questions
 * @param texts scores of the answers as texts, averaged over tasks
 * @param selective by the confidences, where there are any
 */
public record Audit(
        AnswerScores scores, ResultTable table, SequencedMap<String, Double> texts, Selective selective, int tasks) {
    /** The row of the answers themselves. */
    public static final String ANSWERS = "answers";

    /**
     * @param shown the support sets; empty where they are not known
     * @param synonyms for METEOR
     */
    public static Audit of(String title, List<Answer> answers, List<Shown> shown, Synonyms synonyms, Rng rng) {
        SequencedMap<String, List<Observation>> rows = new LinkedHashMap<>();
        rows.put(ANSWERS, AnswerScores.observed(answers, a -> a.isRight() ? 1 : 0));
        for (Shortcut s : Shortcut.values()) {
            List<Observation> scores = s.score(answers, shown);
            if (!scores.isEmpty()) {
                rows.put(s.key(), scores);
            }
        }
        double chance = AnswerScores.chance(answers).orElse(Double.NaN);
        return new Audit(
                AnswerScores.of(answers, rng),
                ResultTable.of(title, "exact match", chance, rows, rng),
                texts(answers, synonyms),
                Selective.ofAnswers(answers),
                tasks(answers).size());
    }

    /**
     * The mean of each task, and of these over the tasks.
     *
     * @param each a score for each answer, in their order
     */
    public static BertScore overTasks(List<Answer> answers, List<BertScore> each) {
        Map<String, List<BertScore>> tasks = new TreeMap<>();
        for (int i = 0; i < each.size(); i++) {
            tasks.computeIfAbsent(answers.get(i).task(), t -> new ArrayList<>()).add(each.get(i));
        }
        return BertScore.mean(tasks.values().stream().map(BertScore::mean).toList());
    }

    private static Map<String, List<Answer>> tasks(List<Answer> answers) {
        Map<String, List<Answer>> tasks = new TreeMap<>();
        answers.forEach(
                a -> tasks.computeIfAbsent(a.task(), t -> new ArrayList<>()).add(a));
        return tasks;
    }

    /** Scores of answers as texts, by name: the mean of each task, and of these over the tasks. */
    public static SequencedMap<String, Double> texts(List<Answer> answers, Synonyms synonyms) {
        Map<String, List<Answer>> tasks = tasks(answers);
        SequencedMap<String, Double> sums = new LinkedHashMap<>();
        tasks.values().forEach(own -> TextScores.mean(AnswerScores.texts(own), synonyms)
                .byName()
                .forEach((name, x) -> sums.merge(name, x, Double::sum)));
        sums.replaceAll((name, sum) -> sum / tasks.size());
        return sums;
    }
}
