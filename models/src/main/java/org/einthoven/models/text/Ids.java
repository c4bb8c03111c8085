package org.einthoven.models.text;

import java.util.Arrays;

/** A growing list of token ids. */
final class Ids {
    private int[] ids = new int[32];
    private int size;

    void add(int id) {
        if (size == ids.length) {
            ids = Arrays.copyOf(ids, 2 * size);
        }
        ids[size++] = id;
    }

    /** The last one, or -1. */
    int last() {
        return size == 0 ? -1 : ids[size - 1];
    }

    int[] toArray() {
        return Arrays.copyOf(ids, size);
    }
}
