package org.einthoven.gpu.kernel;

import static org.einthoven.gpu.device.OnDevice.assertClose;
import static org.einthoven.gpu.device.OnDevice.of;
import static org.junit.jupiter.api.Assertions.assertEquals;

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

class RowsTest {
    private static final int ROWS = 3;

    @ParameterizedTest(name = "rows of {0}")
    @ValueSource(ints = {1, 63, 64, 157})
    void softmaxAndWhatIsMadeOfIt(int d) {
        Tensor x = Rng.of(6).split("x").normal(ROWS, d).mul(3);
        Tensor dy = Rng.of(6).split("dy").normal(ROWS, d);
        int[] targets = {0, -1, d - 1};
        FloatArray logits = of(x);
        FloatArray cotangent = of(dy);
        FloatArray dloss = FloatArray.fromArray(new float[] {1f, 5f, -0.5f});
        IntArray target = IntArray.fromArray(targets);
        FloatArray y = new FloatArray(ROWS * d);
        FloatArray logs = new FloatArray(ROWS * d);
        FloatArray dx = new FloatArray(ROWS * d);
        FloatArray loss = new FloatArray(ROWS);
        FloatArray dlogits = new FloatArray(ROWS * d);
        IntArray best = new IntArray(ROWS);
        IntArray shape = IntArray.fromArray(new int[] {d});
        KernelContext c = new KernelContext();
        try (Graph g = OnDevice.graph("rows")) {
            g.resident(shape).reads(logits, cotangent, dloss, target);
            for (String task : List.of("softmax", "log", "back", "loss", "dloss", "best")) {
                g.groups(task, ROWS, 1, 1, Group.ITEMS, 1);
            }
            g.tasks()
                    .task("softmax", Rows::softmax, c, logits, y, shape)
                    .task("log", Rows::logSoftmax, c, logits, logs, shape)
                    .task("back", Rows::softmaxGradient, c, y, cotangent, dx, shape)
                    .task("loss", Rows::crossEntropy, c, logits, target, loss, shape)
                    .task("dloss", Rows::crossEntropyGradient, c, logits, target, dloss, dlogits, shape);
            g.writes(y, logs, dx, loss, dlogits).run();
        }
        Tensor wide = x.cast(DType.F64).track();
        Tensor softmax = wide.softmax();
        assertClose(2e-6, softmax, y, "softmax");
        assertClose(2e-6, wide.logSoftmax(), logs, "log softmax");
        Tensor want = Grad.vjp(softmax, List.of(wide), dy.cast(DType.F64), GradMode.CONSTANT)
                .getFirst();
        assertClose(3e-6, want, dx, "gradient of softmax");
        for (int r = 0; r < ROWS; r++) {
            int t = targets[r];
            assertEquals(t < 0 ? 0 : -wide.logSoftmax().get(r, t), loss.get(r), 2e-5, "cross entropy of row " + r);
            for (int i = 0; i < d; i++) {
                double w = t < 0 ? 0 : dloss.get(r) * (softmax.get(r, i) - (i == t ? 1 : 0));
                assertEquals(w, dlogits.get(r * d + i), 2e-6, "gradient of cross entropy at " + r + ", " + i);
            }
        }
    }
}
