package org.einthoven.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import me.tongfei.progressbar.ProgressBar;
import org.einthoven.cli.demo.Demo;
import org.einthoven.cli.demo.DemoModels;
import org.einthoven.meta.metrics.Comparison;
import org.einthoven.meta.metrics.Interval;
import org.einthoven.meta.metrics.ResultTable;
import org.einthoven.tensor.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The whole main job on embedded models, judged beside its controls. */
@Command(
        name = "demo",
        description =
                "the whole main job on synthetic ECGs and embedded models, beside its controls; writes report.html")
final class DemoVerb extends Verb {
    @Option(
            names = "--out",
            paramLabel = "DIR",
            defaultValue = "einthoven-demo",
            description = "where report.html goes (${DEFAULT-VALUE})")
    Path out;

    @Option(names = "--episodes", paramLabel = "N", description = "test tasks in each table (" + Demo.EPISODES + ")")
    int episodes = Demo.EPISODES;

    @Option(
            names = "--models",
            paramLabel = "DIR",
            description = "models made by make-models, instead of the embedded ones")
    @Nullable
    Path folder;

    @Override
    Result result() throws Exception {
        if (episodes < 2) {
            throw new Failure.Usage("--episodes " + episodes + ": at least 2");
        }
        long start = System.nanoTime();
        Files.createDirectories(out);
        if (folder != null) {
            try (DemoModels models = DemoModels.open(folder)) {
                return run(models, start);
            }
        }
        try (EmbeddedModels embedded = EmbeddedModels.open();
                DemoModels models = DemoModels.open(embedded.folder())) {
            return run(models, start);
        }
    }

    private Result run(DemoModels models, long start) {
        Demo demo = new Demo(models, seed, episodes);
        Demo.Outcome outcome = demo.run(new OnStderr());
        Path html = out.resolve("report.html");
        double seconds = (System.nanoTime() - start) / 1e9;
        demo.report(outcome, seconds, html);
        Result r = new Result();
        r.putAll(fields(outcome.unseen()));
        r.put("seen", fields(outcome.seen()));
        r.put("held_out", outcome.heldOut())
                .put("episodes", episodes)
                .put("samples", outcome.samples().stream().map(DemoVerb::fields).toList());
        r.put("notes", outcome.notes()).put("report", html.toString()).put("seconds", seconds);
        text(r, outcome.seen());
        text(r, outcome.unseen());
        for (Demo.Sample s : outcome.samples()) {
            r.line(
                    "ECG %s: %s %s (P(yes) %.2f, truth: %s)",
                    s.ecg(), s.question(), s.answer(), s.probabilityYes(), s.truth());
        }
        r.line("%s, %.0f s", html, seconds);
        return r.disclaimer();
    }

    private static Map<String, Object> fields(Demo.Sample s) {
        Map<String, Object> m = new LinkedHashMap<>();
        m.put("finding", s.finding());
        m.put("ecg", s.ecg());
        m.put("question", s.question());
        m.put("answer", s.answer());
        m.put("probability_yes", s.probabilityYes());
        m.put("truth", s.truth());
        return m;
    }

    private static Map<String, Object> fields(ResultTable table) {
        Map<String, Object> m = new LinkedHashMap<>();
        ResultTable.Row ours = table.rows().getFirst();
        m.put("accuracy", ours.accuracy().value());
        m.put("ci95", ends(ours.accuracy().ci95()));
        Map<String, Object> baselines = new LinkedHashMap<>();
        for (ResultTable.Row row : table.rows().subList(1, table.rows().size())) {
            Map<String, Object> b = new LinkedHashMap<>();
            b.put("accuracy", row.accuracy().value());
            b.put("ci95", ends(row.accuracy().ci95()));
            b.put("ci90", ends(row.accuracy().ci90()));
            b.put(
                    "paired_diff_ci95",
                    ends(row.advantage()
                            .map(Comparison::difference)
                            .orElseThrow()
                            .ci95()));
            b.put("at_chance", row.atChance());
            baselines.put(row.name(), b);
        }
        m.put("baselines", baselines);
        m.put("groups", ours.accuracy().groups());
        m.put("patients", ours.accuracy().patients());
        m.put("attributes", table.detail().orElseThrow().attributes().size());
        m.put("interval", ours.accuracy().method());
        m.put("chance", table.chance());
        return m;
    }

    private static List<Double> ends(Interval i) {
        return Arrays.asList(i.isKnown() ? i.low() : null, i.isKnown() ? i.high() : null);
    }

    private static void text(Result r, ResultTable table) {
        r.line(
                "%s: %s, %d groups, %d patients, chance %.2f",
                table.title(),
                Demo.SHAPE,
                table.rows().getFirst().accuracy().groups(),
                table.rows().getFirst().accuracy().patients(),
                table.chance());
        for (ResultTable.Row row : table.rows()) {
            Interval ci = row.accuracy().ci95();
            String against = row.advantage()
                    .map(c -> String.format(
                            java.util.Locale.ROOT,
                            "   ours minus this: [%+.3f, %+.3f]",
                            c.difference().ci95().low(),
                            c.difference().ci95().high()))
                    .orElse("");
            r.line(
                    "  %-18s %.3f  [%.3f, %.3f]%s%s",
                    row.name(),
                    row.accuracy().value(),
                    ci.low(),
                    ci.high(),
                    against,
                    row.advantage().isPresent() && row.atChance() ? "   at chance" : "");
        }
        r.line("");
    }

    /** Lines and bars on stderr. */
    private static final class OnStderr implements Demo.Watch {
        @Override
        public void say(String line) {
            Progress.say(line);
        }

        @Override
        public Consumer<Integer> begin(String task, int steps) {
            ProgressBar bar = Progress.bar(task, steps);
            return done -> {
                bar.stepTo(done);
                if (done == steps) {
                    bar.close();
                }
            };
        }
    }
}
