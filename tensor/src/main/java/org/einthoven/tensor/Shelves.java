package org.einthoven.tensor;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;

/** Java arrays that nobody uses, by element type and length; what was put back last is taken first, from the nearest cache. */
final class Shelves {
    private final Map<Kind, Shelf> shelves = new HashMap<>();

    private record Kind(DType type, int length) {}

    /** Arrays of one kind. */
    private static final class Shelf {
        private final Deque<Object> arrays = new ArrayDeque<>();

        /** How many at the bottom have not been taken since {@link #mark}. */
        private int idle;
    }

    /** An array of {@code n} elements of any content, or null where there is none. */
    @Nullable
    Object take(DType type, int n) {
        Shelf shelf = shelves.get(new Kind(type, n));
        if (shelf == null) {
            return null;
        }
        Object array = shelf.arrays.pollLast();
        shelf.idle = Math.min(shelf.idle, shelf.arrays.size());
        return array;
    }

    void put(Object array) {
        switch (array) {
            case float[] a -> put(DType.F32, a.length, a);
            case double[] a -> put(DType.F64, a.length, a);
            case int[] a -> put(DType.I32, a.length, a);
            case boolean[] a -> put(DType.BOOL, a.length, a);
            default -> throw new IllegalArgumentException(array.getClass().getName());
        }
    }

    private void put(DType type, int n, Object array) {
        shelves.computeIfAbsent(new Kind(type, n), kind -> new Shelf()).arrays.addLast(array);
    }

    /** From here on it is noted which arrays are of use. */
    void mark() {
        shelves.values().forEach(shelf -> shelf.idle = shelf.arrays.size());
    }

    /** Lets go of the arrays that were of no use since {@link #mark}. */
    void sweep() {
        for (Shelf shelf : shelves.values()) {
            for (; shelf.idle > 0; shelf.idle--) {
                shelf.arrays.pollFirst();
            }
        }
        shelves.values().removeIf(shelf -> shelf.arrays.isEmpty());
    }

    /** Bytes of all arrays that are here. */
    long bytes() {
        return shelves.entrySet().stream()
                .mapToLong(e -> e.getKey().type().bytes(e.getKey().length())
                        * e.getValue().arrays.size())
                .sum();
    }
}
