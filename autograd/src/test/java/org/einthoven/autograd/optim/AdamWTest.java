package org.einthoven.autograd.optim;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import org.einthoven.autograd.Params;
import org.einthoven.tensor.DType;
import org.einthoven.tensor.Rng;
import org.einthoven.tensor.Tensor;
import org.einthoven.tensor.TensorException;
import org.einthoven.tensor.Workers;
import org.einthoven.tensor.backend.AdamKernel;
import org.einthoven.tensor.backend.Backends;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class AdamWTest {
    private static final AdamW DECOUPLED = AdamW.of(0.01);
    private static final AdamW AMSGRAD = new AdamW(0.01, 0.9, 0.99, 1e-8, 0.1, true, true);
    private static final AdamW ADAM = AdamW.adam(0.01, 0);

    /** Sizes around a vector and around a piece of work for one thread, a transposed view, one of nothing. */
    private static Params draw(Rng rng) {
        return Params.of(Map.of(
                "scalar", rng.split("scalar").normal(),
                "empty", rng.split("empty").normal(0, 3),
                "short", rng.split("short").normal(5, 13),
                "turned", rng.split("turned").normal(17, 31).t(),
                "long", rng.split("long").normal(3, 4099)));
    }

    private static Params gradient(DType type, int step) {
        return draw(Rng.of(222).split(step)).cast(type);
    }

    @ParameterizedTest
    @EnumSource(names = {"F32", "F64"})
    void theKernelGivesTheBitsOfTheTensorOperationsOnAnyNumberOfThreads(DType type) {
        AdamKernel kernel = kernel();
        int before = Workers.threads();
        try {
            for (AdamW rule : new AdamW[] {DECOUPLED, AMSGRAD, ADAM}) {
                Params theta = draw(Rng.of(222).split("theta")).cast(type);
                OptimiserState state = OptimiserState.start();
                for (int step = 0; step < 4; step++) {
                    Params g = gradient(type, step);
                    Workers.threads(1 + step % 3);
                    Optimiser.Stepped want = rule.composed(theta, g, state);
                    Optimiser.Stepped got = rule.fused(kernel, theta, g, state);
                    same(want.theta(), got.theta());
                    assertEquals(want.state().step(), got.state().step());
                    assertEquals(
                            want.state().slots().keySet(), got.state().slots().keySet());
                    want.state()
                            .slots()
                            .forEach((name, slot) ->
                                    same(slot, got.state().slots().get(name)));
                    theta = got.theta();
                    state = got.state();
                }
            }
        } finally {
            Workers.threads(before);
        }
    }

    @Test
    void aStepIsTheKernelsWhereTheBackendHasOne() {
        kernel();
        Params theta = draw(Rng.of(222).split("theta"));
        Params g = gradient(DType.F32, 0);
        same(
                DECOUPLED.composed(theta, g, OptimiserState.start()).theta(),
                DECOUPLED.step(theta, g, OptimiserState.start()).theta());
    }

    @Test
    void theFirstStepMovesEachWeightByTheRateAgainstItsGradient() {
        Params theta = Params.of("w", Tensor.of(new double[] {1, -2, 0.5}, 3));
        Params g = Params.of("w", Tensor.of(new double[] {0.3, -4, 1e-3}, 3));
        double[] w =
                ADAM.step(theta, g, OptimiserState.start()).theta().get("w").toDoubles();
        assertArrayEquals(new double[] {0.99, -1.99, 0.49}, w, 1e-6);
    }

    @Test
    void aGradientOfAnotherShapeOrTypeOrNameIsRefused() {
        AdamKernel kernel = kernel();
        Params theta = Params.of("w", Tensor.of(new float[6], 2, 3));
        OptimiserState start = OptimiserState.start();
        String shape = assertThrows(
                        TensorException.class,
                        () -> DECOUPLED.fused(kernel, theta, Params.of("w", Tensor.of(new float[6], 6)), start))
                .getMessage();
        assertTrue(shape.contains("[6]") && shape.contains("[2, 3]"), shape);
        assertThrows(
                TensorException.class,
                () -> DECOUPLED.fused(kernel, theta, Params.of("w", Tensor.of(new double[6], 2, 3)), start));
        assertThrows(
                TensorException.class,
                () -> DECOUPLED.step(theta, Params.of("v", Tensor.of(new float[6], 2, 3)), start));
    }

    private static AdamKernel kernel() {
        Assumptions.assumeTrue(
                Backends.current().adamKernel().isPresent(),
                () -> "the backend " + Backends.current().name() + " has no kernel for Adam");
        return Backends.current().adamKernel().orElseThrow();
    }

    private static void same(Params want, Params got) {
        want.forEach((path, w) -> {
            Tensor x = got.get(path);
            assertEquals(w.dtype(), x.dtype(), path);
            assertEquals(w.shape(), x.shape(), path);
            assertArrayEquals(w.toDoubles(), x.toDoubles(), path);
        });
    }
}
