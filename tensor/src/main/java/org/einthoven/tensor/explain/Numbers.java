package org.einthoven.tensor.explain;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import org.einthoven.tensor.DType;
import org.einthoven.tensor.Tensor;

/** Numbers as short as they can be read. */
final class Numbers {
    private static final int FEW = 6;

    private Numbers() {}

    /** {@code 2}, {@code 0.25}, {@code 0.333333}, {@code 1e-07}. */
    static String text(double v) {
        if (v == Math.rint(v) && Math.abs(v) < 1e6) {
            return Long.toString((long) v);
        }
        return String.format(Locale.ROOT, "%.6g", v)
                .replaceFirst("(\\.\\d*?)0+(e|$)", "$1$2")
                .replaceFirst("\\.(e|$)", "$1");
    }

    /** The values of a small constant, or the one value of a uniform one; empty for a storage-only type. */
    static String preview(Tensor t) {
        if (t.dtype().isStorageOnly() || t.size() == 0) {
            return "";
        }
        if (t.size() > 1 && Arrays.stream(t.layout().strides()).allMatch(stride -> stride == 0)) {
            return ": " + element(t, first(t)) + " everywhere";
        }
        if (t.size() > FEW) {
            return "";
        }
        return Arrays.stream(t.detach().toDoubles())
                .mapToObj(v -> element(t, v))
                .collect(Collectors.joining(" ", ": ", ""));
    }

    private static double first(Tensor t) {
        return t.get(new int[t.rank()]);
    }

    private static String element(Tensor t, double v) {
        return t.dtype() == DType.BOOL ? String.valueOf(v != 0) : text(v);
    }
}
