package org.einthoven.gpu.emulator;

/**
 * Not-a-numbers that say where they come from. Arithmetic hands the payload of a not-a-number on, so a value computed from
 * one betrays its source when it is written to global memory. (Where the payload is lost the result is still not a number.)
 */
public final class Poison {
    /** Global memory of the device that was neither transferred nor written. */
    public static final float FLOAT = Float.intBitsToFloat(0x7fc0_bad1);

    /** Local memory that no work-item has written. */
    static final float LOCAL = Float.intBitsToFloat(0x7fc0_bad2);

    /** Local memory that another work-item wrote since the last barrier. */
    static final float RACE = Float.intBitsToFloat(0x7fc0_bad3);

    /** What integers hold instead: far outside any array. */
    public static final int INTEGER = 0xbad0_bad0;

    /** What bytes hold instead. */
    public static final byte BYTE = (byte) 0xba;

    /** What shorts hold instead. */
    public static final short SHORT = (short) 0xbad0;

    private Poison() {}

    /** What is wrong with a value, or the empty text. */
    static String source(float value) {
        return switch (Float.floatToRawIntBits(value)) {
            case 0x7fc0_bad1 -> "was computed from device memory that was neither transferred nor written";
            case 0x7fc0_bad2 -> "was computed from local memory that nobody had written";
            case 0x7fc0_bad3 ->
                "was computed from local memory that another work-item wrote since the last barrier: a barrier is missing";
            default -> "";
        };
    }
}
