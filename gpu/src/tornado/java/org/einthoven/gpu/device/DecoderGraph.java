package org.einthoven.gpu.device;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.einthoven.gpu.kernel.ArgMax;
import org.einthoven.gpu.kernel.CachedAttention;
import org.einthoven.gpu.kernel.Embedding;
import org.einthoven.gpu.kernel.FeedForward;
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
 * The kernels of one pass over layers of a language model, for up to so many tokens: the residual stream crosses to the device,
 * which begins as embeddings, or the id of a single token where its embedding is there; behind the last layer the last token's
 * logits come back, or of a single token the likeliest that follows, with logits when they are asked for; the stream behind
 * another layer; and all between stays there.
 */
final class DecoderGraph {
    private final Graph graph;
    private final ResidentDecoder.Model model;
    private final DecoderArrays a;
    private final boolean readsPrompts; // or a single token
    private final KernelContext c = new KernelContext();
    private final FloatArray x; // [rows, D], the residual stream
    private final IntArray call = new IntArray(3); // the first position, how many there are, the id of a single one
    private final FloatArray normed; // [rows, D]
    private final FloatArray rrms; // [rows]
    private final FloatArray qkv; // [rows, (H + 2 G) E]
    private final FloatArray q; // [rows, H E]
    private final FloatArray mixed; // [rows, H E]
    private final FloatArray gateUp; // [rows, 2 F], where prompts are read
    private final FloatArray hidden; // [rows, F]
    private final FloatArray last; // [D]
    private final FloatArray lastNormed; // [D]
    private final FloatArray logits; // [V]
    private final IntArray places; // of the largest logit of each piece of them
    private final IntArray place = new IntArray(1); // of the largest
    private final FloatArray largest = new FloatArray(1);

    /** @param readsIds whether a token comes as its id, since its embedding is there: the head's matrix has it */
    DecoderGraph(Graph graph, ResidentDecoder.Model model, DecoderArrays a, int rows, boolean readsIds) {
        int d = model.head().dim(1);
        int e = model.headWidth();
        this.graph = graph;
        this.model = model;
        this.a = a;
        this.readsPrompts = rows > 1;
        this.x = new FloatArray(rows * d);
        this.normed = new FloatArray(rows * d);
        this.rrms = new FloatArray(rows);
        this.qkv = new FloatArray(rows * (model.heads() + 2 * model.keyHeads()) * e);
        this.q = new FloatArray(rows * model.heads() * e);
        this.mixed = new FloatArray(rows * model.heads() * e);
        this.hidden = new FloatArray(rows * a.gatedShape.get(1));
        this.gateUp = new FloatArray(readsPrompts ? 2 * hidden.getSize() : 1);
        this.last = new FloatArray(d);
        this.lastNormed = new FloatArray(d);
        this.logits = new FloatArray(a.head.isPresent() ? model.head().dim(0) : 1);
        this.places = new IntArray(Math.ceilDiv(a.bestShape.get(0), a.bestShape.get(1)));
        graph.reads(call).scratch(normed, rrms, qkv, q, mixed, gateUp, hidden, last, lastNormed, places);
        if (readsIds) {
            embedding(a.head.orElseThrow());
        } else {
            graph.reads(x);
        }
        for (int layer = 0; layer < a.layers.size(); layer++) {
            block("l" + layer, a.layers.get(layer));
        }
        a.head.ifPresentOrElse(this::head, () -> graph.writes(x));
    }

    /** The residual stream [rows, D] of the tokens from a position on. */
    void run(float[] stream, int position, int rows) {
        MemorySegment.copy(stream, 0, x.getSegment(), ValueLayout.JAVA_FLOAT, 0, stream.length);
        call.set(0, position);
        call.set(1, rows);
        graph.over(rows).run();
    }

    /** The residual stream [rows, D] behind the layers, where others follow. */
    float[] stream(int rows) {
        return x.getSegment().asSlice(0, 4L * rows * model.head().dim(1)).toArray(ValueLayout.JAVA_FLOAT);
    }

    /** A single token by its id, at a position. */
    void run(int id, int position) {
        call.set(0, position);
        call.set(1, 1);
        call.set(2, id);
        graph.over(1).run();
    }

    /** Of the last token of the last run, [V]. */
    float[] logits() {
        if (!readsPrompts) {
            graph.fetch(logits);
        }
        return logits.toHeapArray();
    }

    /** Behind the last token of the last run; found here behind a prompt, whose logits are here. */
    ResidentDecoder.Likeliest likeliest() {
        if (readsPrompts) {
            int best = 0;
            for (int i = 1; i < logits.getSize(); i++) {
                best = logits.get(i) > logits.get(best) ? i : best;
            }
            return new ResidentDecoder.Likeliest(best, logits.get(best));
        }
        return new ResidentDecoder.Likeliest(place.get(0), largest.get(0));
    }

    /** Frees the memory of the whole plan. */
    void close() {
        graph.close();
    }

    private void embedding(DeviceWeights table) {
        graph.scratch(x).items("embedding", model.head().dim(1), 1, 1);
        switch (table) {
            case DeviceWeights.F32(var w) ->
                graph.tasks().task("embedding", Embedding::f32, c, w, x, call, a.headShape, a.scaling);
            case DeviceWeights.F16(var w) ->
                graph.tasks().task("embedding", Embedding::f16, c, w, x, call, a.headShape, a.scaling);
            case DeviceWeights.Q8(var w, var scales) ->
                graph.tasks().task("embedding", Embedding::q8, c, w, scales, x, call, a.headShape, a.scaling);
        }
    }

    private void block(String name, DecoderArrays.Layer l) {
        int e = model.headWidth();
        norm(name + "attentionNorm", x, l.attentionNorm(), normed);
        linear(name + "qkv", l.qkv(), normed, qkv, a.qkvShape);
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
        linear(name + "mixed", l.mixed(), mixed, x, a.mixedShape);
        norm(name + "feedNorm", x, l.feedNorm(), normed);
        gated(name, l.gateUp());
        linear(name + "down", l.down(), hidden, x, a.downShape);
    }

    private void head(DeviceWeights head) {
        graph.items("last", model.head().dim(1), 1, 1)
                .tasks()
                .task("last", Residual::lastRow, c, x, last, call, a.width);
        graph.groups("norm", 1, 1, 1, Group.ITEMS, 1);
        graph.tasks().task("norm", Norm::rms, c, last, a.norm, lastNormed, rrms, a.normShape, (float) model.eps());
        LinearMap.oneRow(graph, "head", head, lastNormed, logits, a.headShape);
        if (readsPrompts) {
            graph.writes(logits);
            return;
        }
        graph.resident(a.bestShape);
        graph.groups("bestOfPieces", places.getSize(), 1, 1, Group.ITEMS, 1);
        graph.groups("best", 1, 1, 1, Group.ITEMS, 1);
        graph.tasks()
                .task("bestOfPieces", ArgMax::ofEachPiece, c, logits, places, a.bestShape)
                .task("best", ArgMax::ofPieces, c, logits, places, place, largest, a.bestShape);
        graph.writes(place, largest).offers(logits);
    }

    private void norm(String task, FloatArray from, FloatArray weight, FloatArray to) {
        graph.groupPerRow(task, Group.ITEMS);
        graph.tasks().task(task, Norm::rms, c, from, weight, to, rrms, a.normShape, (float) model.eps());
    }

    /** Weights are read once for a tile of the prompt's rows, or for the one row there is. */
    private void linear(String task, DeviceWeights w, FloatArray from, FloatArray to, IntArray shape) {
        if (readsPrompts) {
            LinearMap.tiled(graph, task, w, from, to, call, shape);
        } else {
            LinearMap.rowByRow(graph, task, w, from, to, shape);
        }
    }

    private void gated(String name, DeviceWeights w) {
        if (readsPrompts) {
            linear(name + "gateUp", w, normed, gateUp, a.gateUpShape);
            graph.groupsPerRow(name + "gated", Math.ceilDiv(a.gatedShape.get(1), 64), 64);
            graph.tasks().task(name + "gated", FeedForward::gated, c, gateUp, hidden, a.gatedShape);
            return;
        }
        String task = name + "gateUp";
        graph.groupsPerRow(task, a.gatedShape.get(1), Group.ITEMS);
        switch (w) {
            case DeviceWeights.F32(var values) ->
                graph.tasks().task(task, MatVec::gatedF32, c, values, normed, hidden, a.gatedShape);
            case DeviceWeights.F16(var bits) ->
                graph.tasks().task(task, MatVec::gatedF16, c, bits, normed, hidden, a.gatedShape);
            case DeviceWeights.Q8(var bytes, var scales) ->
                graph.tasks().task(task, MatVec::gatedQ8, c, bytes, scales, normed, hidden, a.gatedShape);
        }
    }
}
