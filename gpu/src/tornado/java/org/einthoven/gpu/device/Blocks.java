package org.einthoven.gpu.device;

import java.util.List;
import org.einthoven.gpu.kernel.Attention;
import org.einthoven.gpu.kernel.AttentionGradient;
import org.einthoven.gpu.kernel.Convolution;
import org.einthoven.gpu.kernel.Gemm;
import org.einthoven.gpu.kernel.Group;
import org.einthoven.gpu.kernel.Norm;
import org.einthoven.gpu.kernel.Rope;
import org.einthoven.gpu.kernel.Rows;
import org.einthoven.tensor.Tensor;
import org.einthoven.tensor.op.Op;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.TornadoNativeArray;

/** Makes the graph of an op at given sizes: which kernel, over which grid, on what. */
final class Blocks {
    private final TransferLog log;
    private final DeviceMemory memory;
    private final Capabilities capabilities;

    Blocks(TransferLog log, DeviceMemory memory, Capabilities capabilities) {
        this.log = log;
        this.memory = memory;
        this.capabilities = capabilities;
    }

    private Graph graph(String kind) {
        Graph g = new Graph(kind, log, memory);
        return capabilities.cudaGraphs() ? g.replayed() : g;
    }

    /** {m, n, k, transA, transB, elements between one a and the next, likewise b, products}. */
    Program product(int[] s, long aSize, long bSize) {
        FloatArray a = new FloatArray((int) aSize);
        FloatArray b = new FloatArray((int) bSize);
        FloatArray y = new FloatArray(s[0] * s[1] * s[7]);
        FloatArray bias = new FloatArray(s[1]);
        IntArray shape = IntArray.fromArray(new int[] {s[0], s[1], s[2], s[3], s[4], s[5], s[6], 0});
        Graph g = graph("matmul").resident(shape, bias).reads(a, b);
        g.tiles("product", s[0], s[1], s[7]);
        g.tasks().task("product", Gemm::product, new KernelContext(), a, b, bias, y, shape);
        return new Program(g.writes(y), List.of(a, b), y);
    }

    /** x w^T for x [rows, inputs], or x w for x [rows, outputs] when transposed; the weight stays on the device. */
    Program linear(Tensor w, boolean transposed, int rows) {
        IntArray shape = LinearMap.shape(w.dim(1), w.dim(0), false, transposed);
        IntArray call = IntArray.fromArray(new int[] {0, rows});
        FloatArray x = new FloatArray(rows * LinearMap.operandWidth(shape));
        FloatArray y = new FloatArray(rows * LinearMap.resultWidth(shape));
        DeviceWeights weight = DeviceWeights.of(w);
        Graph g = graph(transposed ? "linearBack" : "linear")
                .resident(weight.arrays().toArray(TornadoNativeArray[]::new))
                .resident(shape)
                .reads(x);
        if (rows >= LinearMap.MANY_ROWS) {
            LinearMap.tiled(g.resident(call), "linear", weight, x, y, call, shape);
        } else {
            LinearMap.rowByRow(g, "linear", weight, x, y, shape);
        }
        return new Program(g.over(rows).writes(y), List.of(x), y);
    }

    /** Convolutions, rotary embedding, and what works row by row. */
    Program of(Op op, int[] sizes) {
        return switch (op) {
            case Op.Convolution c -> convolution(c, sizes);
            case Op.Rope r -> rope(sizes);
            case Op.ScaledNorm s -> scaledNorm(s.norm(), sizes[0], sizes[1]);
            case Op.NormGrad n -> normGrad(n.norm(), sizes[0], sizes[1]);
            default -> rows(op, sizes[0], sizes[1]);
        };
    }

    private Program convolution(Op.Convolution op, int[] s) {
        FloatArray x = new FloatArray(s[0] * s[1] * s[2]);
        FloatArray w = new FloatArray(s[3] * (s[1] / s[9]) * s[4]);
        FloatArray y = new FloatArray(s[0] * s[3] * s[5]);
        IntArray shape = IntArray.fromArray(s);
        KernelContext c = new KernelContext();
        return switch (op) {
            case Op.Conv1d f -> {
                Graph g = graph("conv1d").resident(shape).reads(x, w).items("conv", s[5], s[3], s[0]);
                g.tasks().task("conv", Convolution::forward, c, x, w, y, shape);
                yield new Program(g.writes(y), List.of(x, w), y);
            }
            case Op.Conv1dInputGrad f -> {
                Graph g = graph("conv1dInputGrad").resident(shape).reads(y, w).items("conv", s[2], s[1], s[0]);
                g.tasks().task("conv", Convolution::inputGradient, c, y, w, x, shape);
                yield new Program(g.writes(x), List.of(y, w), x);
            }
            case Op.Conv1dWeightGrad f -> {
                Graph g = graph("conv1dWeightGrad")
                        .resident(shape)
                        .reads(x, y)
                        .groups("conv", w.getSize(), 1, 1, Group.ITEMS, 1);
                g.tasks().task("conv", Convolution::weightGradient, c, x, y, w, shape);
                yield new Program(g.writes(w), List.of(x, y), w);
            }
        };
    }

    /**
     * Attention, and behind it its gradient where {@code g} is asked for: (q, k, v, hidden) or (g, q, k, v, hidden).
     *
     * @param s the shape of {@link Attention}
     */
    Program attention(Op.Attention op, boolean gradient, int[] s, int hiddenSize) {
        int batch = s[12];
        int lines = batch * s[2] * s[0];
        int places = batch * s[3] * s[1];
        FloatArray q = new FloatArray(lines * s[4]);
        FloatArray k = new FloatArray(places * s[4]);
        FloatArray v = new FloatArray(places * s[5]);
        FloatArray hidden = new FloatArray(hiddenSize);
        FloatArray y = new FloatArray(lines * s[5]);
        FloatArray logSums = new FloatArray(lines);
        IntArray shape = IntArray.fromArray(s);
        FloatArray scaling =
                FloatArray.fromArray(new float[] {(float) op.scale(), op.isCapped() ? (float) op.cap() : 0f});
        KernelContext c = new KernelContext();
        Graph g = graph(gradient ? "attentionGrad" : "attention")
                .resident(shape, scaling)
                .scratch(logSums)
                .groups("forward", s[0], s[2], batch, Group.ITEMS, 1);
        if (!gradient) {
            g.reads(q, k, v, hidden);
            g.tasks().task("forward", Attention::forward, c, q, k, v, hidden, y, logSums, shape, scaling);
            return new Program(g.writes(y), List.of(q, k, v, hidden), y);
        }
        FloatArray dy = new FloatArray(lines * s[5]);
        FloatArray delta = new FloatArray(lines);
        FloatArray all = new FloatArray(q.getSize() + k.getSize() + v.getSize());
        g.reads(dy, q, k, v, hidden)
                .scratch(y, delta)
                .groups("delta", lines, 1, 1, Group.ITEMS, 1)
                .groups("queries", s[0], s[2], batch, Group.ITEMS, 1)
                .groups("keys", s[1], s[3], batch, Group.ITEMS, 1);
        g.tasks()
                .task("forward", Attention::forward, c, q, k, v, hidden, y, logSums, shape, scaling)
                .task("delta", AttentionGradient::delta, c, y, dy, delta, shape)
                .task(
                        "queries",
                        AttentionGradient::queries,
                        c,
                        q,
                        k,
                        v,
                        hidden,
                        dy,
                        logSums,
                        delta,
                        all,
                        shape,
                        scaling)
                .task(
                        "keys",
                        AttentionGradient::keysAndValues,
                        c,
                        q,
                        k,
                        v,
                        hidden,
                        dy,
                        logSums,
                        delta,
                        all,
                        shape,
                        scaling);
        return new Program(g.writes(all), List.of(dy, q, k, v, hidden), all);
    }

    private Program rope(int[] s) {
        FloatArray x = new FloatArray(2 * s[0]);
        FloatArray cos = new FloatArray(s[1] * s[2] / 2);
        FloatArray sin = new FloatArray(s[1] * s[2] / 2);
        FloatArray y = new FloatArray(2 * s[0]);
        IntArray shape = IntArray.fromArray(s);
        Graph g = graph("rope").resident(shape).reads(x, cos, sin).items("turn", s[0], 1, 1);
        g.tasks().task("turn", Rope::turnPairs, new KernelContext(), x, cos, sin, y, shape);
        return new Program(g.writes(y), List.of(x, cos, sin), y);
    }

    private Program rows(Op op, int rows, int d) {
        FloatArray x = new FloatArray(rows * d);
        FloatArray y = new FloatArray(rows * d);
        IntArray width = IntArray.fromArray(new int[] {d});
        KernelContext c = new KernelContext();
        Graph g = graph("rows").reads(x).groups("rows", rows, 1, 1, Group.ITEMS, 1);
        switch (op) {
            case Op.Softmax() -> g.resident(width).tasks().task("rows", Rows::softmax, c, x, y, width);
            case Op.LogSoftmax() -> g.resident(width).tasks().task("rows", Rows::logSoftmax, c, x, y, width);
            case Op.Norm n -> {
                FloatArray ones = filled(d, 1f);
                FloatArray zeros = new FloatArray(d);
                g.resident(n instanceof Op.LayerNorm ? new FloatArray[] {ones, zeros} : new FloatArray[] {ones});
                norm(g, n, x, ones, zeros, y, rows);
            }
            default -> throw new IllegalStateException("no kernel for " + op);
        }
        return new Program(g.writes(y), List.of(x), y);
    }

    /** A norm with its weight, and for a layer norm its bias, as operands. */
    private Program scaledNorm(Op.Norm norm, int rows, int d) {
        FloatArray x = new FloatArray(rows * d);
        FloatArray weight = new FloatArray(d);
        FloatArray bias = new FloatArray(d);
        FloatArray y = new FloatArray(rows * d);
        boolean layer = norm instanceof Op.LayerNorm;
        Graph g = graph("rows").reads(x, weight).groups("rows", rows, 1, 1, Group.ITEMS, 1);
        if (layer) {
            g.reads(bias);
        }
        norm(g, norm, x, weight, bias, y, rows);
        return new Program(g.writes(y), layer ? List.of(x, weight, bias) : List.of(x, weight), y);
    }

    private static void norm(
            Graph g, Op.Norm norm, FloatArray x, FloatArray weight, FloatArray bias, FloatArray y, int rows) {
        IntArray shape = IntArray.fromArray(new int[] {rows, weight.getSize()});
        FloatArray deviations = new FloatArray(rows);
        KernelContext c = new KernelContext();
        g.resident(shape).scratch(deviations);
        switch (norm) {
            case Op.LayerNorm(double eps) -> {
                FloatArray means = new FloatArray(rows);
                g.scratch(means);
                g.tasks().task("rows", Norm::layer, c, x, weight, bias, y, means, deviations, shape, (float) eps);
            }
            case Op.RmsNorm(double eps) ->
                g.tasks().task("rows", Norm::rms, c, x, weight, y, deviations, shape, (float) eps);
        }
    }

    private Program normGrad(Op.Norm norm, int rows, int d) {
        FloatArray dy = new FloatArray(rows * d);
        FloatArray x = new FloatArray(rows * d);
        FloatArray y = new FloatArray(rows * d);
        IntArray shape = IntArray.fromArray(new int[] {rows, d});
        KernelContext c = new KernelContext();
        Graph g = graph("rows").resident(shape).reads(dy, x).groups("rows", rows, 1, 1, Group.ITEMS, 1);
        switch (norm) {
            case Op.LayerNorm(double eps) ->
                g.tasks().task("rows", Norm::layerJacobian, c, dy, x, y, shape, (float) eps);
            case Op.RmsNorm(double eps) -> g.tasks().task("rows", Norm::rmsJacobian, c, dy, x, y, shape, (float) eps);
        }
        return new Program(g.writes(y), List.of(dy, x), y);
    }

    private static FloatArray filled(int n, float value) {
        FloatArray a = new FloatArray(n);
        for (int i = 0; i < n; i++) {
            a.set(i, value);
        }
        return a;
    }
}
