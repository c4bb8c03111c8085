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
import org.junit.jupiter.params.provider.ValueSource;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

class NormTest {
    private static final Rng RNG = Rng.of(6);
    private static final int ROWS = 5;
    private static final float EPS = 1e-5f;

    @ParameterizedTest(name = "rows of {0}")
    @ValueSource(ints = {3, 64, 130})
    void layerNormAndItsGradients(int d) {
        Tensor x = RNG.split("x").normal(ROWS, d).add(2);
        Tensor weight = RNG.split("weight").normal(d);
        Tensor bias = RNG.split("bias").normal(d);
        Tensor dy = RNG.split("dy").normal(ROWS, d);
        FloatArray vx = of(x);
        FloatArray vw = of(weight);
        FloatArray vb = of(bias);
        FloatArray vdy = of(dy);
        FloatArray y = new FloatArray(ROWS * d);
        FloatArray means = new FloatArray(ROWS);
        FloatArray rstds = new FloatArray(ROWS);
        FloatArray dx = new FloatArray(ROWS * d);
        FloatArray dweight = new FloatArray(d);
        FloatArray dbias = new FloatArray(d);
        IntArray shape = IntArray.fromArray(new int[] {ROWS, d});
        KernelContext c = new KernelContext();
        try (Graph g = OnDevice.graph("layerNorm")) {
            g.resident(shape, vw, vb).reads(vx, vdy).scratch(means, rstds);
            g.groups("forward", ROWS, 1, 1, Group.ITEMS, 1)
                    .groups("back", ROWS, 1, 1, Group.ITEMS, 1)
                    .items("weights", d, 1, 1);
            g.tasks()
                    .task("forward", Norm::layer, c, vx, vw, vb, y, means, rstds, shape, EPS)
                    .task("back", Norm::layerGradient, c, vx, vw, means, rstds, vdy, dx, shape)
                    .task("weights", Norm::layerWeightGradient, c, vx, means, rstds, vdy, dweight, dbias, shape);
            g.writes(y, dx, dweight, dbias).run();
        }
        Tensor tx = x.cast(DType.F64).track();
        Tensor tw = weight.cast(DType.F64).track();
        Tensor tb = bias.cast(DType.F64).track();
        Tensor want = tx.layerNorm(EPS).mul(tw).add(tb);
        List<Tensor> grads = Grad.vjp(want, List.of(tx, tw, tb), dy.cast(DType.F64), GradMode.CONSTANT);
        assertClose(3e-6, want, y, "layer norm");
        assertClose(5e-6, grads.get(0), dx, "gradient by x");
        assertClose(5e-6, grads.get(1), dweight, "gradient by the weight");
        assertClose(5e-6, grads.get(2), dbias, "gradient by the bias");
    }

    @ParameterizedTest(name = "rows of {0}")
    @ValueSource(ints = {3, 64, 130})
    void rmsNormAndItsGradients(int d) {
        Tensor x = RNG.split("x").normal(ROWS, d).add(2);
        Tensor weight = RNG.split("weight").normal(d);
        Tensor dy = RNG.split("dy").normal(ROWS, d);
        FloatArray vx = of(x);
        FloatArray vw = of(weight);
        FloatArray vdy = of(dy);
        FloatArray y = new FloatArray(ROWS * d);
        FloatArray rrms = new FloatArray(ROWS);
        FloatArray dx = new FloatArray(ROWS * d);
        FloatArray dweight = new FloatArray(d);
        IntArray shape = IntArray.fromArray(new int[] {ROWS, d});
        KernelContext c = new KernelContext();
        try (Graph g = OnDevice.graph("rmsNorm")) {
            g.resident(shape, vw).reads(vx, vdy).scratch(rrms);
            g.groups("forward", ROWS, 1, 1, Group.ITEMS, 1)
                    .groups("back", ROWS, 1, 1, Group.ITEMS, 1)
                    .items("weights", d, 1, 1);
            g.tasks()
                    .task("forward", Norm::rms, c, vx, vw, y, rrms, shape, EPS)
                    .task("back", Norm::rmsGradient, c, vx, vw, rrms, vdy, dx, shape)
                    .task("weights", Norm::rmsWeightGradient, c, vx, rrms, vdy, dweight, shape);
            g.writes(y, dx, dweight).run();
        }
        Tensor tx = x.cast(DType.F64).track();
        Tensor tw = weight.cast(DType.F64).track();
        Tensor want = tx.rmsNorm(EPS).mul(tw);
        List<Tensor> grads = Grad.vjp(want, List.of(tx, tw), dy.cast(DType.F64), GradMode.CONSTANT);
        assertClose(3e-6, want, y, "RMS norm");
        assertClose(5e-6, grads.get(0), dx, "gradient by x");
        assertClose(5e-6, grads.get(1), dweight, "gradient by the weight");
    }
}
