package org.einthoven.meta.report;

import static org.einthoven.meta.report.Html.format;

import java.util.List;

/**
 * Twelve leads on paper as clinicians read them: 25 mm/s and 10 mm/mV on a grid of 1 and 5 mm, a calibration pulse of 1 mV and
 * 200 ms before each row, three rows of four leads one after the other in time, and lead II over the whole length below.
 * One unit of the drawing is one millimetre.
 */
final class EcgPaper {
    private static final List<List<String>> ROWS = List.of(
            List.of("I", "aVR", "V1", "V4"), List.of("II", "aVL", "V2", "V5"), List.of("III", "aVF", "V3", "V6"));
    private static final String RHYTHM = "II";
    private static final double MM_PER_SECOND = 25;
    private static final double MM_PER_MILLIVOLT = 10;
    private static final double ROW_HEIGHT = 30;
    private static final double LEFT = 12;
    private static final double MARGIN = 4;

    /** The longest stretch that is drawn, in s. */
    private static final double LONGEST = 10;

    private EcgPaper() {}

    /** @param grid a name for the grid, its own in the page */
    static String svg(EcgSample s, String grid) {
        int samples =
                s.millivolts().values().stream().mapToInt(x -> x.length).max().orElse(0);
        double seconds = Math.min(LONGEST, samples / s.hz());
        double width = Math.ceil((LEFT + seconds * MM_PER_SECOND + MARGIN) / 5) * 5;
        double height = (ROWS.size() + 1) * ROW_HEIGHT + 5;
        StringBuilder body = new StringBuilder(format(
                "<defs><pattern id=\"%1$s-1\" width=\"1\" height=\"1\" patternUnits=\"userSpaceOnUse\">"
                        + "<path class=\"fine\" d=\"M1 0H0V1\"/></pattern>"
                        + "<pattern id=\"%1$s-5\" width=\"5\" height=\"5\" patternUnits=\"userSpaceOnUse\">"
                        + "<rect width=\"5\" height=\"5\" fill=\"url(#%1$s-1)\"/><path class=\"coarse\" d=\"M5 0H0V5\"/></pattern></defs>"
                        + "<rect class=\"paper\" width=\"%2$.0f\" height=\"%3$.0f\"/>"
                        + "<rect width=\"%2$.0f\" height=\"%3$.0f\" fill=\"url(#%1$s-5)\"/>",
                grid, width, height));
        for (int row = 0; row <= ROWS.size(); row++) {
            double zero = 20 + row * ROW_HEIGHT;
            body.append(pulse(zero));
            if (row == ROWS.size()) {
                lead(body, s, RHYTHM, LEFT, zero, 0, seconds);
            } else {
                double share = seconds / ROWS.get(row).size();
                for (int column = 0; column < ROWS.get(row).size(); column++) {
                    double from = column * share;
                    lead(body, s, ROWS.get(row).get(column), LEFT + from * MM_PER_SECOND, zero, from, from + share);
                }
            }
        }
        body.append(format(
                "<text class=\"scale\" x=\"%.1f\" y=\"%.1f\" text-anchor=\"end\">25 mm/s, 10 mm/mV</text>",
                width - 2, height - 1.5));
        return format(
                "<svg class=\"ecg\" viewBox=\"0 0 %.0f %.0f\" role=\"img\" aria-label=\"%s\">%s</svg>",
                width,
                height,
                Html.text("ECG " + s.ecg() + ", " + s.millivolts().size() + " leads, " + format("%.0f s", seconds)),
                body);
    }

    private static String pulse(double zero) {
        return format("<path class=\"trace\" d=\"M3 %1$.1fH4V%2$.1fH9V%1$.1fH10\"/>", zero, zero - MM_PER_MILLIVOLT);
    }

    private static void lead(
            StringBuilder body, EcgSample s, String name, double left, double zero, double from, double to) {
        double[] mv = s.millivolts().get(name);
        body.append(
                format("<text class=\"lead\" x=\"%.1f\" y=\"%.1f\">%s</text>", left + 1, zero - 13.5, Html.text(name)));
        if (mv == null) {
            return;
        }
        StringBuilder path = new StringBuilder();
        boolean pen = false;
        int end = Math.min(mv.length, (int) Math.round(to * s.hz()));
        for (int i = (int) Math.round(from * s.hz()); i < end; i++) {
            if (Double.isNaN(mv[i])) {
                pen = false; // a gap stays a gap
                continue;
            }
            double x = left + (i / s.hz() - from) * MM_PER_SECOND;
            path.append(format("%s%.2f %.2f", pen ? "L" : "M", x, zero - mv[i] * MM_PER_MILLIVOLT));
            pen = true;
        }
        body.append(format("<path class=\"trace\" d=\"%s\"/>", path));
    }
}
