package org.einthoven.tensor.simd;

/** Where a kernel finds an F32 matrix: element (i, j) is {@code x[at + i * down + j * across]}. */
record Matrix(float[] x, int at, int down, int across) {
    /** The columns from {@code j} on. */
    Matrix columns(int j) {
        return new Matrix(x, at + j * across, down, across);
    }

    Matrix transposed() {
        return new Matrix(x, at, across, down);
    }
}
