package org.einthoven.tensor.simd;

/** Rows of a type without a dot product of its own: decoded first, then summed as rows of floats are. */
record DotDecoded(Decoder decoder, long first, long down, float[] x, int at, int k) implements PackedDot {
    @Override
    public void four(int r, int apart, float[] y, int yo) {
        for (int i = 0; i < 4; i++) {
            one(r + i * apart, y, yo);
        }
    }

    @Override
    public void one(int r, float[] y, int yo) {
        float[] row = Scratch.mine().rows(k);
        decoder.decode(first + r * down, row, 0, k);
        y[yo + r] = DotF32.sum(row, 0, x, at, k);
    }
}
