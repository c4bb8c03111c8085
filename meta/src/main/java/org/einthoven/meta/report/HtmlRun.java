package org.einthoven.meta.report;

import static org.einthoven.meta.report.Html.text;

import java.util.List;
import java.util.SortedMap;
import org.einthoven.meta.metrics.AttributeResult;

/** One run of a page. */
final class HtmlRun {
    private static final int NOTES_SHOWN = 12;

    private final RunReport run;
    private final String anchor;
    private final StringBuilder out;

    /** @param anchor a name of its own in the page */
    HtmlRun(RunReport run, String anchor, StringBuilder out) {
        this.run = run;
        this.anchor = anchor;
        this.out = out;
    }

    void write() {
        add(
                "<section id=\"%s\" aria-labelledby=\"%s-name\">\n<h2 id=\"%s-name\">%s</h2>\n",
                anchor, anchor, anchor, text(run.name()));
        add("<p class=\"soft\">Protocol: %s</p>\n", text(run.protocol()));
        run.tables().forEach(this::table);
        scores();
        run.confidence().ifPresent(this::confidence);
        curves();
        samples();
        if (!run.leaks().isEmpty()) {
            add("<h3>What training and test share</h3>\n");
            pairs(run.leaks());
        }
        notes();
        if (!run.configuration().isEmpty()) {
            add("<details open><summary>Configuration</summary>\n");
            pairs(run.configuration());
            add("</details>\n");
        }
        add("</section>\n");
    }

    private void notes() {
        List<String> notes = run.notes();
        if (notes.isEmpty()) {
            return;
        }
        add("<h3>What to know about these numbers</h3>\n");
        list(notes.subList(0, Math.min(NOTES_SHOWN, notes.size())));
        if (notes.size() > NOTES_SHOWN) {
            add("<details><summary>%d more</summary>\n", notes.size() - NOTES_SHOWN);
            list(notes.subList(NOTES_SHOWN, notes.size()));
            add("</details>\n");
        }
    }

    private void list(List<String> lines) {
        add("<ul>\n");
        lines.forEach(n -> add("<li>%s</li>\n", text(n)));
        add("</ul>\n");
    }

    private void pairs(SortedMap<String, String> pairs) {
        add("<div class=\"scroll\"><table>\n<tbody>\n");
        pairs.forEach((k, v) -> add(
                "<tr><th scope=\"row\">%s</th><td class=\"code\">%s</td></tr>\n", text(k.replace('_', ' ')), text(v)));
        add("</tbody>\n</table></div>\n");
    }

    // ---------------------------------------------------------------- scores

    private void scores() {
        if (run.scores().isEmpty()) {
            return;
        }
        add("<h3>The answers as sets and as texts</h3>\n<div class=\"scroll\"><table>\n<tbody>\n");
        run.scores()
                .forEach((name, x) -> add(
                        "<tr><th scope=\"row\">%s</th><td class=\"number\">%s</td></tr>\n",
                        text(name.replace('_', ' ')), Html.number(x)));
        add("</tbody>\n</table></div>\n");
    }

    private void table(ScoreTable t) {
        ScoreTable.Row us = t.rows().getFirst();
        add("<h3>%s</h3>\n", text(Html.sentence(t.title())));
        add(
                "<p>%s <strong>%s</strong>, 95 %% interval %s%s. <span class=\"soft\">%s</span></p>\n",
                text(Html.sentence(t.measure())),
                Html.percent(us.score()),
                Html.interval(us.ci95()),
                Double.isNaN(t.chance()) ? "" : "; a guess earns " + Html.percent(t.chance()),
                text(t.basis()));
        add(
                "<div class=\"scroll\"><table>\n<thead><tr><th scope=\"col\"></th><th scope=\"col\" class=\"number\">%s</th>"
                        + "<th scope=\"col\" class=\"number\">95 %% interval</th><th scope=\"col\">%s</th>"
                        + "<th scope=\"col\" class=\"number\">ours minus this, points</th>"
                        + "<th scope=\"col\" class=\"number\">P, Holm</th><th scope=\"col\"></th></tr></thead>\n<tbody>\n",
                text(t.measure()), Chart.whiskerScale());
        t.rows().forEach(r -> row(t, r));
        add("</tbody>\n</table></div>\n");
        add(
                "<p class=\"soft small\">“At chance”: the 90 %% interval lies within 2 points of a guess. “Ours is better” and"
                        + " “this is better”: the paired difference on identical questions excludes 0, corrected over the"
                        + " controls.%s</p>\n",
                t.further().isEmpty() ? "" : " " + text(t.further()));
        if (!t.attributes().isEmpty()) {
            attributes(t.attributes());
        }
    }

    private void row(ScoreTable t, ScoreTable.Row r) {
        boolean us = r.equals(t.rows().getFirst());
        String advantage = r.advantage()
                .map(a -> Html.points(a.difference()) + " ["
                        + Html.points(a.ci95().low()) + ", "
                        + Html.points(a.ci95().high()) + "]")
                .orElse("");
        String chance = r.atChance() ? "at chance" : "";
        String verdict = r.isBeaten()
                ? "<span class=\"better\">ours is better</span>"
                : r.isBetter() ? "<span class=\"worse\">this is better</span>" : "";
        add(
                "<tr%s><th scope=\"row\">%s</th><td class=\"number\">%s</td><td class=\"number\">%s</td><td>%s</td>"
                        + "<td class=\"number\">%s</td><td class=\"number\">%s</td><td class=\"verdict\">%s</td></tr>\n",
                us ? " class=\"us\"" : "",
                text(r.name().replace('_', ' ')),
                Html.percent(r.score()),
                Html.interval(r.ci95()),
                Chart.whisker(r.name().replace('_', ' '), r.score(), r.ci95(), t.chance()),
                advantage,
                us || Double.isNaN(r.adjusted()) ? "" : Html.number(r.adjusted()),
                chance.isEmpty() || verdict.isEmpty() ? chance + verdict : chance + "; " + verdict);
    }

    private void attributes(List<AttributeResult> attributes) {
        add(
                "<details><summary>Each attribute</summary>\n<div class=\"scroll\"><table>\n<thead><tr>"
                        + "<th scope=\"col\">attribute</th><th scope=\"col\">group</th><th scope=\"col\" class=\"number\">yes</th>"
                        + "<th scope=\"col\" class=\"number\">no</th><th scope=\"col\" class=\"number\">sensitivity</th>"
                        + "<th scope=\"col\" class=\"number\">specificity</th><th scope=\"col\" class=\"number\">accuracy</th>");
        if (!run.prevalence().isEmpty()) {
            add("<th scope=\"col\" class=\"number\">prevalence in the data set</th>"
                    + "<th scope=\"col\" class=\"number\">positive predictive value there</th>"
                    + "<th scope=\"col\" class=\"number\">negative predictive value there</th>");
        }
        add("</tr></thead>\n<tbody>\n");
        for (AttributeResult a : attributes) {
            add(
                    "<tr><th scope=\"row\">%s</th><td>%s</td><td class=\"number\">%d</td><td class=\"number\">%d</td>"
                            + "<td class=\"number\">%s</td><td class=\"number\">%s</td><td class=\"number\">%s</td>",
                    text(a.attribute()),
                    text(a.group()),
                    a.yes(),
                    a.no(),
                    Html.percent(a.sensitivity()),
                    Html.percent(a.specificity()),
                    Html.percent(a.accuracy()));
            if (!run.prevalence().isEmpty()) {
                double prevalence = run.prevalence().getOrDefault(a.attribute(), Double.NaN);
                add(
                        "<td class=\"number\">%s</td><td class=\"number\">%s</td><td class=\"number\">%s</td>",
                        Html.percent(prevalence),
                        Html.percent(a.positivePredictiveValue(prevalence)),
                        Html.percent(a.negativePredictiveValue(prevalence)));
            }
            add("</tr>\n");
        }
        add("</tbody>\n</table></div>\n</details>\n");
    }

    // ---------------------------------------------------------------- drawings

    private void confidence(RunReport.Confidence c) {
        if (c.answers().curve().isEmpty()) {
            return;
        }
        add(
                "<h3>How sure, and how right</h3>\n<p>%s Brier score of the confidence %s, calibration error %s; mean risk over"
                        + " all coverages %s, at best %s.</p>\n",
                c.temperature()
                        .map(t -> "Calibrated at temperature " + Html.number(t)
                                + ", fitted on tasks set apart from training and test.")
                        .orElse("Probabilities as they were, not calibrated."),
                Html.number(c.answers().brier()),
                Html.number(c.answers().calibrationError()),
                Html.number(c.answers().area()),
                Html.number(c.answers().best()));
        add("<div class=\"grid-2\">\n");
        figure("Reliability", "honest confidence lies on the dashed line", Chart.reliability(c.answers()));
        figure("Risk by coverage", "what is wrong among the surest answers", Chart.riskCoverage(c.answers()));
        add("</div>\n");
    }

    private void curves() {
        if (run.curves().isEmpty()) {
            return;
        }
        add("<h3>Training</h3>\n<div class=\"grid-2\">\n");
        run.curves().forEach(c -> figure(c.name(), "", Chart.curve(c)));
        add("</div>\n");
    }

    private void figure(String title, String explained, String svg) {
        add(
                "<figure><figcaption><strong>%s</strong>%s</figcaption>%s</figure>\n",
                text(Html.sentence(title)), explained.isEmpty() ? "" : ": " + text(explained), svg);
    }

    private void samples() {
        if (run.samples().isEmpty()) {
            return;
        }
        add("<h3>Some ECGs and answers</h3>\n");
        for (int i = 0; i < run.samples().size(); i++) {
            EcgSample s = run.samples().get(i);
            boolean right = s.gold().equals(s.predicted());
            add(
                    "<figure class=\"sample\"><figcaption><strong>%s</strong><br><span class=\"answer\">ECG %s</span>"
                            + "<span class=\"answer\">right answer: <strong>%s</strong></span>"
                            + "<span class=\"answer\">given: <strong class=\"%s\">%s</strong> (%s)</span>%s</figcaption>%s</figure>\n",
                    text(s.question()),
                    text(s.ecg()),
                    text(s.gold()),
                    right ? "better" : "worse",
                    s.predicted().isEmpty() ? "nothing" : text(s.predicted()),
                    right ? "right" : "wrong",
                    Double.isNaN(s.confidence())
                            ? ""
                            : "<span class=\"answer\">confidence " + Html.percent(s.confidence()) + "</span>",
                    EcgPaper.svg(s, anchor + "-ecg-" + (i + 1)));
        }
    }

    private void add(String format, Object... values) {
        out.append(Html.format(format, values));
    }
}
