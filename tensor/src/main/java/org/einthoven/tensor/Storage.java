package org.einthoven.tensor;

import java.lang.foreign.MemorySegment;

/**
 * The memory behind a tensor and its views. Compute types live in Java arrays; storage-only types live in one native,
 * read-only segment, usually a mapped file. A kernel sees one kind only: a vector kernel that has met both heap arrays and
 * segments runs at a quarter of its speed. Storages are never written after the tensor that owns them is built.
 */
public sealed interface Storage {
    /** F32 values. */
    final class F32 implements Storage {
        private final float[] array;

        public F32(float[] array) {
            this.array = array;
        }

        public float[] array() {
            return array;
        }
    }

    /** F64 values. */
    final class F64 implements Storage {
        private final double[] array;

        public F64(double[] array) {
            this.array = array;
        }

        public double[] array() {
            return array;
        }
    }

    /** I32 values. */
    final class I32 implements Storage {
        private final int[] array;

        public I32(int[] array) {
            this.array = array;
        }

        public int[] array() {
            return array;
        }
    }

    /** BOOL values. */
    final class Bool implements Storage {
        private final boolean[] array;

        public Bool(boolean[] array) {
            this.array = array;
        }

        public boolean[] array() {
            return array;
        }
    }

    /** Blocks of a storage-only type, little-endian, row-major, in native memory. */
    final class Blocks implements Storage {
        private final MemorySegment segment;

        public Blocks(MemorySegment segment) {
            this.segment = segment;
        }

        public MemorySegment segment() {
            return segment;
        }
    }
}
