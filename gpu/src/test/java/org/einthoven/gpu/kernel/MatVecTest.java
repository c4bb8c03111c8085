package org.einthoven.gpu.kernel;

import static org.einthoven.gpu.device.OnDevice.assertClose;
import static org.einthoven.gpu.device.OnDevice.of;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.einthoven.gpu.device.Graph;
import org.einthoven.gpu.device.OnDevice;
import org.einthoven.tensor.DType;
import org.einthoven.tensor.Rng;
import org.einthoven.tensor.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.ByteArray;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.ShortArray;

class MatVecTest {
    private static final Rng RNG = Rng.of(6);

    @ParameterizedTest(name = "{0} rows, {1} to {2}")
    @CsvSource({"1, 96, 5", "3, 64, 33", "2, 160, 1"})
    void weightsOfEachTypeForwardAndTransposed(int rows, int inputs, int outputs) {
        Tensor x = RNG.split("x").normal(rows, inputs);
        Tensor back = RNG.split("back").normal(rows, outputs);
        for (Weights w : Weights.of(outputs, inputs)) {
            FloatArray y = new FloatArray(rows * outputs);
            FloatArray dx = new FloatArray(rows * inputs);
            FloatArray vx = of(x);
            FloatArray vb = of(back);
            IntArray shape = IntArray.fromArray(new int[] {inputs, outputs});
            KernelContext c = new KernelContext();
            try (Graph g = OnDevice.graph("matvec")) {
                g.resident(shape, w.f32, w.f16, w.q8, w.scale).reads(vx, vb);
                g.groups("forward", outputs, rows, 1, Group.ITEMS, 1).items("transposed", inputs, rows, 1);
                switch (w.type) {
                    case F32 ->
                        g.tasks()
                                .task("forward", MatVec::f32, c, w.f32, vx, y, shape)
                                .task("transposed", MatVec::f32Transposed, c, w.f32, vb, dx, shape);
                    case F16 ->
                        g.tasks()
                                .task("forward", MatVec::f16, c, w.f16, vx, y, shape)
                                .task("transposed", MatVec::f16Transposed, c, w.f16, vb, dx, shape);
                    default ->
                        g.tasks()
                                .task("forward", MatVec::q8, c, w.q8, w.scale, vx, y, shape)
                                .task("transposed", MatVec::q8Transposed, c, w.q8, w.scale, vb, dx, shape);
                }
                g.writes(y, dx).run();
            }
            Tensor weight = w.values.cast(DType.F64);
            assertClose(2e-6, x.cast(DType.F64).matmul(weight.t()), y, w.type + " forward");
            assertClose(2e-6, back.cast(DType.F64).matmul(weight), dx, w.type + " transposed");
        }
    }

    @Test
    void gateAndUpInOnePass() {
        int features = 7;
        Tensor x = RNG.split("x").normal(2, 96);
        for (Weights w : Weights.of(2 * features, 96)) {
            FloatArray y = new FloatArray(2 * features);
            FloatArray vx = of(x);
            IntArray shape = IntArray.fromArray(new int[] {96, features});
            KernelContext c = new KernelContext();
            try (Graph g = OnDevice.graph("gated")) {
                g.resident(shape, w.f32, w.f16, w.q8, w.scale).reads(vx);
                g.groups("gated", features, 2, 1, Group.ITEMS, 1);
                switch (w.type) {
                    case F32 -> g.tasks().task("gated", MatVec::gatedF32, c, w.f32, vx, y, shape);
                    case F16 -> g.tasks().task("gated", MatVec::gatedF16, c, w.f16, vx, y, shape);
                    default -> g.tasks().task("gated", MatVec::gatedQ8, c, w.q8, w.scale, vx, y, shape);
                }
                g.writes(y).run();
            }
            Tensor both = x.cast(DType.F64).matmul(w.values.cast(DType.F64).t());
            Tensor want = both.slice(1, 0, features).silu().mul(both.slice(1, features, 2 * features));
            assertClose(3e-6, want, y, "gated " + w.type);
        }
    }

    @Test
    void everyFiniteHalfIsDecodedExactly() {
        for (int bits = 0; bits < 1 << 16; bits++) {
            float want = Float.float16ToFloat((short) bits);
            if (Float.isFinite(want)) {
                assertEquals(want, MatVec.half((short) bits), "bits " + bits);
            }
        }
    }

    /** One matrix in one type; the arrays of the others are there but empty. */
    private record Weights(DType type, Tensor values, FloatArray f32, ShortArray f16, ByteArray q8, FloatArray scale) {
        static Weights[] of(int outputs, int inputs) {
            float[] w = RNG.split("w").normal(outputs, inputs).toFloats();
            int n = w.length;
            ShortArray f16 = new ShortArray(n);
            ByteArray q8 = new ByteArray(n);
            FloatArray scale = new FloatArray(n / MatVec.BLOCK);
            float[] halves = new float[n];
            float[] quants = new float[n];
            for (int i = 0; i < n; i++) {
                f16.set(i, Float.floatToFloat16(w[i]));
                halves[i] = Float.float16ToFloat(f16.get(i));
                scale.set(i / MatVec.BLOCK, 0.01f + 0.001f * (i / MatVec.BLOCK));
                q8.set(i, (byte) Math.round(40 * w[i]));
                quants[i] = q8.get(i) * scale.get(i / MatVec.BLOCK);
            }
            FloatArray no = new FloatArray(1);
            ShortArray noF16 = new ShortArray(1);
            ByteArray noQ8 = new ByteArray(1);
            return new Weights[] {
                new Weights(DType.F32, Tensor.of(w, outputs, inputs), FloatArray.fromArray(w), noF16, noQ8, no),
                new Weights(DType.F16, Tensor.of(halves, outputs, inputs), no, f16, noQ8, new FloatArray(1)),
                new Weights(DType.Q8_0, Tensor.of(quants, outputs, inputs), no, noF16, q8, scale)
            };
        }
    }
}
