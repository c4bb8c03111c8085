package org.einthoven.gpu.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.einthoven.tensor.DType;
import org.einthoven.tensor.Rng;
import org.einthoven.tensor.Tensor;
import org.einthoven.tensor.backend.Backend;
import org.einthoven.tensor.backend.BackendProvider;
import org.einthoven.tensor.backend.Backends;
import org.einthoven.tensor.op.Op;
import org.einthoven.tensor.op.Shapes;
import org.einthoven.tensor.op.Sight;
import org.einthoven.verify.OpCase;
import org.einthoven.verify.OpRegistry;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The backend against the reference: every case of the verification kit in F32, and the sizes and layouts that tiles and groups
 * make hard. On the emulator by default, on the SDK's device when there is one.
 */
class ConformanceTest {
    private final TornadoBackend device = new TornadoBackend(cpu("simd"), new DeviceMemory(1L << 28));

    @AfterEach
    void free() {
        device.close();
    }

    /** Ops that a backend computes: the dispatcher itself does views, segments and users' ops. */
    static Stream<OpCase> cases() {
        return OpRegistry.cases().stream()
                .filter(c -> !(c.op() instanceof Op.View
                        || c.op() instanceof Op.Recompute
                        || c.op() instanceof Op.CustomOp));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void everyCaseOfTheKit(OpCase c) {
        Tensor[] x = c.operands().stream().map(ConformanceTest::single).toArray(Tensor[]::new);
        assertAgrees(c.op(), x);
    }

    @Test
    void productsOfTransposedSlicedAndBroadcastMatrices() {
        Tensor a = normal("a", 2, 3, 33, 17);
        Tensor b = normal("b", 3, 17, 35);
        assertAgrees(new Op.MatMul(), a, b);
        assertAgrees(new Op.MatMul(), a, normal("shared", 17, 5));
        assertAgrees(new Op.MatMul(), normal("left", 4, 17), b);
        assertAgrees(
                new Op.MatMul(),
                normal("at", 2, 3, 17, 33).transpose(2, 3),
                normal("bt", 35, 17).t());
        assertAgrees(
                new Op.MatMul(),
                normal("wide", 9, 40).slice(1, 3, 37, 2),
                normal("tall", 34, 9).slice(0, 0, 34, 2));
        assertAgrees(new Op.MatMul(), normal("row", 1, 130), normal("column", 130, 1));
    }

    @Test
    void linearMapsOfFewAndManyRows() {
        Tensor w = normal("w", 37, 65);
        for (int rows : new int[] {1, 3, 40}) {
            assertAgrees(new Op.FrozenLinear(w, false), normal("x", rows, 65));
            assertAgrees(new Op.FrozenLinear(w, true), normal("y", rows, 37));
        }
    }

    @Test
    void rowsLongerAndShorterThanAGroup() {
        for (int d : new int[] {1, 63, 65, 157}) {
            Tensor x = normal("x", 2, 3, d);
            for (Op op : List.of(new Op.Softmax(), new Op.LogSoftmax(), new Op.LayerNorm(1e-5), new Op.RmsNorm(1e-6))) {
                assertAgrees(op, x);
                assertAgrees(op, normal("turned", d, 3, 2).transpose(0, 2));
            }
        }
    }

    @Test
    void attentionOfEachSightMaskAndWidth() {
        Op.Attention all = new Op.Attention(Sight.ALL, 0.3);
        Op.Attention window = new Op.Attention(new Sight(30, 66), 0.2, 1.5);
        attention(all, 2, 4, 5, 67, 9, 7);
        attention(new Op.Attention(Sight.CAUSAL, 0.1), 1, 2, 3, 70, 200, 65);
        attention(window, 1, 2, 67, 70, 3, 130);
        attention(all, 2, 2, 9, 3, 4, 4, 3); // one mask for all
        attention(all, 2, 2, 4, 66, 4, 4, 2, 1, 1, 1, 66); // padding, as the encoder hides it
        attention(window, 1, 2, 5, 70, 4, 4, 1, 2, 2, 1, 70); // by head
        attention(window, 1, 2, 5, 70, 4, 4, 5, 70); // by place
    }

    /** Two leading axes, {@code batch} and 2; H heads, half as many of keys. */
    private void attention(Op.Attention op, int batch, int h, int t, int s, int e, int f, int... mask) {
        Tensor q = normal("q", batch, t, 2, h, e).permute(0, 2, 3, 1, 4);
        Tensor k = normal("k", batch, 2, h / 2, s, e);
        Tensor v = normal("v", batch, 2, h / 2, s, f);
        Tensor g = normal("g", batch, 2, h, t, f);
        if (mask.length == 0) {
            assertOnDevice(op, q, k, v);
            assertOnDevice(new Op.AttentionGrad(op), g, q, k, v);
        } else {
            Tensor hidden = normal("hidden", mask).gt(0.3);
            assertOnDevice(op, q, k, v, hidden);
            assertOnDevice(new Op.AttentionGrad(op), g, q, k, v, hidden);
        }
    }

    private void assertOnDevice(Op op, Tensor... x) {
        assertTrue(TornadoBackend.onDevice(op, x), () -> op + " is not computed on the device");
        assertAgrees(op, x);
    }

    @Test
    void attentionThatTheKernelsLackIsTheHosts() {
        Op.Attention latest = new Op.Attention(Sight.latest(1), 1);
        Tensor x = normal("x", 1, 2, 3);
        Tensor second = Tensor.of(new boolean[] {false, true}, 2);
        assertTrue(TornadoBackend.onDevice(new Op.Attention(Sight.ALL, 1), x, x, x, second));
        assertFalse(TornadoBackend.onDevice(latest, x, x, x, second), "the second query sees nothing");
        Tensor wide = normal("wide", 1, 2, 257);
        assertFalse(TornadoBackend.onDevice(latest, wide, wide, x));
        assertAgrees(latest, wide, wide, x);
    }

    /** F32 in the place of the kit's F64. */
    private static Tensor single(Tensor t) {
        return t.dtype() == DType.F64 ? t.cast(DType.F32) : t;
    }

    private static Tensor normal(String name, int... shape) {
        return Rng.of(6).split(name).normal(shape);
    }

    static Backend cpu(String name) {
        return Backends.providers().stream()
                .filter(p -> p.name().equals(name))
                .map(BackendProvider::create)
                .findFirst()
                .orElseThrow();
    }

    private void assertAgrees(Op op, Tensor... x) {
        Backend reference = cpu("reference");
        Tensor want = reference.run(op, Shapes.of(op, x), x);
        assertTrue(device.supports(op, x) || x[0].dtype() != DType.F32, () -> op + " is not supported");
        if (!device.supports(op, x)) {
            return;
        }
        Tensor got = device.run(op, Shapes.of(op, x), x);
        assertEquals(want.shape(), got.shape(), op.toString());
        assertEquals(want.dtype(), got.dtype(), op.toString());
        double[] w = want.toDoubles();
        double[] g = got.toDoubles();
        double largest = Arrays.stream(w).map(Math::abs).max().orElse(0);
        for (int i = 0; i < w.length; i++) {
            int at = i;
            assertTrue(
                    Math.abs(w[i] - g[i]) <= 5e-6 * Math.max(largest, 1e-2),
                    () -> op + " differs at " + at + ": got " + g[at] + ", want " + w[at]);
        }
    }
}
