package org.einthoven.models.quant;

/** Floats of 16 bits, rounded to the nearest, of two equally near to the even one; and the little-endian shorts of blocks. */
final class HalfFloats {
    private HalfFloats() {}

    static void f16(float[] x, int from, byte[] out, int at) {
        put(out, at, Float.floatToFloat16(x[from]));
    }

    static void bf16(float[] x, int from, byte[] out, int at) {
        int bits = Float.floatToRawIntBits(x[from]);
        boolean nan = Float.isNaN(x[from]);
        int rounded = nan ? bits | 0x0040_0000 : bits + 0x7fff + (bits >>> 16 & 1);
        put(out, at, (short) (rounded >>> 16));
    }

    /** Writes x as a binary16 and gives what a reader will find. */
    static float put(byte[] out, int at, float x) {
        short half = Float.floatToFloat16(x);
        put(out, at, half);
        return Float.float16ToFloat(half);
    }

    private static void put(byte[] out, int at, short x) {
        out[at] = (byte) x;
        out[at + 1] = (byte) (x >> 8);
    }
}
