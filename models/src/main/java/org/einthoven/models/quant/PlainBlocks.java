package org.einthoven.models.quant;

/** Blocks of 32 elements with one scale: the extreme elements set it, and every element goes to the nearest level. */
final class PlainBlocks {
    private static final int SIZE = 32;
    private static final int HALF = SIZE / 2;

    private PlainBlocks() {}

    /** Q8_0: F16 scale and 32 signed bytes; the largest magnitude becomes 127. */
    static void q8(float[] x, int from, byte[] out, int at) {
        float largest = Math.abs(extreme(x, from));
        float scale = largest / 127;
        float inverse = scale == 0 ? 0 : 1 / scale;
        HalfFloats.put(out, at, scale);
        for (int i = 0; i < SIZE; i++) {
            float level = x[from + i] * inverse;
            out[at + 2 + i] =
                    (byte) Math.copySign(Math.floor(Math.abs((double) level) + 0.5), level); // half away from 0
        }
    }

    /** The element of the largest magnitude, with its sign; the first of several. */
    private static float extreme(float[] x, int from) {
        float extreme = 0;
        for (int i = from; i < from + SIZE; i++) {
            if (Math.abs(x[i]) > Math.abs(extreme)) {
                extreme = x[i];
            }
        }
        return extreme;
    }

    /** Q4_0 and Q5_0: F16 scale, fifth bits, nibbles. The element of the largest magnitude becomes the lowest level. */
    record Signed(int bits) implements BlockEncoder {
        @Override
        public void encode(float[] x, int from, byte[] out, int at) {
            int middle = 1 << bits - 1;
            float scale = extreme(x, from) / -middle;
            float inverse = scale == 0 ? 0 : 1 / scale;
            HalfFloats.put(out, at, scale);
            int[] levels = new int[SIZE];
            for (int i = 0; i < SIZE; i++) {
                levels[i] = Math.min(2 * middle - 1, (int) (x[from + i] * inverse + (middle + 0.5f)));
            }
            levels(levels, bits, out, at + 2);
        }
    }

    /** Q4_1 and Q5_1: F16 scale, F16 minimum, fifth bits, nibbles. The least element is level 0, the greatest the last. */
    record FromMinimum(int bits) implements BlockEncoder {
        @Override
        public void encode(float[] x, int from, byte[] out, int at) {
            float min = Float.MAX_VALUE;
            float max = -Float.MAX_VALUE;
            for (int i = from; i < from + SIZE; i++) {
                min = Math.min(min, x[i]);
                max = Math.max(max, x[i]);
            }
            int last = (1 << bits) - 1;
            float scale = (max - min) / last;
            float inverse = scale == 0 ? 0 : 1 / scale;
            HalfFloats.put(out, at, scale);
            HalfFloats.put(out, at + 2, min);
            int[] levels = new int[SIZE];
            for (int i = 0; i < SIZE; i++) {
                levels[i] = Math.min(last, (int) ((x[from + i] - min) * inverse + 0.5f));
            }
            levels(levels, bits, out, at + 4);
        }
    }

    /** Where there are five bits, the fifth ones in 4 bytes; then element i and element i + 16 in the nibbles of one byte. */
    private static void levels(int[] levels, int bits, byte[] out, int at) {
        int nibbles = at;
        if (bits == 5) {
            for (int b = 0; b < 4; b++) {
                int fifth = 0;
                for (int i = 0; i < 8; i++) {
                    fifth |= (levels[8 * b + i] >> 4) << i;
                }
                out[at + b] = (byte) fifth;
            }
            nibbles += 4;
        }
        for (int i = 0; i < HALF; i++) {
            out[nibbles + i] = (byte) (levels[i] & 15 | (levels[i + HALF] & 15) << 4);
        }
    }
}
