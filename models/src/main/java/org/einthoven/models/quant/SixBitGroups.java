package org.einthoven.models.quant;

import java.util.Arrays;

/**
 * Q6_K: 256 elements in sixteen groups of 16, each with a signed 8-bit scale; the block has one F16 scale. A group's scale is
 * that of the least squared error among several roundings, where each element weighs its square.
 */
final class SixBitGroups {
    private static final int GROUP = 16;
    private static final int GROUPS = 16;
    private static final int MIDDLE = 32;
    private static final int BYTES = 210;
    /** A group whose elements are all smaller than this is 0. */
    private static final float NOTHING = 1e-15f;

    /** Roundings are tried by spacings of this many tenths of a level more and fewer. */
    private static final int TENTHS = 9;

    private SixBitGroups() {}

    static void encode(float[] x, int from, byte[] out, int at) {
        int[] levels = new int[GROUPS * GROUP];
        float[] scales = new float[GROUPS];
        float extreme = 0;
        for (int g = 0; g < GROUPS; g++) {
            scales[g] = scale(x, from + g * GROUP, levels, g * GROUP);
            if (Math.abs(scales[g]) > Math.abs(extreme)) {
                extreme = scales[g];
            }
        }
        if (Math.abs(extreme) < NOTHING) {
            Arrays.fill(out, at, at + BYTES, (byte) 0);
            return;
        }
        float inverse = -128 / extreme;
        float scale = HalfFloats.put(out, at + 208, 1 / inverse);
        for (int g = 0; g < GROUPS; g++) {
            int rounded = Math.min(127, (int) Math.rint(inverse * scales[g]));
            out[at + 192 + g] = (byte) rounded;
            float step = scale * rounded;
            for (int i = g * GROUP; step != 0 && i < (g + 1) * GROUP; i++) {
                levels[i] = MIDDLE + signed(x[from + i] / step);
            }
        }
        pack(levels, out, at);
    }

    /** The best scale of a group; the levels, 0 to 63, that belong to it are left in {@code levels}. */
    private static float scale(float[] x, int from, int[] levels, int at) {
        float extreme = 0;
        for (int i = from; i < from + GROUP; i++) {
            if (Math.abs(x[i]) > Math.abs(extreme)) {
                extreme = x[i];
            }
        }
        if (Math.abs(extreme) < NOTHING) {
            Arrays.fill(levels, at, at + GROUP, 0);
            return 0;
        }
        float scale = 0;
        float best = 0; // of what the squared error is less than that of all zeros
        for (int order = 0; order <= 2 * TENTHS; order++) {
            int tenths = order == 0 ? 0 : order <= TENTHS ? order - TENTHS - 1 : order - TENTHS; // 0, -9 .. -1, 1 .. 9
            float inverse = -(MIDDLE + 0.1f * tenths) / extreme;
            float sumLx = 0;
            float sumL2 = 0;
            for (int i = from; i < from + GROUP; i++) {
                int level = signed(inverse * x[i]);
                float weight = x[i] * x[i];
                sumLx += weight * x[i] * level;
                sumL2 += weight * level * level;
            }
            boolean first = order == 0;
            if (first || sumL2 > 0 && sumLx * sumLx > best * sumL2) {
                for (int i = 0; i < GROUP; i++) {
                    levels[at + i] = MIDDLE + signed(inverse * x[from + i]);
                }
                scale = sumL2 == 0 ? 0 : sumLx / sumL2;
                best = scale * sumLx;
            }
        }
        return scale;
    }

    private static int signed(float level) {
        return Math.clamp((int) Math.rint(level), -MIDDLE, MIDDLE - 1);
    }

    /** 128 bytes of lower nibbles, 64 of upper pairs of bits: each half of the block has four rows of 32 elements. */
    private static void pack(int[] levels, byte[] out, int at) {
        for (int half = 0; half < 2; half++) {
            int low = at + 64 * half;
            int high = at + 128 + 32 * half;
            for (int i = 0; i < 32; i++) {
                int a = levels[128 * half + i];
                int b = levels[128 * half + i + 32];
                int c = levels[128 * half + i + 64];
                int d = levels[128 * half + i + 96];
                out[low + i] = (byte) (a & 15 | (c & 15) << 4);
                out[low + 32 + i] = (byte) (b & 15 | (d & 15) << 4);
                out[high + i] = (byte) (a >> 4 | b >> 4 << 2 | c >> 4 << 4 | d >> 4 << 6);
            }
        }
    }
}
