package org.einthoven.gpu.device;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.einthoven.tensor.Tensor;

/**
 * The programs made so far, since making one costs a compilation. When the device's memory does not suffice for the next, those
 * that were not used for longest go; their weights cross again when they come back, and the log shows it.
 */
final class Programs implements AutoCloseable {
    /** What a program was made for: the op's name and sizes, and the weight itself where it has one. */
    record Key(String op, List<Integer> sizes, WeightIdentity weight) {}

    /** Two weights are the same when they are one object: their values are never compared. */
    record WeightIdentity(Tensor tensor) {
        @Override
        public boolean equals(Object o) {
            return o instanceof WeightIdentity w && w.tensor == tensor;
        }

        @Override
        public int hashCode() {
            return System.identityHashCode(tensor);
        }
    }

    private final Map<Key, Program> byUse = new LinkedHashMap<>(16, 0.75f, true);
    private final DeviceMemory memory;

    Programs(DeviceMemory memory) {
        this.memory = memory;
    }

    /** The program for the key; {@code bytes} is what a new one will take. */
    Program get(Key key, long bytes, Supplier<Program> make) {
        Program known = byUse.get(key);
        if (known != null) {
            return known;
        }
        makeRoom(bytes);
        Program made = make.get();
        byUse.put(key, made);
        return made;
    }

    /** Those that were not used for longest go until so much fits, or none is left. */
    void makeRoom(long bytes) {
        Iterator<Program> oldest = byUse.values().iterator();
        while (!memory.fits(bytes) && oldest.hasNext()) {
            oldest.next().close();
            oldest.remove();
        }
    }

    @Override
    public void close() {
        byUse.values().forEach(Program::close);
        byUse.clear();
    }
}
