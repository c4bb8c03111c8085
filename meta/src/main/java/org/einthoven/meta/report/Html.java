package org.einthoven.meta.report;

import java.util.Locale;
import org.einthoven.meta.metrics.Interval;

/** Text and numbers as a page writes them. */
final class Html {
    private Html() {}

    /** Text from data, which may hold anything. */
    static String text(String s) {
        return s.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;")
                .replace("'", "&#39;");
    }

    static String sentence(String s) {
        return s.isEmpty() ? s : Character.toUpperCase(s.charAt(0)) + s.substring(1);
    }

    static String percent(double x) {
        return Double.isNaN(x) ? "–" : format("%.1f %%", 100 * x);
    }

    static String interval(Interval i) {
        return i.isKnown() ? format("%.1f – %.1f %%", 100 * i.low(), 100 * i.high()) : "not determined";
    }

    /** A difference in percentage points. */
    static String points(double x) {
        return Double.isNaN(x) ? "–" : format("%+.1f", 100 * x);
    }

    static String number(double x) {
        return Double.isNaN(x) ? "–" : format("%.3f", x);
    }

    static String format(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }
}
