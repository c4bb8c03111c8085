package org.einthoven.tensor;

import java.util.Arrays;

/** An immutable list of ints that prints as {@code [1, 0, 2]}: axes, starts and steps inside {@code Op} records. */
public final class Ints {
    private final int[] values;

    private Ints(int[] values) {
        this.values = values;
    }

    public static Ints of(int... values) {
        return new Ints(values.clone());
    }

    public int size() {
        return values.length;
    }

    public int get(int i) {
        return values[i];
    }

    public int[] toArray() {
        return values.clone();
    }

    @Override
    public boolean equals(Object o) {
        return o instanceof Ints i && Arrays.equals(values, i.values);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(values);
    }

    @Override
    public String toString() {
        return Arrays.toString(values);
    }
}
