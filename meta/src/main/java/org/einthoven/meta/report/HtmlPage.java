package org.einthoven.meta.report;

import static org.einthoven.meta.report.Html.text;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;

/** A {@link Report} as HTML, with style and drawings inside. */
final class HtmlPage {
    private final Report report;
    private final StringBuilder out = new StringBuilder();

    HtmlPage(Report report) {
        this.report = report;
    }

    String html() {
        List<RunReport> runs = report.runs();
        out.append("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n")
                .append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>")
                .append(text(report.title()))
                .append("</title>\n<style>\n")
                .append(style())
                .append("</style>\n</head>\n<body>\n<main>\n<header>\n<h1>")
                .append(text(report.title()))
                .append("</h1>\n<p class=\"disclaimer\">")
                .append(Report.DISCLAIMER)
                .append("</p>\n</header>\n");
        if (runs.size() > 1) {
            overview(runs);
        }
        for (int i = 0; i < runs.size(); i++) {
            new HtmlRun(runs.get(i), "run-" + (i + 1), out).write();
        }
        return out.append("<footer class=\"soft small\">")
                .append(Report.DISCLAIMER)
                .append("</footer>\n</main>\n</body>\n</html>\n")
                .toString();
    }

    /** The system's row of each run's first table, the two protocols apart, since their numbers mean different things. */
    private void overview(List<RunReport> runs) {
        out.append("<nav aria-label=\"Runs\">\n<h3>Runs</h3>\n");
        for (String protocol : List.of("strict", "seed")) {
            List<RunReport> own = runs.stream()
                    .filter(r -> r.protocol().equals(protocol) && !r.tables().isEmpty())
                    .toList();
            if (own.isEmpty()) {
                continue;
            }
            out.append("<p class=\"soft\">Protocol: ").append(protocol).append("</p>\n<div class=\"scroll\"><table>\n");
            out.append("<thead><tr><th scope=\"col\">run</th><th scope=\"col\">measure</th>"
                    + "<th scope=\"col\" class=\"number\">score</th><th scope=\"col\" class=\"number\">95 % interval</th>"
                    + "<th scope=\"col\">");
            out.append(Chart.whiskerScale()).append("</th></tr></thead>\n<tbody>\n");
            for (RunReport r : own) {
                ScoreTable t = r.tables().getFirst();
                ScoreTable.Row us = t.rows().getFirst();
                out.append("<tr><th scope=\"row\"><a href=\"#run-")
                        .append(runs.indexOf(r) + 1)
                        .append("\">")
                        .append(text(r.name()))
                        .append("</a></th><td>")
                        .append(text(t.measure()))
                        .append("</td><td class=\"number\">")
                        .append(Html.percent(us.score()))
                        .append("</td><td class=\"number\">")
                        .append(Html.interval(us.ci95()))
                        .append("</td><td>")
                        .append(Chart.whisker(r.name(), us.score(), us.ci95(), t.chance()))
                        .append("</td></tr>\n");
            }
            out.append("</tbody>\n</table></div>\n");
        }
        out.append("</nav>\n");
    }

    private static String style() {
        try (InputStream in = Objects.requireNonNull(
                HtmlPage.class.getResourceAsStream("report.css"), "report.css lies beside this class")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read report.css of this build: " + e.getMessage(), e);
        }
    }
}
