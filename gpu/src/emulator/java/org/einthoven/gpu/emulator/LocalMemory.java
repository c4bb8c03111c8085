package org.einthoven.gpu.emulator;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The local memory of one work-group. Kernels index plain arrays, so what they touch is found by comparison: between two
 * barriers each item sees what stood there at the last barrier, and poison where another item has written since.
 */
final class LocalMemory {
    /** By the place in the code that asked: a place passed again, as in a loop, has the same array again, as on a device. */
    private final Map<List<Integer>, Region> regions = new LinkedHashMap<>();

    float[] floats(WorkItem item, List<Integer> place, int size) {
        Region known = regions.computeIfAbsent(place, p -> new Floats(size));
        if (known instanceof Floats f && f.shared.length == size) {
            return f.shared;
        }
        throw disagreement(item, size);
    }

    int[] ints(WorkItem item, List<Integer> place, int size) {
        Region known = regions.computeIfAbsent(place, p -> new Ints(size));
        if (known instanceof Ints f && f.shared.length == size) {
            return f.shared;
        }
        throw disagreement(item, size);
    }

    private static EmulatorFault disagreement(WorkItem item, int size) {
        return new EmulatorFault(item + ": a local array of size " + size
                + " has another size or type in another work-item of the group");
    }

    /** After an item's turn: finds what it wrote and hides that from the others. */
    void leave(WorkItem item) {
        regions.values().forEach(r -> r.leave(item));
    }

    /** At a barrier: everybody sees everything. */
    void publish() {
        regions.values().forEach(Region::publish);
    }

    private sealed interface Region {
        void leave(WorkItem item);

        void publish();
    }

    private static EmulatorFault writtenTwice(WorkItem item, int at, WorkItem other) {
        return new EmulatorFault(
                item + " wrote local memory at " + at + " where " + other + " had written since the last barrier");
    }

    private static final class Floats implements Region {
        private final float[] shared;
        /** What an item finds when its turn begins. */
        private final float[] seen;

        private final float[] written;
        private final WorkItem[] writer;

        Floats(int size) {
            shared = new float[size];
            Arrays.fill(shared, Poison.LOCAL);
            seen = shared.clone();
            written = shared.clone();
            writer = new WorkItem[size];
        }

        @Override
        public void leave(WorkItem item) {
            for (int i = Arrays.mismatch(shared, seen); i >= 0 && i < shared.length; i++) {
                if (Float.floatToRawIntBits(shared[i]) == Float.floatToRawIntBits(seen[i])) {
                    continue;
                }
                if (writer[i] != null) {
                    throw writtenTwice(item, i, writer[i]);
                }
                writer[i] = item;
                written[i] = shared[i];
                shared[i] = Poison.RACE;
                seen[i] = Poison.RACE;
            }
        }

        @Override
        public void publish() {
            for (int i = 0; i < shared.length; i++) {
                if (writer[i] != null) {
                    shared[i] = written[i];
                    seen[i] = written[i];
                    writer[i] = null;
                }
            }
        }
    }

    private static final class Ints implements Region {
        private final int[] shared;
        private final int[] seen;
        private final int[] written;
        private final WorkItem[] writer;

        Ints(int size) {
            shared = new int[size];
            Arrays.fill(shared, Poison.INTEGER);
            seen = shared.clone();
            written = shared.clone();
            writer = new WorkItem[size];
        }

        @Override
        public void leave(WorkItem item) {
            for (int i = 0; i < shared.length; i++) {
                if (shared[i] == seen[i]) {
                    continue;
                }
                if (writer[i] != null) {
                    throw writtenTwice(item, i, writer[i]);
                }
                writer[i] = item;
                written[i] = shared[i];
                shared[i] = Poison.INTEGER;
                seen[i] = Poison.INTEGER;
            }
        }

        @Override
        public void publish() {
            for (int i = 0; i < shared.length; i++) {
                if (writer[i] != null) {
                    shared[i] = written[i];
                    seen[i] = written[i];
                    writer[i] = null;
                }
            }
        }
    }
}
