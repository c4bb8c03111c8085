package org.einthoven.tensor;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;

/** Java arrays that nobody uses, by element type and length; what was put back last is taken first, from the nearest cache. */
final class Shelves {
    private final Map<DType, Map<Integer, Shelf>> shelves = new EnumMap<>(DType.class);

    /** Arrays of one type and length. */
    private static final class Shelf {
        private final Deque<Object> arrays = new ArrayDeque<>();

        /** How many at the bottom have not been taken since {@link #mark}. */
        private int idle;
    }

    Shelves() {
        for (DType type : new DType[] {DType.F32, DType.F64, DType.I32, DType.BOOL}) {
            shelves.put(type, new HashMap<>());
        }
    }

    /** An array of {@code n} elements of any content, or null where there is none. */
    Object take(DType type, int n) {
        Shelf shelf = shelves.get(type).get(n);
        if (shelf == null || shelf.arrays.isEmpty()) {
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
        shelves.get(type).computeIfAbsent(n, length -> new Shelf()).arrays.addLast(array);
    }

    /** From here on it is noted which arrays are of use. */
    void mark() {
        each().forEach(shelf -> shelf.idle = shelf.arrays.size());
    }

    /** Lets go of the arrays that were of no use since {@link #mark}. */
    void sweep() {
        each().forEach(shelf -> {
            for (; shelf.idle > 0; shelf.idle--) {
                shelf.arrays.pollFirst();
            }
        });
        shelves.values().forEach(byLength -> byLength.values().removeIf(shelf -> shelf.arrays.isEmpty()));
    }

    private Stream<Shelf> each() {
        return shelves.values().stream().flatMap(byLength -> byLength.values().stream());
    }

    /** Bytes of all arrays that are here. */
    long bytes() {
        return shelves.entrySet().stream()
                .flatMapToLong(e -> e.getValue().entrySet().stream()
                        .mapToLong(s -> e.getKey().bytes(s.getKey())
                                * s.getValue().arrays.size()))
                .sum();
    }
}
