package org.einthoven.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.einthoven.meta.metrics.AnswerFile;
import org.einthoven.meta.metrics.AnswerScores;
import org.einthoven.meta.metrics.Audit;
import org.einthoven.meta.metrics.Estimate;
import org.einthoven.meta.metrics.Selective;
import org.einthoven.tensor.Nullable;
import org.einthoven.tensor.Rng;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Judges anyone's answers as ours are judged, beside what shortcuts earn on the same questions. */
@Command(
        name = "audit",
        sortOptions = false,
        description = "scores a file of predictions, with intervals, beside answerers that take shortcuts")
final class AuditVerb extends Verb {
    /** Points of a risk-coverage curve in the result. */
    private static final int POINTS = 200;

    @Parameters(paramLabel = "PREDICTIONS.json", description = "as docs/cli.md describes it; gzip is accepted")
    Path file;

    @Option(
            names = "--abstain-below",
            paramLabel = "P",
            description =
                    "also says how many questions stay unanswered, and how many answers are wrong, when those less"
                            + " sure are withheld")
    @Nullable
    Double threshold;

    @Mixin
    TextScoring scoring = new TextScoring();

    @Override
    Result result() {
        checkThreshold(threshold);
        scoring.check();
        AnswerFile read = AnswerFile.read(file);
        List<String> warnings = new ArrayList<>(read.warnings());
        Audit audit = Audit.of(
                file.getFileName().toString(),
                read.predictions(),
                read.shown(),
                scoring.synonyms(warnings),
                Rng.of(seed).split("audit"));
        Result r = new Result().putAll(fields(audit));
        if (threshold != null) {
            r.put("abstaining", abstaining(audit.selective(), threshold));
        }
        Judgement.text(r, audit.table().title(), audit.table());
        text(r, audit);
        scoring.bertScore(AnswerScores.texts(read.predictions()), warnings)
                .ifPresent(b -> scoring.put(
                        r, Audit.overTasks(read.predictions(), b.scored().each()), b.layer()));
        return r.warnings(warnings).disclaimer();
    }

    static void checkThreshold(@Nullable Double threshold) {
        if (threshold != null && !(threshold >= 0 && threshold <= 1)) {
            throw new Failure.Usage("--abstain-below " + threshold + ": must be between 0 and 1");
        }
    }

    /** Everything that is known of answers. */
    static Map<String, Object> fields(Audit audit) {
        AnswerScores s = audit.scores();
        Map<String, Object> m = new LinkedHashMap<>();
        m.put("answers", s.exactMatch().answers());
        m.put("tasks", audit.tasks());
        m.put("groups", s.exactMatch().groups());
        m.put("patients", s.exactMatch().patients());
        m.put("chance", audit.table().chance());
        m.putAll(scores(s));
        m.putAll(audit.texts());
        m.putAll(selective(audit.selective()));
        m.put("table", Judgement.rows(audit.table()));
        m.put("by_attribute", s.byAttribute());
        Map<String, Object> labels = new LinkedHashMap<>();
        s.byLabel().forEach((label, l) -> {
            Map<String, Object> one = new LinkedHashMap<>();
            one.put("gold", l.gold());
            one.put("said", l.said());
            one.put("precision", l.precision());
            one.put("recall", l.recall());
            one.put("f1", l.f1());
            labels.put(label, one);
        });
        m.put("by_answer", labels);
        return m;
    }

    /** What is said of answers one by one. */
    static Map<String, Object> scores(AnswerScores s) {
        Map<String, Object> m = new LinkedHashMap<>();
        m.put("exact_match", estimate(s.exactMatch()));
        m.put("set_f1", estimate(s.setF1()));
        m.put("plain_exact_match", s.plainExactMatch());
        m.put("macro_attribute", s.macroByAttribute());
        m.put("macro_f1", s.macroF1());
        m.put("auroc", s.auroc());
        s.tokenAccuracy().ifPresent(t -> m.put("token_accuracy", estimate(t)));
        m.put("option_log_likelihood", s.optionLogLikelihood());
        return m;
    }

    private static Map<String, Object> estimate(Estimate e) {
        Map<String, Object> m = new LinkedHashMap<>();
        m.put("value", e.value());
        m.put("ci95", new double[] {e.ci95().low(), e.ci95().high()});
        m.put("interval", e.method());
        return m;
    }

    /** Calibration, and what abstaining brings; {@code confident} answers of those that say how sure they are. */
    static Map<String, Object> selective(Selective s) {
        Map<String, Object> m = new LinkedHashMap<>();
        m.put("confident", s.bins().stream().mapToInt(Selective.Bin::answers).sum());
        m.put("brier", s.brier());
        m.put("calibration_error", s.calibrationError());
        m.put("risk_coverage_area", s.area());
        m.put("risk_coverage_best", s.best());
        m.put(
                "risk_coverage",
                thinned(s.curve()).stream()
                        .map(p -> new double[] {p.coverage(), p.risk(), p.threshold()})
                        .toList());
        m.put(
                "reliability",
                s.bins().stream()
                        .map(b -> new double[] {b.confidence(), b.right(), b.answers()})
                        .toList());
        return m;
    }

    /** Few enough points to look at, the last among them. */
    private static List<Selective.Point> thinned(List<Selective.Point> curve) {
        int step = Math.max(1, Math.ceilDiv(curve.size(), POINTS));
        return IntStream.range(0, curve.size())
                .filter(i -> (curve.size() - 1 - i) % step == 0)
                .mapToObj(curve::get)
                .toList();
    }

    static Map<String, Object> abstaining(Selective s, double below) {
        Selective.Point p = s.abstainingBelow(below);
        Map<String, Object> m = new LinkedHashMap<>();
        m.put("below", below);
        m.put("coverage", p.coverage());
        m.put("risk", p.risk());
        return m;
    }

    private void text(Result r, Audit audit) {
        AnswerScores s = audit.scores();
        line(r, "set F1", s.setF1());
        s.tokenAccuracy().ifPresent(t -> line(r, "token accuracy", t));
        line(r, "exact match, plain", s.plainExactMatch());
        line(r, "macro over attributes", s.macroByAttribute());
        line(r, "macro F1 over answers", s.macroF1());
        line(r, "AUROC within task", s.auroc());
        line(r, "option log-likelihood", s.optionLogLikelihood());
        audit.texts().forEach((name, x) -> line(r, name, x));
        Selective c = audit.selective();
        if (!c.bins().isEmpty()) {
            line(r, "Brier score", c.brier());
            line(r, "calibration error", c.calibrationError());
            r.line("%-24s %.4f  (at best %.4f)", "risk-coverage area", c.area(), c.best());
        }
        if (threshold != null) {
            Selective.Point p = c.abstainingBelow(threshold);
            r.line(
                    "abstaining below %.2f: %.1f %% answered, %.1f %% of them wrong",
                    threshold, 100 * p.coverage(), 100 * p.risk());
        }
        r.line(
                "%d answers in %d tasks, %d attribute groups, %d patients; intervals: %s",
                s.exactMatch().answers(),
                audit.tasks(),
                s.exactMatch().groups(),
                s.exactMatch().patients(),
                s.exactMatch().method());
    }

    private static void line(Result r, String name, Estimate e) {
        r.line(
                "%-24s %.4f  [%6.4f, %6.4f]",
                name, e.value(), e.ci95().low(), e.ci95().high());
    }

    private static void line(Result r, String name, double x) {
        if (!Double.isNaN(x)) {
            r.line("%-24s %.4f", name, x);
        }
    }
}
