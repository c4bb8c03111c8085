package org.einthoven.models.llm;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.einthoven.tensor.DType;
import org.einthoven.tensor.TensorException;
import org.einthoven.tensor.Workspace;
import org.junit.jupiter.api.Test;

class RopeTest {
    private static double[] frequencies(RopeScaling scaling) {
        return Rope.frequencies(8, new LlmConfig.Rotary(10_000, scaling, false), DType.F64);
    }

    @Test
    void frequenciesArePowersOfTheBase() {
        assertArrayEquals(new double[] {1, 0.1, 0.01, 0.001}, frequencies(new RopeScaling.None()), 1e-15);
    }

    @Test
    void linearAndDivisors() {
        assertArrayEquals(new double[] {0.5, 0.05, 0.005, 0.0005}, frequencies(new RopeScaling.Linear(2)), 1e-15);
        double[] f = frequencies(new RopeScaling.Divisors(List.of(1.0, 2.0, 4.0, 8.0)));
        assertArrayEquals(new double[] {1, 0.05, 0.0025, 0.000125}, f, 1e-15);
    }

    /** Wavelengths 6.3, 62.8, 628 and 6283 positions; kept below 200 / 4, slowed beyond 200 / 1, blended between. */
    @Test
    void llama3KeepsShortWavesAndSlowsLongOnes() {
        double[] f = frequencies(new RopeScaling.Llama3(8, 1, 4, 200));
        double smooth = (200 * 0.1 / (2 * Math.PI) - 1) / 3;
        assertArrayEquals(new double[] {1, (1 - smooth) * 0.1 / 8 + smooth * 0.1, 0.01 / 8, 0.001 / 8}, f, 1e-15);
    }

    @Test
    void inF32EachStepIsRounded() {
        double[] f = Rope.frequencies(8, new LlmConfig.Rotary(10_000, new RopeScaling.None(), false), DType.F32);
        for (double x : f) {
            assertEquals((float) x, x);
        }
        assertEquals(1 / 10f, f[1]);
    }

    /** A model that was first used in somebody's workspace is used again after it. */
    @Test
    void theTableOutlivesAWorkspace() {
        LlmConfig config = LlamaTest.tiny(false);
        Rope rope = new Rope(config, config.rotary());
        new Workspace().run(() -> rope.at(DType.F32, 0, 4));
        float[] fresh =
                new Rope(config, config.rotary()).at(DType.F32, 0, 4).cos().toFloats();
        assertArrayEquals(fresh, rope.at(DType.F32, 0, 4).cos().toFloats());
    }

    @Test
    void senselessScalingIsRefused() {
        assertThrows(TensorException.class, () -> new RopeScaling.Linear(0));
        assertThrows(TensorException.class, () -> new RopeScaling.Llama3(8, 4, 4, 64));
        assertThrows(TensorException.class, () -> new RopeScaling.Divisors(List.of(1.0, Double.NaN)));
    }
}
