package uk.ac.manchester.tornado.api.math;

/** Emulates the functions that kernels of this house call. */
public final class TornadoMath {
    private TornadoMath() {}

    public static float min(float a, float b) {
        return Math.min(a, b);
    }

    public static int min(int a, int b) {
        return Math.min(a, b);
    }

    public static float max(float a, float b) {
        return Math.max(a, b);
    }

    public static int max(int a, int b) {
        return Math.max(a, b);
    }

    public static float abs(float a) {
        return Math.abs(a);
    }

    public static float exp(float a) {
        return (float) Math.exp(a);
    }

    public static float log(float a) {
        return (float) Math.log(a);
    }

    public static float sqrt(float a) {
        return (float) Math.sqrt(a);
    }

    public static float tanh(float a) {
        return (float) Math.tanh(a);
    }
}
