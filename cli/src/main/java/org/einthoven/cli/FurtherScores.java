package org.einthoven.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SequencedMap;
import java.util.SortedMap;
import java.util.stream.Collectors;
import me.tongfei.progressbar.ProgressBar;
import org.einthoven.autograd.Params;
import org.einthoven.meta.EncodedEpisode;
import org.einthoven.meta.TaskTrace;
import org.einthoven.meta.metrics.Answer;
import org.einthoven.meta.metrics.AnswerFile;
import org.einthoven.meta.metrics.AnswerScores;
import org.einthoven.meta.metrics.AttributeResult;
import org.einthoven.meta.metrics.Audit;
import org.einthoven.meta.metrics.text.Synonyms;
import org.einthoven.tensor.FormatException;

/** What is said of the test tasks beside their tables, which compare ours with its controls. */
final class FurtherScores {
    static final String SCORES = "scores";
    static final String BY_INNER_STEP = "by_inner_step";
    static final String PREDICTIVE_VALUES = "predictive_values";

    /** Test tasks that are looked at after each inner step: the first ones. */
    private static final int TASKS_ALONG = 50;

    private FurtherScores() {}

    /** Writes {@value #SCORES}, and in the strict protocol {@value #BY_INNER_STEP} and {@value #PREDICTIVE_VALUES}. */
    static void into(Result r, Run run, Params theta, Path folder) {
        List<Answer> answers = answers(r, run, folder);
        if (!answers.isEmpty()) {
            scores(r, run, answers);
        }
        if (run.rules.isSeed()) {
            return; // which tells of every inner step, and of no yes or no
        }
        List<TaskTrace.Point> way = along(run, theta);
        r.put(BY_INNER_STEP, way.stream().map(FurtherScores::measured).toList());
        r.line("accuracy by inner step: "
                + way.stream()
                        .map(p ->
                                String.format(Locale.ROOT, "%.3f", p.measures().get("accuracy")))
                        .collect(Collectors.joining(" ")));
        List<Map<String, Object>> values = predictiveValues(answers, run.prevalence());
        if (!values.isEmpty()) {
            r.put(PREDICTIVE_VALUES, values);
        }
    }

    /** As anyone reads them; none, with a warning, where they cannot be told apart so, as answers that differ in case alone. */
    private static List<Answer> answers(Result r, Run run, Path folder) {
        try {
            return AnswerFile.read(folder.resolve(Evidence.PREDICTIONS)).predictions();
        } catch (FormatException e) {
            String warning = "the answers are not scored as sets and texts: " + e.getMessage();
            run.warnings.add(warning);
            r.line(warning);
            return List.of();
        }
    }

    private static void scores(Result r, Run run, List<Answer> answers) {
        Map<String, Object> scores =
                AuditVerb.scores(AnswerScores.of(answers, run.rng.split("audit"))); // as audit judges the file
        SequencedMap<String, Double> texts = Audit.texts(answers, Synonyms.NONE);
        scores.putAll(texts);
        r.put(SCORES, scores);
        r.line("answers as texts: " + texts(texts));
    }

    private static String texts(SequencedMap<String, Double> scores) {
        List<String> texts = new ArrayList<>();
        scores.forEach((name, x) -> texts.add(String.format(Locale.ROOT, "%s %.4f", name, x)));
        return String.join(", ", texts);
    }

    private static List<TaskTrace.Point> along(Run run, Params theta) {
        EcgView view = run.view(theta);
        List<EncodedEpisode> tasks = view.testTasks(run.plan.test(), Math.min(TASKS_ALONG, run.options.testTasks));
        try (ProgressBar bar = Progress.bar("after each inner step", tasks.size())) {
            return Judgement.evaluator(view, run.plan.test())
                    .byInnerStep(Run.besidesEncoder(theta), tasks, bar::stepTo);
        }
    }

    private static Map<String, Object> measured(TaskTrace.Point p) {
        Map<String, Object> m = new LinkedHashMap<>();
        m.put("loss", p.loss());
        m.putAll(p.measures());
        return m;
    }

    /** Balanced tasks fix the prevalence at one half; these are of the data set's. */
    private static List<Map<String, Object>> predictiveValues(
            List<Answer> answers, SortedMap<String, Double> prevalence) {
        List<Map<String, Object>> values = new ArrayList<>();
        for (AttributeResult a : AttributeResult.of(Answer.yesNo(answers))) {
            Double share = prevalence.get(a.attribute());
            if (share != null) {
                Map<String, Object> m = new LinkedHashMap<>();
                m.put("attribute", a.attribute());
                m.put("prevalence", share);
                m.put("positive", a.positivePredictiveValue(share));
                m.put("negative", a.negativePredictiveValue(share));
                values.add(m);
            }
        }
        return values;
    }
}
