package org.einthoven.meta.report;

import java.util.Arrays;
import java.util.Locale;
import org.einthoven.meta.metrics.Estimate;

/** The small drawings of a page, as SVG. */
final class Drawing {
    private static final int WIDTH = 200;
    private static final int HEIGHT = 18;
    private static final int CURVE_WIDTH = 800;
    private static final int CURVE_HEIGHT = 160;

    private Drawing() {}

    /** The legend of the whiskers: 0 to 100 %. */
    static String scale() {
        return svg(WIDTH, HEIGHT, "<text x=\"0\" y=\"13\">0 %</text><text x=\"165\" y=\"13\">100 %</text>");
    }

    /** An estimate as a dot, its 95 % interval as a line, chance dashed. */
    static String whisker(Estimate e, double chance) {
        StringBuilder s = new StringBuilder(line(0, HEIGHT / 2.0, WIDTH, HEIGHT / 2.0, "axis"));
        if (!Double.isNaN(chance)) {
            s.append(line(x(chance), 0, x(chance), HEIGHT, "chance"));
        }
        if (e.ci95().isKnown()) {
            s.append(line(x(e.ci95().low()), HEIGHT / 2.0, x(e.ci95().high()), HEIGHT / 2.0, "mark"));
        }
        s.append(format("<circle class=\"mark\" cx=\"%.1f\" cy=\"%.1f\" r=\"4\"/>", x(e.value()), HEIGHT / 2.0));
        return svg(WIDTH, HEIGHT, s.toString());
    }

    /** A line over the steps, its range written beside it. */
    static String curve(Report.Curve c) {
        double[] v = c.values().stream()
                .mapToDouble(Double::doubleValue)
                .filter(Double::isFinite)
                .toArray();
        if (v.length < 2) {
            return "<p class=\"soft\">too few steps to draw</p>";
        }
        double low = Arrays.stream(v).min().getAsDouble();
        double high = Arrays.stream(v).max().getAsDouble();
        double first = c.steps().getFirst();
        double last = c.steps().getLast();
        StringBuilder points = new StringBuilder();
        for (int i = 0; i < c.steps().size(); i++) {
            double y = c.values().get(i);
            if (Double.isFinite(y)) {
                points.append(format(
                        "%.1f,%.1f ",
                        (c.steps().get(i) - first) / Math.max(1, last - first) * CURVE_WIDTH,
                        10 + (high - y) / Math.max(Double.MIN_NORMAL, high - low) * (CURVE_HEIGHT - 40)));
            }
        }
        return svg(
                CURVE_WIDTH,
                CURVE_HEIGHT,
                format(
                        "<polyline class=\"curve\" points=\"%s\"/><text x=\"0\" y=\"%d\">step %d: %.3f</text>"
                                + "<text x=\"%d\" y=\"%d\" text-anchor=\"end\">step %d: %.3f</text>",
                        points.toString().trim(),
                        CURVE_HEIGHT - 6,
                        c.steps().getFirst(),
                        v[0],
                        CURVE_WIDTH,
                        CURVE_HEIGHT - 6,
                        c.steps().getLast(),
                        v[v.length - 1]));
    }

    private static double x(double share) {
        return Math.clamp(share, 0, 1) * WIDTH;
    }

    private static String line(double x1, double y1, double x2, double y2, String kind) {
        return format("<line class=\"%s\" x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\"/>", kind, x1, y1, x2, y2);
    }

    private static String svg(int width, int height, String inside) {
        return format(
                "<svg width=\"%d\" height=\"%d\" viewBox=\"0 0 %d %d\" role=\"img\">%s</svg>",
                width, height, width, height, inside);
    }

    private static String format(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }
}
