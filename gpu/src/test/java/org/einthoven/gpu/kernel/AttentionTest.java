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

class AttentionTest {
    private static final Rng RNG = Rng.of(6);

    @ParameterizedTest(name = "B {0} H {1} G {2} T {3} S {4} D {5}, causal {6} window {7} cap {8}")
    @CsvSource({
        "2, 2, 2, 5, 5, 8, 0, 0, 0",
        "1, 4, 2, 67, 67, 4, 1, 0, 0",
        "1, 2, 1, 3, 70, 6, 1, 0, 5",
        "1, 2, 1, 9, 9, 65, 1, 3, 0",
        "1, 1, 1, 1, 66, 130, 1, 7, 2",
        "1, 1, 1, 2, 3, 200, 0, 0, 0"
    })
    void forwardAndGradients(
            int batch, int heads, int keyHeads, int queries, int keys, int d, int causal, int window, float cap) {
        Tensor q = RNG.split("q").normal(batch, heads, queries, d);
        Tensor k = RNG.split("k").normal(batch, keyHeads, keys, d);
        Tensor v = RNG.split("v").normal(batch, keyHeads, keys, d);
        Tensor dy = RNG.split("dy").normal(batch, heads, queries, d);
        float scale = (float) (1 / Math.sqrt(d));
        FloatArray vq = of(q);
        FloatArray vk = of(k);
        FloatArray vv = of(v);
        FloatArray vdy = of(dy);
        FloatArray y = new FloatArray((int) q.size());
        FloatArray logSums = new FloatArray(batch * heads * queries);
        FloatArray delta = new FloatArray(batch * heads * queries);
        FloatArray gradients = new FloatArray((int) (q.size() + k.size() + v.size()));
        FloatArray hidden = new FloatArray(1);
        int back = window > 0 ? window - 1 : keys;
        int ahead = causal == 1 ? 0 : keys;
        IntArray shape =
                IntArray.fromArray(new int[] {queries, keys, heads, keyHeads, d, d, back, ahead, 0, 0, 0, 0, batch});
        FloatArray scaling = FloatArray.fromArray(new float[] {scale, cap});
        KernelContext c = new KernelContext();
        try (Graph g = OnDevice.graph("attention")) {
            g.resident(shape, scaling, hidden).reads(vq, vk, vv, vdy).scratch(logSums, delta);
            g.groups("forward", queries, heads, batch, Group.ITEMS, 1)
                    .groups("delta", queries * heads * batch, 1, 1, Group.ITEMS, 1)
                    .groups("queries", queries, heads, batch, Group.ITEMS, 1)
                    .groups("keys", keys, keyHeads, batch, Group.ITEMS, 1);
            g.tasks()
                    .task("forward", Attention::forward, c, vq, vk, vv, hidden, y, logSums, shape, scaling)
                    .task("delta", AttentionGradient::delta, c, y, vdy, delta, shape)
                    .task(
                            "queries",
                            AttentionGradient::queries,
                            c,
                            vq,
                            vk,
                            vv,
                            hidden,
                            vdy,
                            logSums,
                            delta,
                            gradients,
                            shape,
                            scaling)
                    .task(
                            "keys",
                            AttentionGradient::keysAndValues,
                            c,
                            vq,
                            vk,
                            vv,
                            hidden,
                            vdy,
                            logSums,
                            delta,
                            gradients,
                            shape,
                            scaling);
            g.writes(y, gradients).run();
        }
        Tensor tq = q.cast(DType.F64).track();
        Tensor tk = k.cast(DType.F64).track();
        Tensor tv = v.cast(DType.F64).track();
        Tensor want = plain(tq, tk, tv, causal == 1, window, scale, cap);
        List<Tensor> grads = Grad.vjp(want, List.of(tq, tk, tv), dy.cast(DType.F64), GradMode.CONSTANT);
        assertClose(3e-6, want, y, "attention");
        Tensor all = Tensor.cat(
                0, grads.stream().map(t -> t.transpose(1, 2).reshape(-1)).toArray(Tensor[]::new));
        assertClose(1e-5, all, gradients, "gradients by queries, keys and values");
    }

    /** As the textbook has it: all scores, a mask, a softmax. */
    private static Tensor plain(Tensor q, Tensor k, Tensor v, boolean causal, int window, double scale, double cap) {
        Tensor scores = q.matmul(repeated(k, q.dim(1)).transpose(2, 3)).mul(scale);
        if (cap > 0) {
            scores = scores.mul(1 / cap).tanh().mul(cap);
        }
        int queries = q.dim(2);
        int keys = k.dim(2);
        boolean[] hidden = new boolean[queries * keys];
        for (int i = 0; i < queries; i++) {
            for (int j = 0; j < keys; j++) {
                int position = i + keys - queries;
                hidden[i * keys + j] = causal && j > position || window > 0 && j <= position - window;
            }
        }
        return scores.maskedFill(Tensor.of(hidden, queries, keys), -1e30)
                .softmax()
                .matmul(repeated(v, q.dim(1)));
    }

    /** [B, G, S, D] to [B, H, S, D], each head standing for H / G. */
    private static Tensor repeated(Tensor x, int heads) {
        int[] s = x.shape().toArray();
        int times = heads / s[1];
        return x.unsqueeze(2).expand(s[0], s[1], times, s[2], s[3]).reshape(s[0], heads, s[2], s[3]);
    }
}
