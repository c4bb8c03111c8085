package org.einthoven.tensor;

import java.util.Locale;

/** NumPy-style printing: nested brackets, aligned columns, the middle of long axes left out. */
final class TensorText {
    private static final int EDGE = 3;
    private static final int FULL = 1000;

    private TensorText() {}

    static String of(Tensor t) {
        StringBuilder s = new StringBuilder();
        boolean brief = t.size() > FULL;
        Tensor c = t.detach();
        int width = width(c, brief);
        if (t.size() == 0) {
            s.append("[]");
        } else {
            block(s, c, brief, width, 1, c.shape().rank() == 0);
        }
        return s + " " + t.dtype() + " " + t.shape() + (t.isTracked() ? " tracked" : "");
    }

    private static void block(StringBuilder s, Tensor t, boolean brief, int width, int indent, boolean scalar) {
        if (t.rank() == 0) {
            s.append(
                    scalar
                            ? text(t, t.item()).strip()
                            : String.format(Locale.ROOT, "%" + width + "s", text(t, t.item())));
            return;
        }
        s.append('[');
        int n = t.dim(0);
        for (int i = 0; i < n; i++) {
            if (brief && n > 2 * EDGE && i == EDGE) {
                separator(s, t, indent).append("...");
                i = n - EDGE;
            }
            if (i > 0) {
                separator(s, t, indent);
            }
            block(s, t.select(0, i), brief, width, indent + 1, false);
        }
        s.append(']');
    }

    private static StringBuilder separator(StringBuilder s, Tensor t, int indent) {
        if (t.rank() == 1) {
            return s.append(' ');
        }
        return s.append("\n".repeat(t.rank() - 1)).append(" ".repeat(indent));
    }

    private static int width(Tensor t, boolean brief) {
        int w = 1;
        if (t.rank() == 0) {
            return text(t, t.item()).length();
        }
        int n = t.dim(0);
        for (int i = 0; i < n; i++) {
            if (brief && n > 2 * EDGE && i == EDGE) {
                i = n - EDGE;
            }
            w = Math.max(w, width(t.select(0, i), brief));
        }
        return w;
    }

    private static String text(Tensor t, double v) {
        return switch (t.dtype()) {
            case BOOL -> v != 0 ? "true" : "false";
            case I32 -> Integer.toString((int) v);
            default -> number(v);
        };
    }

    private static String number(double v) {
        if (Double.isNaN(v) || Double.isInfinite(v)) {
            return Double.isNaN(v) ? "nan" : v > 0 ? "inf" : "-inf";
        }
        double a = Math.abs(v);
        if (a != 0 && (a < 1e-4 || a >= 1e6)) {
            return String.format(Locale.ROOT, "%.4e", v);
        }
        return String.format(Locale.ROOT, "%.4f", v);
    }
}
