package org.einthoven.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.IntConsumer;
import me.tongfei.progressbar.ProgressBar;
import org.einthoven.autograd.Params;
import org.einthoven.data.episodes.EpisodeSampler;
import org.einthoven.data.episodes.LeakReport;
import org.einthoven.meta.Control;
import org.einthoven.meta.EncodedEpisode;
import org.einthoven.meta.MetaEvaluator;
import org.einthoven.meta.NonFinite;
import org.einthoven.meta.RunDirectory;
import org.einthoven.meta.SeedEvaluator;
import org.einthoven.meta.metrics.Answer;
import org.einthoven.meta.metrics.Estimate;
import org.einthoven.meta.metrics.Pick;
import org.einthoven.meta.metrics.ResultTable;
import org.einthoven.meta.metrics.Selective;
import org.einthoven.meta.metrics.Temperature;

/** Evaluates what a run has learnt on test tasks, beside the controls of its protocol. */
final class Judgement {
    private final Run run;
    private final Params theta;
    private final Map<Control, Params> trained;
    private final EcgView view;
    private final Map<Control, EcgView> ownViews = new EnumMap<>(Control.class);
    private final List<String> notes = new ArrayList<>();

    /** @param trained weights of those controls that were trained on their own */
    Judgement(Run run, Params theta, Map<Control, Params> trained) {
        this.run = run;
        this.theta = theta;
        this.trained = new EnumMap<>(Control.class);
        this.trained.putAll(trained);
        this.view = run.view(theta);
        if (run.rules.encoderLearns()) {
            trained.forEach((control, weights) -> ownViews.put(control, run.view(weights)));
        }
        if (asked(Control.UNTRAINED)) {
            this.trained.put(Control.UNTRAINED, Run.besidesEncoder(run.start(run.freshMapper())));
        }
        if (asked(Control.ABNORMAL)) {
            run.abnormalScorer(view)
                    .ifPresentOrElse(
                            scorer -> this.trained.put(Control.ABNORMAL, scorer.fitted()),
                            () -> notes.add(
                                    "abnormal: the training side does not hold both normal and abnormal ECGs, so the scorer"
                                            + " cannot be fitted and its row is left out"));
        }
    }

    /** Writes {@code table}, {@code leaks} and what belongs to them, and in the folder of the run the answers themselves. */
    void into(Result r, RunDirectory directory) {
        int tasks = run.options.testTasks;
        if (run.rules.isSeed()) {
            SeedEvaluator.Evaluated e = seed(view.testTasks(run.plan.test(), tasks));
            notes.addAll(e.notes());
            Evidence evidence = new Evidence(run, directory.path());
            evidence.write(evidence.read(run.plan.test(), tasks, e.answers()), run.plan.test(), tasks);
            r.put("table", rows(e.tokenAccuracy()));
            r.put("table_exact_match", rows(e.exactMatch()));
            r.put(
                    "by_inner_step",
                    e.byInnerStep().stream()
                            .map(p -> measured(p.loss(), p.measures()))
                            .toList());
            text(r, "seed protocol, " + e.tokenAccuracy().title(), e.tokenAccuracy());
            text(r, "seed protocol, " + e.exactMatch().title(), e.exactMatch());
            TypeTables byType = new TypeTables(run, run.plan.test(), tasks);
            if (byType.areSeveral()) {
                byType.seed(r, e);
            }
        } else {
            MetaEvaluator.Evaluated evaluated = strict(run.plan.test(), tasks, controls(), "test tasks");
            ResultTable test = evaluated.table("test tasks", run.rng.split("intervals"));
            confidence(r, directory.path(), evaluated);
            if (run.options.robustness) {
                Robustness robustness = new Robustness(
                        run,
                        theta,
                        directory,
                        run.plan.test(),
                        episodes -> ours(evaluated(run.plan.test(), episodes, new TreeSet<>(), "tasks asked again")));
                r.put("robustness", robustness.curves(ours(evaluated)));
            }
            r.put("table", rows(test));
            r.put("chance", run.plan.crossed() ? test.chance() : null);
            r.put(AttributeTable.FIELD, AttributeTable.of(evaluated, run.rng.split("intervals")));
            test.detail().ifPresent(d -> r.put("auroc", d.auroc())
                    .put("brier", d.calibration().brier())
                    .put("log_score", d.calibration().logScore())
                    .put("calibration_error", d.calibration().calibrationError()));
            text(r, "strict protocol, " + test.title(), test);
            power(r, test);
            TypeTables byType = new TypeTables(run, run.plan.test(), tasks);
            if (byType.areSeveral()) {
                byType.strict(r, TypeTables.FIELD, test.title(), evaluated);
            }
            run.plan.seen().ifPresent(sampler -> {
                String title = "attributes seen in training, test patients";
                int seenTasks = run.options.seenTasks();
                MetaEvaluator.Evaluated onSeen = strict(sampler, seenTasks, controls(), title);
                ResultTable seen = onSeen.table(title, run.rng.split("intervals"));
                r.put("seen", rows(seen));
                text(r, "strict protocol, " + seen.title(), seen);
                TypeTables seenByType = new TypeTables(run, sampler, seenTasks);
                if (seenByType.areSeveral()) {
                    seenByType.strict(r, TypeTables.SEEN, title, onSeen);
                }
            });
        }
        r.put("leaks", leaks(run.plan.leaks()));
        r.line(run.plan.leaks().toString());
        FurtherScores.into(r, run, theta, directory.path()); // of the answers that were written above
    }

    /** Tasks that did not go as they should. */
    List<String> notes() {
        return notes;
    }

    private SeedEvaluator.Evaluated seed(List<EncodedEpisode> episodes) {
        SeedEvaluator evaluator = new SeedEvaluator(
                run.model,
                run.rules.testLoop(run.model.mapper()),
                run.rules.dropout(),
                view.blindfold(run.plan.test()),
                run.rng.split("evaluation"));
        try (ProgressBar bar = Progress.bar("test tasks", episodes.size())) {
            return evaluator.evaluate(theta, episodes, bar::stepTo);
        }
    }

    private MetaEvaluator.Evaluated strict(
            EpisodeSampler sampler, int tasks, SortedSet<Control> controls, String title) {
        SortedSet<Control> sharing = new TreeSet<>(controls);
        sharing.removeAll(ownViews.keySet());
        MetaEvaluator.Evaluated e = evaluated(sampler, view.testTasks(sampler, tasks), sharing, title);
        SequencedMap<String, List<Pick>> answers = new LinkedHashMap<>();
        answers.put(MetaEvaluator.OURS, ours(e));
        for (Control control : controls) {
            EcgView own = ownViews.get(control);
            answers.put(
                    control.key(),
                    own == null
                            ? Objects.requireNonNull(e.answers().get(control.key()), "every control was asked")
                            : ofOwnView(control, own, sampler, tasks, title));
        }
        return new MetaEvaluator.Evaluated(answers, e.greedy(), e.notes());
    }

    /** Of a control whose encoder learnt with it, so that it sees the ECGs in its own way. */
    private List<Pick> ofOwnView(Control control, EcgView own, EpisodeSampler sampler, int tasks, String title) {
        Params weights = Run.besidesEncoder(
                Objects.requireNonNull(trained.get(control), "weights of its own come with a view of its own"));
        try (ProgressBar bar = Progress.bar(title + ", " + control.key(), tasks)) {
            IntConsumer done = bar::stepTo;
            return evaluator(own, sampler).answers(control, weights, own.testTasks(sampler, tasks), notes, done);
        }
    }

    private MetaEvaluator.Evaluated evaluated(
            EpisodeSampler sampler, List<EncodedEpisode> episodes, SortedSet<Control> controls, String title) {
        try (ProgressBar bar = Progress.bar(title, episodes.size())) {
            IntConsumer done = bar::stepTo;
            MetaEvaluator.Evaluated e =
                    evaluator(view, sampler).evaluate(Run.besidesEncoder(theta), trained, controls, episodes, done);
            notes.addAll(e.notes());
            return e;
        }
    }

    /** For tasks of one side of a split. */
    static MetaEvaluator evaluator(EcgView view, EpisodeSampler side) {
        Run run = view.run();
        return new MetaEvaluator(
                run.model,
                run.rules.testLoop(run.model.mapper()),
                run.answer("yes"),
                run.answer("no"),
                view.blindfold(side),
                NonFinite.SKIP,
                run.rng.split("evaluation"));
    }

    /** How sure our answers are, by a temperature from tasks set apart for that, or as they are where there are none. */
    private void confidence(Result r, Path folder, MetaEvaluator.Evaluated test) {
        Evidence evidence = new Evidence(run, folder);
        List<Answer> raw = evidence.answers(run.plan.test(), run.options.testTasks, ours(test));
        Optional<Temperature> fitted = run.plan.validation().map(side -> {
            int tasks = run.options.validationTasks;
            MetaEvaluator.Evaluated e = strict(side, tasks, new TreeSet<>(), "meta-validation tasks");
            return Temperature.fit(evidence.answers(side, tasks, ours(e)));
        });
        List<Answer> answers =
                raw.stream().map(fitted.orElse(Temperature.NONE)::apply).toList();
        Selective selective = Selective.ofAnswers(answers);
        Map<String, Object> m = AuditVerb.selective(selective);
        m.put("temperature", fitted.map(Temperature::value).orElse(null));
        m.put("calibrated", fitted.isPresent());
        m.put("calibration_error_before", Selective.ofAnswers(raw).calibrationError());
        if (run.options.abstainBelow != null) {
            m.put("abstaining", AuditVerb.abstaining(selective, run.options.abstainBelow));
        }
        r.put("confidence", m);
        evidence.write(answers, run.plan.test(), run.options.testTasks);
    }

    static List<Pick> ours(MetaEvaluator.Evaluated e) {
        return Objects.requireNonNull(e.picks().get(MetaEvaluator.OURS), "ours is always judged");
    }

    /** Whether a control is to stand in the tables. */
    private boolean asked(Control control) {
        return !run.rules.isSeed() && run.options.controls().contains(control);
    }

    private SortedSet<Control> controls() {
        SortedSet<Control> controls = run.options.controls();
        controls.removeIf(c -> c.hasOwnWeights() && !trained.containsKey(c));
        return controls;
    }

    // ---------------------------------------------------------------- to JSON and text

    static Map<String, Object> rows(ResultTable table) {
        Map<String, Object> rows = new LinkedHashMap<>();
        table.rows().forEach(row -> rows.put(row.name(), row(row)));
        return rows;
    }

    private static Map<String, Object> row(ResultTable.Row row) {
        Estimate a = row.accuracy();
        Map<String, Object> m = new LinkedHashMap<>();
        m.put("accuracy", a.value());
        m.put("ci95", new double[] {a.ci95().low(), a.ci95().high()});
        m.put("ci90", new double[] {a.ci90().low(), a.ci90().high()});
        m.put("at_chance", row.atChance());
        m.put("groups", a.groups());
        m.put("patients", a.patients());
        m.put("answers", a.answers());
        m.put("interval", a.method());
        m.put("visible", a.visible());
        row.advantage().ifPresent(c -> {
            Estimate d = c.difference();
            m.put("paired_diff", d.value());
            m.put("paired_diff_ci95", new double[] {d.ci95().low(), d.ci95().high()});
            m.put("p_adjusted", row.adjusted());
        });
        return m;
    }

    private static Map<String, Object> measured(double loss, Map<String, Double> measures) {
        Map<String, Object> m = new LinkedHashMap<>();
        m.put("loss", loss);
        m.putAll(measures);
        return m;
    }

    static void text(Result r, String title, ResultTable table) {
        r.line(title);
        r.line("%-20s %9s  %-17s %s", "", table.measure(), "95 % interval", "ours minus this");
        for (ResultTable.Row row : table.rows()) {
            Estimate a = row.accuracy();
            Optional<Estimate> d = row.advantage().map(c -> c.difference());
            r.line(
                    "%-20s %9.4f  [%6.4f, %6.4f]  %s",
                    row.name(),
                    a.value(),
                    a.ci95().low(),
                    a.ci95().high(),
                    d.map(x -> String.format(
                                    java.util.Locale.ROOT,
                                    "%+.4f [%+.4f, %+.4f]",
                                    x.value(),
                                    x.ci95().low(),
                                    x.ci95().high()))
                            .orElse(""));
        }
    }

    /** How much could have been seen. */
    static void power(Result r, ResultTable table) {
        Estimate ours = table.rows().getFirst().accuracy();
        r.line(
                "%d groups of attributes, %d patients, %d answers; %s; a difference of %.3f would be seen four times in five",
                ours.groups(), ours.patients(), ours.answers(), ours.method(), ours.visible());
    }

    private static Map<String, Object> leaks(LeakReport l) {
        Map<String, Object> m = new LinkedHashMap<>();
        m.put("shared_ecgs", l.sharedEcgs());
        m.put("shared_patients", l.sharedPatients());
        m.put("shared_attributes", l.sharedAttributes());
        m.put("train_ecgs", l.trainEcgs());
        m.put("test_ecgs", l.testEcgs());
        m.put("train_patients", l.trainPatients());
        m.put("test_patients", l.testPatients());
        m.put("train_attributes", l.trainAttributes());
        m.put("test_attributes", l.testAttributes());
        m.put("shared_attribute_names", l.sharedNames());
        return m;
    }
}
