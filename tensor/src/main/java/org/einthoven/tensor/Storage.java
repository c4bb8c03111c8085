package org.einthoven.tensor;

import java.lang.foreign.MemorySegment;

/**
 * The memory behind a tensor and its views. Compute types live in Java arrays; storage-only types live in one native,
 * read-only segment, usually a mapped file. A kernel sees one kind only: a vector kernel that has met both heap arrays and
 * segments runs at a quarter of its speed. Storages are never written after the tensor that owns them is built; one that a
 * {@link Workspace} has taken back has no numbers any more, and asking for them throws a {@link TensorException}.
 */
public abstract sealed class Storage {
    /** An array or a segment; null once it was taken back. */
    private @Nullable Object memory;

    /** The computation that will take the array back; null for most. */
    Workspace.@Nullable Frame holder;

    private Storage(Object memory) {
        this.memory = memory;
    }

    Object memory() {
        if (memory == null) {
            throw Workspace.takenBack();
        }
        return memory;
    }

    /** Gives the array up. */
    Object surrender() {
        Object array = memory();
        memory = null;
        holder = null;
        return array;
    }

    /** F32 values. */
    public static final class F32 extends Storage {
        public F32(float[] array) {
            super(array);
        }

        public float[] array() {
            return (float[]) memory();
        }
    }

    /** F64 values. */
    public static final class F64 extends Storage {
        public F64(double[] array) {
            super(array);
        }

        public double[] array() {
            return (double[]) memory();
        }
    }

    /** I32 values. */
    public static final class I32 extends Storage {
        public I32(int[] array) {
            super(array);
        }

        public int[] array() {
            return (int[]) memory();
        }
    }

    /** BOOL values. */
    public static final class Bool extends Storage {
        public Bool(boolean[] array) {
            super(array);
        }

        public boolean[] array() {
            return (boolean[]) memory();
        }
    }

    /** Blocks of a storage-only type, little-endian, row-major, in native memory. */
    public static final class Blocks extends Storage {
        public Blocks(MemorySegment segment) {
            super(segment);
        }

        public MemorySegment segment() {
            return (MemorySegment) memory();
        }
    }
}
