package org.einthoven.gpu.kernel;

import static org.einthoven.gpu.device.OnDevice.assertClose;
import static org.einthoven.gpu.device.OnDevice.of;

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

class WeightGemmTest {
    private static final Rng RNG = Rng.of(6);

    @ParameterizedTest(name = "{0} rows, {1} to {2}, added {3}")
    @CsvSource({"1, 32, 5, 0", "65, 96, 67, 0", "64, 64, 128, 1", "9, 160, 63, 1"})
    void weightsOfEachTypeForwardAndTransposed(int rows, int inputs, int outputs, int adds) {
        Tensor x = RNG.split("x").normal(rows, inputs);
        Tensor back = RNG.split("back").normal(rows, outputs);
        Tensor before = RNG.split("before").normal(rows, outputs);
        for (StoredWeights w : StoredWeights.of(RNG, outputs, inputs)) {
            FloatArray y = of(before);
            FloatArray dx = new FloatArray(rows * inputs);
            FloatArray vx = of(x);
            FloatArray vb = of(back);
            IntArray shape = IntArray.fromArray(new int[] {inputs, outputs, adds, 0});
            IntArray turned = IntArray.fromArray(new int[] {inputs, outputs, 0, 1});
            IntArray call = IntArray.fromArray(new int[] {0, rows});
            KernelContext c = new KernelContext();
            try (Graph g = OnDevice.graph("weightGemm")) {
                g.resident(shape, turned, call, w.f32(), w.f16(), w.q8(), w.scale())
                        .reads(vx, vb, y)
                        .tiles("forward", rows, outputs, 1)
                        .tiles("transposed", rows, inputs, 1);
                switch (w.type()) {
                    case F32 ->
                        g.tasks()
                                .task("forward", WeightGemm::f32, c, w.f32(), vx, y, call, shape)
                                .task("transposed", WeightGemm::f32, c, w.f32(), vb, dx, call, turned);
                    case F16 ->
                        g.tasks()
                                .task("forward", WeightGemm::f16, c, w.f16(), vx, y, call, shape)
                                .task("transposed", WeightGemm::f16, c, w.f16(), vb, dx, call, turned);
                    default ->
                        g.tasks()
                                .task("forward", WeightGemm::q8, c, w.q8(), w.scale(), vx, y, call, shape)
                                .task("transposed", WeightGemm::q8, c, w.q8(), w.scale(), vb, dx, call, turned);
                }
                g.writes(y, dx).run();
            }
            Tensor weight = w.values().cast(DType.F64);
            Tensor product = x.cast(DType.F64).matmul(weight.t());
            assertClose(2e-6, adds == 1 ? product.add(before.cast(DType.F64)) : product, y, w.type() + " forward");
            assertClose(2e-6, back.cast(DType.F64).matmul(weight), dx, w.type() + " transposed");
        }
    }

    @Test
    void gateAndUpThatOneProductMade() {
        Tensor both = RNG.split("both").normal(3, 2 * 70);
        FloatArray y = new FloatArray(3 * 70);
        FloatArray v = of(both);
        IntArray shape = IntArray.fromArray(new int[] {0, 70});
        try (Graph g = OnDevice.graph("gated")) {
            g.resident(shape).reads(v).items("gated", 70, 3, 1);
            g.tasks().task("gated", FeedForward::gated, new KernelContext(), v, y, shape);
            g.writes(y).run();
        }
        Tensor wide = both.cast(DType.F64);
        assertClose(2e-6, wide.slice(1, 0, 70).silu().mul(wide.slice(1, 70, 140)), y, "gated");
    }
}
