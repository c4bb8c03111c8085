package org.einthoven.gpu.kernel;

import uk.ac.manchester.tornado.api.math.TornadoMath;

/** What may follow a product before it is written: saves writing and reading it once, 8 bytes an element. */
public final class Activation {
    public static final int NONE = 0;
    public static final int GELU = 1;
    public static final int SILU = 2;

    private Activation() {}

    static float apply(int kind, float x) {
        float y = x;
        if (kind == GELU) {
            y = 0.5f * x * (1f + erf(x * 0.70710678f));
        }
        if (kind == SILU) {
            y = silu(x);
        }
        return y;
    }

    static float silu(float x) {
        return x / (1f + TornadoMath.exp(-x));
    }

    /** Abramowitz and Stegun, Handbook of Mathematical Functions, 7.1.26: within 1.5e-7. */
    static float erf(float x) {
        float a = TornadoMath.abs(x);
        float t = 1f / (1f + 0.3275911f * a);
        float p = ((((1.061405429f * t - 1.453152027f) * t + 1.421413741f) * t - 0.284496736f) * t + 0.254829592f) * t;
        float y = 1f - p * TornadoMath.exp(-a * a);
        return x < 0f ? -y : y;
    }
}
