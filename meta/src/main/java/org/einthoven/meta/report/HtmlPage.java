package org.einthoven.meta.report;

import java.util.Locale;
import org.einthoven.meta.metrics.AttributeResult;
import org.einthoven.meta.metrics.Estimate;
import org.einthoven.meta.metrics.Interval;
import org.einthoven.meta.metrics.ResultTable;

/** A {@link Report} as HTML, with style and drawings inside. */
final class HtmlPage {
    private static final String STYLE = """
            :root { color-scheme: light dark; --ink: #1c1c1e; --paper: #fff; --soft: #6b7280; --line: #e5e7eb; --us: #b91c1c; }
            @media (prefers-color-scheme: dark) { :root { --ink: #e5e7eb; --paper: #16181d; --soft: #9ca3af; --line: #333a45; --us: #f87171; } }
            body { font: 16px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); max-width: 62rem; margin: 2rem auto; padding: 0 1rem; }
            h1 { margin-bottom: 0; } h2 { margin-top: 2.5rem; } .soft { color: var(--soft); }
            .disclaimer { border-left: 4px solid var(--us); padding: .3rem .8rem; font-weight: 600; }
            table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
            th, td { text-align: left; padding: .3rem .6rem; border-bottom: 1px solid var(--line); } th { font-weight: 600; }
            tr.us td:first-child { font-weight: 700; color: var(--us); } td.number { text-align: right; white-space: nowrap; }
            svg { display: block; max-width: 100%; } .axis { stroke: var(--line); } .chance { stroke: var(--soft); stroke-dasharray: 3 3; }
            .mark { fill: var(--ink); stroke: var(--ink); } tr.us .mark { fill: var(--us); stroke: var(--us); } .curve { fill: none; stroke: var(--us); stroke-width: 1.5; }
            summary { cursor: pointer; margin: .8rem 0; } text { fill: var(--soft); font-size: 12px; }
            """;

    private final Report report;
    private final StringBuilder out = new StringBuilder();

    HtmlPage(Report report) {
        this.report = report;
    }

    String html() {
        add("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
        add(
                "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>%s</title>\n",
                text(report.title()));
        add("<style>\n%s</style>\n</head>\n<body>\n", STYLE);
        add("<h1>%s</h1>\n<p class=\"soft\">Protocol: %s</p>\n", text(report.title()), text(report.protocol()));
        add("<p class=\"disclaimer\">%s</p>\n", Report.DISCLAIMER);
        report.tables().forEach(this::table);
        if (!report.curves().isEmpty()) {
            add("<h2>Training</h2>\n");
            report.curves().forEach(c -> add("<p>%s</p>\n%s\n", text(c.name()), Drawing.curve(c)));
        }
        if (!report.notes().isEmpty()) {
            add("<h2>What to know about these numbers</h2>\n<ul>\n");
            report.notes().forEach(n -> add("<li>%s</li>\n", text(n)));
            add("</ul>\n");
        }
        add("<h2>Configuration</h2>\n<table>\n");
        report.configuration().forEach((k, v) -> add("<tr><td>%s</td><td>%s</td></tr>\n", text(k), text(v)));
        add("</table>\n</body>\n</html>\n");
        return out.toString();
    }

    private void table(ResultTable t) {
        Estimate us = t.rows().getFirst().accuracy();
        add("<h2>%s</h2>\n", text(sentence(t.title())));
        add(
                "<p>%s <strong>%s</strong>, 95 %% interval %s%s. The mean over %d attribute groups; %d patients, %d answers. Intervals: %s.</p>\n",
                text(sentence(t.measure())),
                percent(us.value()),
                interval(us.ci95()),
                Double.isNaN(t.chance()) ? "" : "; a guess earns " + percent(t.chance()),
                us.groups(),
                us.patients(),
                us.answers(),
                text(us.method()));
        add(
                "<table>\n<tr><th></th><th>%s</th><th>95 %% interval</th><th>%s</th><th>ours minus this</th>"
                        + "<th>P, Holm</th><th></th></tr>\n",
                text(t.measure()), Drawing.scale());
        t.rows().forEach(r -> row(t, r));
        add("</table>\n<p class=\"soft\">&ldquo;At chance&rdquo;: the 90 %% interval lies within 2 points of a guess."
                + " &ldquo;Ours is better&rdquo;: the paired difference on identical tasks lies above 0, corrected over the"
                + " controls.</p>\n");
        t.detail().ifPresent(this::detail);
    }

    private void detail(ResultTable.Detail d) {
        add(
                "<p>AUROC within task and attribute %s; Brier score %s, log score %s, calibration error %s.</p>\n",
                number(d.auroc()),
                number(d.calibration().brier()),
                number(d.calibration().logScore()),
                number(d.calibration().calibrationError()));
        add(
                "<details><summary>Each attribute</summary>\n<table>\n<tr><th>attribute</th><th>group</th><th>yes</th><th>no</th>"
                        + "<th>sensitivity</th><th>specificity</th><th>accuracy</th></tr>\n");
        for (AttributeResult a : d.attributes()) {
            add(
                    "<tr><td>%s</td><td>%s</td><td class=\"number\">%d</td><td class=\"number\">%d</td><td class=\"number\">%s</td>"
                            + "<td class=\"number\">%s</td><td class=\"number\">%s</td></tr>\n",
                    text(a.attribute()),
                    text(a.group()),
                    a.yes(),
                    a.no(),
                    percent(a.sensitivity()),
                    percent(a.specificity()),
                    percent(a.accuracy()));
        }
        add("</table>\n</details>\n");
    }

    private void row(ResultTable t, ResultTable.Row r) {
        boolean us = r.advantage().isEmpty();
        String advantage = r.advantage()
                .map(c -> points(c.difference().value()) + " ["
                        + points(c.difference().ci95().low()) + ", "
                        + points(c.difference().ci95().high()) + "]")
                .orElse("");
        String verdict = r.isBeaten() ? "ours is better" : "";
        String chance = r.atChance() ? "at chance" : "";
        add(
                "<tr%s><td>%s</td><td class=\"number\">%s</td><td class=\"number\">%s</td><td>%s</td><td class=\"number\">%s</td>"
                        + "<td class=\"number\">%s</td><td>%s</td></tr>\n",
                us ? " class=\"us\"" : "",
                text(r.name().replace('_', ' ')),
                percent(r.accuracy().value()),
                interval(r.accuracy().ci95()),
                Drawing.whisker(r.accuracy(), t.chance()),
                advantage,
                us ? "" : number(r.adjusted()),
                chance.isEmpty() || verdict.isEmpty() ? chance + verdict : chance + "; " + verdict);
    }

    private void add(String format, Object... values) {
        out.append(String.format(Locale.ROOT, format, values));
    }

    private static String sentence(String s) {
        return s.isEmpty() ? s : Character.toUpperCase(s.charAt(0)) + s.substring(1);
    }

    private static String interval(Interval i) {
        return i.isKnown() ? "[" + percent(i.low()) + ", " + percent(i.high()) + "]" : "not determined";
    }

    private static String percent(double x) {
        return Double.isNaN(x) ? "&ndash;" : String.format(Locale.ROOT, "%.1f %%", 100 * x);
    }

    private static String points(double x) {
        return Double.isNaN(x) ? "&ndash;" : String.format(Locale.ROOT, "%+.1f", 100 * x);
    }

    private static String number(double x) {
        return Double.isNaN(x) ? "&ndash;" : String.format(Locale.ROOT, "%.3f", x);
    }

    static String text(String s) {
        return s.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\"", "&quot;");
    }
}
