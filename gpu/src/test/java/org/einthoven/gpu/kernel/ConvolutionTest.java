package org.einthoven.gpu.kernel;

import static org.einthoven.gpu.device.OnDevice.assertClose;
import static org.einthoven.gpu.device.OnDevice.of;

import java.util.List;
import org.einthoven.autograd.Grad;
import org.einthoven.autograd.GradMode;
import org.einthoven.gpu.device.Graph;
import org.einthoven.gpu.device.OnDevice;
import org.einthoven.tensor.DType;
import org.einthoven.tensor.Rng;
import org.einthoven.tensor.Tensor;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

class ConvolutionTest {
    private static final Rng RNG = Rng.of(6);

    @ParameterizedTest(name = "B {0} C {1} T {2} O {3} K {4}, stride {5} padding {6} dilation {7} groups {8}")
    @CsvSource({
        "2, 3, 17, 4, 3, 1, 1, 1, 1",
        "1, 4, 70, 6, 2, 2, 0, 1, 2",
        "2, 4, 19, 4, 5, 3, 4, 2, 4",
        "1, 1, 1, 1, 1, 1, 0, 1, 1",
        "1, 12, 65, 4, 10, 5, 3, 1, 1"
    })
    void forwardAndBothGradients(
            int batch,
            int channels,
            int time,
            int outputs,
            int taps,
            int stride,
            int padding,
            int dilation,
            int groups) {
        Tensor x = RNG.split("x").normal(batch, channels, time);
        Tensor w = RNG.split("w").normal(outputs, channels / groups, taps);
        Tensor tx = x.cast(DType.F64).track();
        Tensor tw = w.cast(DType.F64).track();
        Tensor want = tx.conv1d(tw, stride, padding, dilation, groups);
        int steps = want.dim(2);
        Tensor dy = RNG.split("dy").normal(batch, outputs, steps);
        FloatArray vx = of(x);
        FloatArray vw = of(w);
        FloatArray vdy = of(dy);
        FloatArray y = new FloatArray((int) want.size());
        FloatArray dx = new FloatArray((int) x.size());
        FloatArray dw = new FloatArray((int) w.size());
        IntArray shape = IntArray.fromArray(
                new int[] {batch, channels, time, outputs, taps, steps, stride, padding, dilation, groups});
        KernelContext c = new KernelContext();
        try (Graph g = OnDevice.graph("conv")) {
            g.resident(shape).reads(vx, vw, vdy);
            g.items("forward", steps, outputs, batch)
                    .items("input", time, channels, batch)
                    .groups("weight", (int) w.size(), 1, 1, Group.ITEMS, 1);
            g.tasks()
                    .task("forward", Convolution::forward, c, vx, vw, y, shape)
                    .task("input", Convolution::inputGradient, c, vdy, vw, dx, shape)
                    .task("weight", Convolution::weightGradient, c, vx, vdy, dw, shape);
            g.writes(y, dx, dw).run();
        }
        List<Tensor> grads = Grad.vjp(want, List.of(tx, tw), dy.cast(DType.F64), GradMode.CONSTANT);
        assertClose(2e-6, want, y, "convolution");
        assertClose(2e-6, grads.get(0), dx, "gradient by the input");
        assertClose(2e-6, grads.get(1), dw, "gradient by the weight");
    }
}
