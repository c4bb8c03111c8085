package org.einthoven.tensor.simd;

import static org.einthoven.tensor.simd.Lanes.F;
import static org.einthoven.tensor.simd.Lanes.L;

import jdk.incubator.vector.FloatVector;

/**
 * Copies a strip of a matrix into a panel [k, width], the order in which {@link Tile} reads it. Any strides will do, so
 * transposed and sliced operands of a product need no copy of their own.
 */
final class Pack {
    private Pack() {}

    /** Floats a panel takes: a store of whole vectors spills past its end when the width is no multiple of L. */
    static int room(int width, int k) {
        return k * width + (width % L == 0 ? 0 : L);
    }

    /**
     * Element (p, i) of the panel is {@code x[from + p * step + i * across]}. When fewer than {@code width} lanes are there,
     * the rest repeats the last one; what is computed from it is thrown away.
     */
    static void panel(float[] x, int from, int across, int step, int lanes, int width, int k, float[] out, int at) {
        panel(x, from, across, step, lanes, width, k, out, at, width);
    }

    /** As above, with the panel's rows {@code apart} floats apart. */
    static void panel(
            float[] x, int from, int across, int step, int lanes, int width, int k, float[] out, int at, int apart) {
        boolean whole = lanes == width && across == 1;
        if (whole && from + (k - 1L) * step + Math.ceilDiv(width, L) * L <= x.length) {
            // Groups of lanes from the last to the first: what a group spills, the next row's own store mends.
            for (int g = (width - 1) / L * L; g >= 0; g -= L) {
                copied(x, from + g, step, k, out, at + g, apart);
            }
        } else if (whole) {
            for (int p = 0; p < k; p++) {
                System.arraycopy(x, from + p * step, out, at + p * apart, width);
            }
        } else {
            int[] index = new int[Math.ceilDiv(width, L) * L];
            for (int i = 0; i < index.length; i++) {
                index[i] = Math.min(i, lanes - 1) * across;
            }
            gathered(x, from, index, step, k, out, at, apart);
        }
    }

    private static void copied(float[] x, int from, int step, int k, float[] out, int at, int apart) {
        for (int p = 0; p < k; p++) {
            FloatVector.fromArray(F, x, from + p * step).intoArray(out, at + p * apart);
        }
    }

    /** Element (p, i) of the panel is {@code x[from + p * step + index[i]]}, for as many lanes as there are in index. */
    static void gathered(float[] x, int from, int[] index, int step, int k, float[] out, int at, int apart) {
        for (int g = index.length - L; g >= 0; g -= L) {
            for (int p = 0; p < k; p++) {
                FloatVector.fromArray(F, x, from + p * step, index, g).intoArray(out, at + p * apart + g);
            }
        }
    }
}
