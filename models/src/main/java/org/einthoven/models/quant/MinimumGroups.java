package org.einthoven.models.quant;

/**
 * Q4_K and Q5_K: 256 elements in eight groups of 32, each with a scale and a minimum of 6 bits; the block has an F16 scale for
 * either. A group's scale and minimum are those of the least squared error among several roundings, where each element weighs
 * its magnitude plus the group's root mean square.
 *
 * @param bits of an element
 * @param firstStep by how much the number of levels of the first rounding tried differs from the true one; 0.1 more each
 * @param steps roundings tried after the first
 */
record MinimumGroups(int bits, float firstStep, int steps) implements BlockEncoder {
    private static final int GROUP = 32;
    private static final int GROUPS = 8;
    private static final int SCALE_TOP = 63;

    @Override
    public void encode(float[] x, int from, byte[] out, int at) {
        AffineFit[] fits = new AffineFit[GROUPS];
        float scaleTop = 0;
        float minimumTop = 0;
        for (int g = 0; g < GROUPS; g++) {
            fits[g] = fit(x, from + g * GROUP);
            scaleTop = Math.max(scaleTop, fits[g].scale());
            minimumTop = Math.max(minimumTop, fits[g].minimum());
        }
        float scale = HalfFloats.put(out, at, scaleTop / SCALE_TOP);
        float minimum = HalfFloats.put(out, at + 2, minimumTop / SCALE_TOP);
        float scaleInverse = scaleTop > 0 ? SCALE_TOP / scaleTop : 0;
        float minimumInverse = minimumTop > 0 ? SCALE_TOP / minimumTop : 0;
        int[] scales = new int[GROUPS];
        int[] minima = new int[GROUPS];
        int[] levels = new int[GROUPS * GROUP];
        for (int g = 0; g < GROUPS; g++) {
            scales[g] = Math.min(SCALE_TOP, (int) Math.rint(scaleInverse * fits[g].scale()));
            minima[g] = Math.min(SCALE_TOP, (int) Math.rint(minimumInverse * fits[g].minimum()));
            System.arraycopy(fits[g].levels(), 0, levels, g * GROUP, GROUP);
            again(x, from + g * GROUP, scale * scales[g], minimum * minima[g], levels, g * GROUP);
        }
        pairs(scales, minima, out, at + 4);
        levels(levels, out, at + 16);
    }

    private AffineFit fit(float[] x, int from) {
        float squares = 0;
        for (int i = from; i < from + GROUP; i++) {
            squares += x[i] * x[i];
        }
        float rootMeanSquare = (float) Math.sqrt(squares / GROUP);
        float[] weights = new float[GROUP];
        for (int i = 0; i < GROUP; i++) {
            weights[i] = rootMeanSquare + Math.abs(x[from + i]);
        }
        return AffineFit.of(x, from, weights, (1 << bits) - 1, firstStep, steps);
    }

    /** The levels once more, for the scale and minimum as they were rounded; as they were where the scale is 0. */
    private void again(float[] x, int from, float scale, float minimum, int[] levels, int at) {
        if (scale == 0) {
            return;
        }
        for (int i = 0; i < GROUP; i++) {
            levels[at + i] = Math.clamp((int) Math.rint((x[from + i] + minimum) / scale), 0, (1 << bits) - 1);
        }
    }

    /** Eight pairs of 6 bits in 12 bytes: the upper two bits of the last four pairs lie above the first four pairs. */
    private static void pairs(int[] scales, int[] minima, byte[] out, int at) {
        for (int g = 0; g < 4; g++) {
            out[at + g] = (byte) (scales[g] | scales[g + 4] >> 4 << 6);
            out[at + 4 + g] = (byte) (minima[g] | minima[g + 4] >> 4 << 6);
            out[at + 8 + g] = (byte) (scales[g + 4] & 15 | (minima[g + 4] & 15) << 4);
        }
    }

    /** Fifth bits, one byte for the elements i, i + 32, i + 64, ...; nibbles, each 32 bytes for two groups. */
    private void levels(int[] levels, byte[] out, int at) {
        int nibbles = at;
        if (bits == 5) {
            for (int i = 0; i < GROUP; i++) {
                int fifth = 0;
                for (int g = 0; g < GROUPS; g++) {
                    fifth |= (levels[g * GROUP + i] >> 4) << g;
                }
                out[at + i] = (byte) fifth;
            }
            nibbles += GROUP;
        }
        for (int g = 0; g < GROUPS; g += 2) {
            for (int i = 0; i < GROUP; i++) {
                int low = levels[g * GROUP + i] & 15;
                int high = levels[(g + 1) * GROUP + i] & 15;
                out[nibbles + g / 2 * GROUP + i] = (byte) (low | high << 4);
            }
        }
    }
}
