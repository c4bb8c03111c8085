package org.einthoven.golden;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.einthoven.tensor.FormatException;
import org.einthoven.tensor.Tensor;

/**
 * A name that may end in an index of NumPy, such as {@code layer_0[0,:4,:16]} or {@code pooled}: what is stored is that part
 * of what the name stands for.
 */
record NumpySlice(String name, String index) {
    private static final Pattern INDEXED = Pattern.compile("(.*)\\[([-\\d:, ]+)]");
    private static final Pattern RANGE = Pattern.compile("(\\d*):(\\d*)(?::(\\d*))?");

    static NumpySlice of(String text) {
        Matcher m = INDEXED.matcher(text);
        return m.matches() ? new NumpySlice(m.group(1), m.group(2)) : new NumpySlice(text, "");
    }

    /** The part of x that is stored. A single number takes one position and removes its axis. */
    Tensor of(Tensor x) {
        Tensor y = x;
        int axis = 0;
        for (String part : index.isEmpty() ? new String[0] : index.split(",")) {
            Matcher range = RANGE.matcher(part.strip());
            if (range.matches()) {
                int from = number(range.group(1), 0);
                int to = Math.min(number(range.group(2), y.dim(axis)), y.dim(axis));
                y = y.slice(axis, from, to, number(range.group(3), 1));
                axis++;
            } else {
                y = y.select(axis, number(part.strip(), 0));
            }
        }
        return y;
    }

    private int number(String digits, int absent) {
        try {
            return digits == null || digits.isEmpty() ? absent : Integer.parseInt(digits);
        } catch (NumberFormatException e) {
            throw new FormatException(
                    name, FormatException.WHOLE_FILE, "[" + index + "]", "'" + digits + "' is no position");
        }
    }
}
