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
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

class MatVecTest {
    private static final Rng RNG = Rng.of(6);

    @ParameterizedTest(name = "{0} rows, {1} to {2}")
    @CsvSource({"1, 96, 5", "3, 64, 33", "2, 160, 1"})
    void weightsOfEachTypeForwardAndTransposed(int rows, int inputs, int outputs) {
        Tensor x = RNG.split("x").normal(rows, inputs);
        Tensor back = RNG.split("back").normal(rows, outputs);
        for (StoredWeights w : StoredWeights.of(RNG, outputs, inputs)) {
            FloatArray y = new FloatArray(rows * outputs);
            FloatArray dx = new FloatArray(rows * inputs);
            FloatArray vx = of(x);
            FloatArray vb = of(back);
            IntArray shape = IntArray.fromArray(new int[] {inputs, outputs, 0});
            KernelContext c = new KernelContext();
            try (Graph g = OnDevice.graph("matvec")) {
                g.resident(shape, w.f32(), w.f16(), w.q8(), w.scale()).reads(vx, vb);
                g.groups("forward", outputs, rows, 1, Group.ITEMS, 1).items("transposed", inputs, rows, 1);
                switch (w.type()) {
                    case F32 ->
                        g.tasks()
                                .task("forward", MatVec::f32, c, w.f32(), vx, y, shape)
                                .task("transposed", MatVec::f32Transposed, c, w.f32(), vb, dx, shape);
                    case F16 ->
                        g.tasks()
                                .task("forward", MatVec::f16, c, w.f16(), vx, y, shape)
                                .task("transposed", MatVec::f16Transposed, c, w.f16(), vb, dx, shape);
                    default ->
                        g.tasks()
                                .task("forward", MatVec::q8, c, w.q8(), w.scale(), vx, y, shape)
                                .task("transposed", MatVec::q8Transposed, c, w.q8(), w.scale(), vb, dx, shape);
                }
                g.writes(y, dx).run();
            }
            Tensor weight = w.values().cast(DType.F64);
            assertClose(2e-6, x.cast(DType.F64).matmul(weight.t()), y, w.type() + " forward");
            assertClose(2e-6, back.cast(DType.F64).matmul(weight), dx, w.type() + " transposed");
        }
    }

    @Test
    void gateAndUpInOnePass() {
        int features = 7;
        Tensor x = RNG.split("x").normal(2, 96);
        for (StoredWeights w : StoredWeights.of(RNG, 2 * features, 96)) {
            FloatArray y = new FloatArray(2 * features);
            FloatArray vx = of(x);
            IntArray shape = IntArray.fromArray(new int[] {96, features});
            KernelContext c = new KernelContext();
            try (Graph g = OnDevice.graph("gated")) {
                g.resident(shape, w.f32(), w.f16(), w.q8(), w.scale()).reads(vx);
                g.groups("gated", features, 2, 1, Group.ITEMS, 1);
                switch (w.type()) {
                    case F32 -> g.tasks().task("gated", MatVec::gatedF32, c, w.f32(), vx, y, shape);
                    case F16 -> g.tasks().task("gated", MatVec::gatedF16, c, w.f16(), vx, y, shape);
                    default -> g.tasks().task("gated", MatVec::gatedQ8, c, w.q8(), w.scale(), vx, y, shape);
                }
                g.writes(y).run();
            }
            Tensor both = x.cast(DType.F64).matmul(w.values().cast(DType.F64).t());
            Tensor want = both.slice(1, 0, features).silu().mul(both.slice(1, features, 2 * features));
            assertClose(3e-6, want, y, "gated " + w.type());
        }
    }

    @Test
    void aRowOfATable() {
        for (StoredWeights w : StoredWeights.of(RNG, 5, 96)) {
            FloatArray y = new FloatArray(96);
            IntArray shape = IntArray.fromArray(new int[] {96, 5});
            IntArray call = IntArray.fromArray(new int[] {0, 1, 3});
            FloatArray scaling = FloatArray.fromArray(new float[] {0, 0, 1.5f});
            KernelContext c = new KernelContext();
            try (Graph g = OnDevice.graph("row")) {
                g.resident(shape, scaling, w.f32(), w.f16(), w.q8(), w.scale()).reads(call);
                g.items("row", 96, 1, 1);
                switch (w.type()) {
                    case F32 -> g.tasks().task("row", Embedding::f32, c, w.f32(), y, call, shape, scaling);
                    case F16 -> g.tasks().task("row", Embedding::f16, c, w.f16(), y, call, shape, scaling);
                    default -> g.tasks().task("row", Embedding::q8, c, w.q8(), w.scale(), y, call, shape, scaling);
                }
                g.writes(y).run();
            }
            assertClose(1e-6, w.values().select(0, 3).cast(DType.F64).mul(1.5), y, "row of " + w.type());
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
}
