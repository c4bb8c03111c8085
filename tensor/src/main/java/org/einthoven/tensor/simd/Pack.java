package org.einthoven.tensor.simd;

import static org.einthoven.tensor.simd.Lanes.F;
import static org.einthoven.tensor.simd.Lanes.L;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;

/**
 * Copies a strip of a matrix into a panel [k, width] of whole vectors, the order in which {@link Tile} reads it. Any strides
 * will do, so transposed and sliced operands of a product need no copy of their own.
 */
final class Pack {
    /** Every other lane of two vectors: for a step of 2, as of a convolution with stride 2. */
    private static final IntVector EVEN = even();

    private Pack() {}

    private static IntVector even() {
        int[] v = new int[L];
        Arrays.setAll(v, i -> 2 * i);
        return IntVector.fromArray(IntVector.SPECIES_PREFERRED, v, 0);
    }

    /**
     * Row p of the panel, at {@code at + p * apart}, has {@code x[from + p * step + i * across]} for i below {@code lanes}; the
     * rest of its {@code width} lanes, a multiple of L, may hold anything.
     */
    static void panel(
            float[] x, int from, int across, int step, int lanes, int width, int k, float[] out, int at, int apart) {
        if (across == 1 && fits(x, from, step, k, width)) {
            for (int g = 0; g < width; g += L) {
                copied(x, from + g, step, k, out, at + g, apart);
            }
        } else if (across == 2 && Transpose.SIDE > 0 && fits(x, from, step, k, 2 * width)) {
            for (int g = 0; g < width; g += L) {
                everyOther(x, from + 2 * g, step, k, out, at + g, apart);
            }
        } else {
            // Dense along k: blocks are turned over; what is left, and all else, is gathered.
            int turned = step == 1 && Transpose.SIDE > 0 ? k / Transpose.SIDE * Transpose.SIDE : 0;
            for (int g = 0; turned > 0 && g < Math.min(width, lanes); g += L) {
                for (int p = 0; p < turned; p += Transpose.SIDE) {
                    Transpose.block(x, from + g * across + p, across, lanes - 1 - g, out, at + p * apart + g, apart);
                }
            }
            if (turned < k) {
                int[] index = new int[width];
                for (int i = 0; i < width; i++) {
                    index[i] = Math.min(i, lanes - 1) * across;
                }
                gathered(x, from + turned * step, index, step, k - turned, out, at + turned * apart, apart);
            }
        }
    }

    /** Whether whole rows of {@code width} can be read, though fewer lanes may count. */
    private static boolean fits(float[] x, int from, int step, int k, int width) {
        return from + Math.max(0, (k - 1L) * step) + width <= x.length && from + Math.min(0, (k - 1L) * step) >= 0;
    }

    private static void copied(float[] x, int from, int step, int k, float[] out, int at, int apart) {
        for (int p = 0; p < k; p++) {
            FloatVector.fromArray(F, x, from + p * step).intoArray(out, at + p * apart);
        }
    }

    private static void everyOther(float[] x, int from, int step, int k, float[] out, int at, int apart) {
        for (int p = 0; p < k; p++) {
            IntVector a = FloatVector.fromArray(F, x, from + p * step).reinterpretAsInts();
            IntVector b = FloatVector.fromArray(F, x, from + p * step + L).reinterpretAsInts();
            EVEN.selectFrom(a, b).reinterpretAsFloats().intoArray(out, at + p * apart);
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

    /** [rows, k] with strides (down, across) to dense rows that are {@code apart} floats apart. */
    static void rows(float[] x, int from, int down, int across, int rows, int k, float[] out, int at, int apart) {
        if (across == 1) {
            for (int i = 0; i < rows; i++) {
                System.arraycopy(x, from + i * down, out, at + i * apart, k);
            }
            return;
        }
        // The same as a panel with the roles of the axes exchanged, as far as whole vectors go.
        int whole = F.loopBound(k);
        if (whole > 0) {
            panel(x, from, across, down, whole, whole, rows, out, at, apart);
        }
        for (int i = 0; i < rows; i++) {
            for (int p = whole; p < k; p++) {
                out[at + i * apart + p] = x[from + i * down + p * across];
            }
        }
    }
}
