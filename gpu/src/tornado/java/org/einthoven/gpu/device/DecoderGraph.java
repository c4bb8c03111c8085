package org.einthoven.gpu.device;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.einthoven.gpu.kernel.CachedAttention;
import org.einthoven.gpu.kernel.Group;
import org.einthoven.gpu.kernel.MatVec;
import org.einthoven.gpu.kernel.Norm;
import org.einthoven.gpu.kernel.Residual;
import org.einthoven.gpu.kernel.Rope;
import org.einthoven.tensor.backend.ResidentDecoder;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * The kernels of one pass over a language model, for up to so many tokens: embeddings cross to the device, the last token's
 * logits come back, and all between stays there.
 */
final class DecoderGraph {
    private final Graph graph;
    private final ResidentDecoder.Model model;
    private final DecoderArrays a;
    private final KernelContext c = new KernelContext();
    private final FloatArray x; // [rows, D], embeddings, then the residual stream
    private final IntArray call = new IntArray(2); // the first token's position, and how many there are
    private final FloatArray normed; // [rows, D]
    private final FloatArray rrms; // [rows]
    private final FloatArray qkv; // [rows, (H + 2 G) E]
    private final FloatArray q; // [rows, H E]
    private final FloatArray mixed; // [rows, H E]
    private final FloatArray branch; // [rows, D]
    private final FloatArray hidden; // [rows, F]
    private final FloatArray last; // [D]
    private final FloatArray lastNormed; // [D]
    private final FloatArray logits; // [V]

    DecoderGraph(Graph graph, ResidentDecoder.Model model, DecoderArrays a, int rows) {
        int d = model.head().dim(1);
        int e = model.headWidth();
        this.graph = graph;
        this.model = model;
        this.a = a;
        this.x = new FloatArray(rows * d);
        this.normed = new FloatArray(rows * d);
        this.rrms = new FloatArray(rows);
        this.qkv = new FloatArray(rows * (model.heads() + 2 * model.keyHeads()) * e);
        this.q = new FloatArray(rows * model.heads() * e);
        this.mixed = new FloatArray(rows * model.heads() * e);
        this.branch = new FloatArray(rows * d);
        this.hidden = new FloatArray(rows * model.blocks().getFirst().gate().dim(0));
        this.last = new FloatArray(d);
        this.lastNormed = new FloatArray(d);
        this.logits = new FloatArray(model.head().dim(0));
        graph.reads(x, call).scratch(normed, rrms, qkv, q, mixed, branch, hidden, last, lastNormed);
        for (int layer = 0; layer < a.layers.size(); layer++) {
            block("l" + layer, a.layers.get(layer));
        }
        head();
        graph.writes(logits);
    }

    /** Embeddings [rows, D] of the tokens from a position on. */
    void run(float[] embeds, int position, int rows) {
        MemorySegment.copy(embeds, 0, x.getSegment(), ValueLayout.JAVA_FLOAT, 0, embeds.length);
        call.set(0, position);
        call.set(1, rows);
        graph.run(rows);
    }

    /** Of the last token of the last run, [V]. */
    float[] logits() {
        return logits.toHeapArray();
    }

    /** Frees the memory of the whole plan. */
    void close() {
        graph.close();
    }

    private void block(String name, DecoderArrays.Layer l) {
        int d = model.head().dim(1);
        int e = model.headWidth();
        norm(name + "attentionNorm", x, l.attentionNorm(), normed);
        linear(name + "qkv", l.qkv(), normed, qkv, a.qkvShape, (model.heads() + 2 * model.keyHeads()) * e);
        String rope = name + "rope";
        graph.groupsPerRow(rope, ((model.heads() + 2 * model.keyHeads()) * e / 2 + 63) / 64, 64);
        graph.tasks()
                .task(
                        rope,
                        Rope::keyValueWrite,
                        c,
                        qkv,
                        a.cos,
                        a.sin,
                        q,
                        l.keyCache(),
                        l.valueCache(),
                        call,
                        a.ropeShape);
        String attention = name + "attention";
        graph.groupsPerRow(attention, model.heads(), Group.ITEMS);
        graph.tasks()
                .task(
                        attention,
                        CachedAttention::forward,
                        c,
                        q,
                        l.keyCache(),
                        l.valueCache(),
                        mixed,
                        call,
                        a.attentionShape,
                        a.scaling);
        linear(name + "mixed", l.mixed(), mixed, branch, a.mixedShape, d);
        add(name + "addAttention");
        norm(name + "feedNorm", x, l.feedNorm(), normed);
        gated(name + "gateUp", l.gateUp());
        linear(name + "down", l.down(), hidden, branch, a.downShape, d);
        add(name + "addFeed");
    }

    private void head() {
        graph.items("last", model.head().dim(1), 1, 1)
                .tasks()
                .task("last", Residual::lastRow, c, x, last, call, a.width);
        graph.groups("norm", 1, 1, 1, Group.ITEMS, 1);
        graph.tasks().task("norm", Norm::rms, c, last, a.norm, lastNormed, rrms, a.normShape, (float) model.eps());
        graph.groups("head", model.head().dim(0), 1, 1, Group.ITEMS, 1);
        product("head", a.head, lastNormed, logits, a.headShape);
    }

    private void norm(String task, FloatArray from, FloatArray weight, FloatArray to) {
        graph.groupPerRow(task, Group.ITEMS);
        graph.tasks().task(task, Norm::rms, c, from, weight, to, rrms, a.normShape, (float) model.eps());
    }

    private void add(String task) {
        graph.groupsPerRow(task, (model.head().dim(1) + 63) / 64, 64);
        graph.tasks().task(task, Residual::add, c, x, branch, a.width);
    }

    private void linear(String task, DeviceWeights w, FloatArray from, FloatArray to, IntArray shape, int outputs) {
        graph.groupsPerRow(task, outputs, Group.ITEMS);
        product(task, w, from, to, shape);
    }

    private void product(String task, DeviceWeights w, FloatArray from, FloatArray to, IntArray shape) {
        switch (w) {
            case DeviceWeights.F32(var values) -> graph.tasks().task(task, MatVec::f32, c, values, from, to, shape);
            case DeviceWeights.F16(var bits) -> graph.tasks().task(task, MatVec::f16, c, bits, from, to, shape);
            case DeviceWeights.Q8(var bytes, var scales) ->
                graph.tasks().task(task, MatVec::q8, c, bytes, scales, from, to, shape);
        }
    }

    private void gated(String task, DeviceWeights w) {
        graph.groupsPerRow(task, a.gateUpShape.get(1), Group.ITEMS);
        switch (w) {
            case DeviceWeights.F32(var values) ->
                graph.tasks().task(task, MatVec::gatedF32, c, values, normed, hidden, a.gateUpShape);
            case DeviceWeights.F16(var bits) ->
                graph.tasks().task(task, MatVec::gatedF16, c, bits, normed, hidden, a.gateUpShape);
            case DeviceWeights.Q8(var bytes, var scales) ->
                graph.tasks().task(task, MatVec::gatedQ8, c, bytes, scales, normed, hidden, a.gateUpShape);
        }
    }
}
