package org.einthoven.meta.report;

import static org.einthoven.meta.report.Html.format;

import java.util.ArrayList;
import java.util.List;
import org.einthoven.meta.metrics.Interval;
import org.einthoven.meta.metrics.Selective;

/** The small drawings of a page, as SVG whose colours are those of the page's style. */
final class Chart {
    private static final int WIDTH = 440;
    private static final int HEIGHT = 250;
    private static final int LEFT = 48;
    private static final int RIGHT = 12;
    private static final int TOP = 12;
    private static final int BOTTOM = 40;
    private static final int TICKS = 5;
    private static final int WHISKER_WIDTH = 220;
    private static final int WHISKER_HEIGHT = 20;

    /** Scales of both axes, and what is drawn so far. */
    private final double lowX;

    private final double highX;
    private final double lowY;
    private final double highY;
    private final StringBuilder body = new StringBuilder();

    private Chart(double lowX, double highX, double lowY, double highY) {
        this.lowX = lowX;
        this.highX = highX;
        this.lowY = lowY;
        this.highY = highY;
    }

    // ---------------------------------------------------------------- whiskers

    /** Above the column of whiskers: 0 to 100 %. */
    static String whiskerScale() {
        return whiskerSvg(
                "Scale from 0 to 100 %",
                "<text x=\"0\" y=\"14\">0</text><text x=\"110\" y=\"14\" text-anchor=\"middle\">50</text>"
                        + "<text x=\"220\" y=\"14\" text-anchor=\"end\">100 %</text>");
    }

    /** A score as a dot, its 95 % interval as a line, chance dashed. */
    static String whisker(String name, double score, Interval ci95, double chance) {
        double middle = WHISKER_HEIGHT / 2.0;
        StringBuilder s = new StringBuilder(line(0, middle, WHISKER_WIDTH, middle, "axis"));
        if (!Double.isNaN(chance)) {
            s.append(line(share(chance), 0, share(chance), WHISKER_HEIGHT, "chance"));
        }
        if (ci95.isKnown()) {
            s.append(line(share(ci95.low()), middle, share(ci95.high()), middle, "mark"));
        }
        if (!Double.isNaN(score)) {
            s.append(format("<circle class=\"mark\" cx=\"%.1f\" cy=\"%.1f\" r=\"4.5\"/>", share(score), middle));
        }
        return whiskerSvg(name + ": " + Html.percent(score) + ", interval " + Html.interval(ci95), s.toString());
    }

    private static double share(double x) {
        return Math.clamp(x, 0, 1) * WHISKER_WIDTH;
    }

    private static String whiskerSvg(String label, String inside) {
        return format(
                "<svg class=\"whisker\" width=\"%d\" height=\"%d\" viewBox=\"-5 0 %d %d\" role=\"img\" aria-label=\"%s\">%s</svg>",
                WHISKER_WIDTH + 10, WHISKER_HEIGHT, WHISKER_WIDTH + 10, WHISKER_HEIGHT, Html.text(label), inside);
    }

    // ---------------------------------------------------------------- charts

    /** A quantity over steps; a message where there are fewer than two values. */
    static String curve(RunReport.Curve c) {
        List<double[]> points = new ArrayList<>();
        for (int i = 0; i < c.steps().size(); i++) {
            if (Double.isFinite(c.values().get(i))) {
                points.add(new double[] {c.steps().get(i), c.values().get(i)});
            }
        }
        if (points.size() < 2) {
            return "<p class=\"soft\">too few steps to draw</p>";
        }
        double low = points.stream().mapToDouble(p -> p[1]).min().orElseThrow();
        double high = points.stream().mapToDouble(p -> p[1]).max().orElseThrow();
        boolean share = low >= 0 && high <= 1;
        double margin = high > low ? 0.05 * (high - low) : Math.max(1e-3, Math.abs(low) * 0.05);
        Chart chart = new Chart(
                points.getFirst()[0], points.getLast()[0], share ? 0 : low - margin, share ? 1 : high + margin);
        chart.axes(c.along(), "", false);
        chart.polyline(points, "curve");
        chart.dot(points.getLast(), "curve-end");
        return chart.svg(format(
                "%s from %.3f at step %.0f to %.3f at step %.0f",
                c.name(), points.getFirst()[1], points.getFirst()[0], points.getLast()[1], points.getLast()[0]));
    }

    /** Share right by confidence; honest answers lie on the dashed line. The area of a dot is the number of answers. */
    static String reliability(Selective s) {
        Chart chart = new Chart(0, 1, 0, 1);
        chart.axes("confidence", "share right", true);
        chart.polyline(List.of(new double[] {0, 0}, new double[] {1, 1}), "chance");
        int all = s.bins().stream().mapToInt(Selective.Bin::answers).sum();
        chart.polyline(
                s.bins().stream()
                        .map(b -> new double[] {b.confidence(), b.right()})
                        .toList(),
                "curve");
        for (Selective.Bin b : s.bins()) {
            chart.body.append(format(
                    "<circle class=\"bin\" cx=\"%.1f\" cy=\"%.1f\" r=\"%.1f\"><title>%d answers, confidence %.2f, %.2f right</title></circle>",
                    chart.x(b.confidence()),
                    chart.y(b.right()),
                    3 + 9 * Math.sqrt((double) b.answers() / all),
                    b.answers(),
                    b.confidence(),
                    b.right()));
        }
        return chart.svg(format("Reliability of %d answers; calibration error %.3f", all, s.calibrationError()));
    }

    /** Share wrong among the surest answers. */
    static String riskCoverage(Selective s) {
        Chart chart = new Chart(0, 1, 0, 1);
        chart.axes("share of questions answered, the surest first", "share wrong", true);
        chart.polyline(
                s.curve().stream()
                        .map(p -> new double[] {p.coverage(), p.risk()})
                        .toList(),
                "curve");
        chart.dot(
                new double[] {
                    s.curve().getLast().coverage(), s.curve().getLast().risk()
                },
                "curve-end");
        return chart.svg(format(
                "Risk by coverage: %.3f of all answers are wrong; mean risk over all coverages %.3f",
                s.curve().getLast().risk(), s.area()));
    }

    private double x(double v) {
        return LEFT + (v - lowX) / (highX - lowX) * (WIDTH - LEFT - RIGHT);
    }

    private double y(double v) {
        return HEIGHT - BOTTOM - (v - lowY) / (highY - lowY) * (HEIGHT - TOP - BOTTOM);
    }

    private void axes(String alongX, String alongY, boolean shareX) {
        for (int i = 0; i <= TICKS; i++) {
            double vy = lowY + (highY - lowY) * i / TICKS;
            double vx = lowX + (highX - lowX) * i / TICKS;
            body.append(line(LEFT, y(vy), WIDTH - RIGHT, y(vy), "grid"));
            body.append(format(
                    "<text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%s</text>",
                    LEFT - 6, y(vy) + 4, tick(vy, lowY, highY)));
            body.append(format(
                    "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%s</text>",
                    x(vx), HEIGHT - BOTTOM + 16, shareX ? format("%.1f", vx) : format("%.0f", vx)));
        }
        body.append(line(LEFT, HEIGHT - BOTTOM, WIDTH - RIGHT, HEIGHT - BOTTOM, "axis"));
        body.append(format(
                "<text class=\"label\" x=\"%d\" y=\"%d\" text-anchor=\"middle\">%s</text>",
                (LEFT + WIDTH - RIGHT) / 2, HEIGHT - 6, Html.text(alongX)));
        if (!alongY.isEmpty()) {
            body.append(format(
                    "<text class=\"label\" transform=\"translate(11 %d) rotate(-90)\" text-anchor=\"middle\">%s</text>",
                    (TOP + HEIGHT - BOTTOM) / 2, Html.text(alongY)));
        }
    }

    private static String tick(double v, double low, double high) {
        double range = high - low;
        return range >= 10 ? format("%.0f", v) : range >= 0.5 ? format("%.1f", v) : format("%.3f", v);
    }

    private void polyline(List<double[]> points, String kind) {
        StringBuilder s = new StringBuilder();
        points.forEach(p -> s.append(format("%.1f,%.1f ", x(p[0]), y(p[1]))));
        body.append(format(
                "<polyline class=\"%s\" points=\"%s\"/>", kind, s.toString().strip()));
    }

    private void dot(double[] p, String kind) {
        body.append(format("<circle class=\"%s\" cx=\"%.1f\" cy=\"%.1f\" r=\"3.5\"/>", kind, x(p[0]), y(p[1])));
    }

    private static String line(double x1, double y1, double x2, double y2, String kind) {
        return format("<line class=\"%s\" x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\"/>", kind, x1, y1, x2, y2);
    }

    private String svg(String label) {
        return format(
                "<svg class=\"chart\" viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"%s\">%s</svg>",
                WIDTH, HEIGHT, Html.text(label), body);
    }
}
