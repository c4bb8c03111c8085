package org.einthoven.tensor.simd;

/** Rows of a type without a dot product of its own: decoded first, then summed in four chains that are added in pairs. */
record DotDecoded(Decoder decoder, long first, long down, float[] x, int at, int k) implements PackedDot {
    @Override
    public void four(int r, int apart, float[] y, int yo) {
        for (int i = 0; i < 4; i++) {
            one(r + i * apart, y, yo);
        }
    }

    @Override
    public void one(int r, float[] y, int yo) {
        float[] row = new float[k];
        decoder.decode(first + r * down, row, 0, k);
        float[] sums = new float[4];
        for (int i = 0; i < k; i++) {
            sums[i & 3] = Math.fma(row[i], x[at + i], sums[i & 3]);
        }
        y[yo + r] = (sums[0] + sums[1]) + (sums[2] + sums[3]);
    }
}
