package org.einthoven.gpu.device;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.einthoven.tensor.Tensor;
import org.einthoven.tensor.backend.ResidentDecoder;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.TornadoNativeArray;

/** What layers of a language model keep on the device: weights, angles, sizes, and the key-value cache, which begins as zeros. */
final class DecoderArrays {
    /** @param qkv [(H + 2 G) E, D], of one product; {@code gateUp} [2 F, D] likewise */
    record Layer(
            FloatArray attentionNorm,
            DeviceWeights qkv,
            DeviceWeights mixed,
            FloatArray feedNorm,
            DeviceWeights gateUp,
            DeviceWeights down,
            FloatArray keyCache,
            FloatArray valueCache) {}

    final List<Layer> layers = new ArrayList<>();
    final FloatArray norm;
    final Optional<DeviceWeights> head; // where these are the last layers
    final FloatArray cos;
    final FloatArray sin;
    final FloatArray scaling;
    /** Sizes as kernels take them. */
    final IntArray attentionShape;

    final IntArray ropeShape;
    final IntArray width;
    final IntArray normShape;
    final IntArray qkvShape;
    final IntArray mixedShape;
    final IntArray gateUpShape;
    final IntArray gatedShape;
    final IntArray downShape;
    final IntArray headShape;
    /** Of decoding alone, and so not among {@link #all}: what two graphs share has to be used by the first. */
    final IntArray bestShape;

    /** Of the layers from {@code from} to before {@code to}; behind the last of the model stands its head. */
    DecoderArrays(ResidentDecoder.Model m, int from, int to) {
        int d = m.head().dim(1);
        int e = m.headWidth();
        int features = m.blocks().getFirst().gate().dim(0);
        int cache = m.keyHeads() * m.capacity() * e;
        for (ResidentDecoder.Block b : m.blocks().subList(from, to)) {
            layers.add(new Layer(
                    floats(b.attentionNorm()),
                    DeviceWeights.of(b.queries(), b.keys(), b.values()),
                    DeviceWeights.of(b.mixed()),
                    floats(b.feedNorm()),
                    DeviceWeights.of(b.gate(), b.up()),
                    DeviceWeights.of(b.down()),
                    new FloatArray(cache),
                    new FloatArray(cache)));
        }
        norm = floats(m.norm());
        head = to == m.blocks().size() ? Optional.of(DeviceWeights.of(m.head())) : Optional.empty();
        cos = floats(m.cos());
        sin = floats(m.sin());
        scaling = FloatArray.fromArray(new float[] {(float) m.scale(), 0f, 1f});
        attentionShape = ints(m.heads(), m.keyHeads(), e, m.capacity());
        ropeShape = ints(m.heads(), m.keyHeads(), e, m.capacity(), m.interleaved() ? 1 : 0);
        width = ints(d);
        normShape = ints(0, d); // of any number of rows
        qkvShape = LinearMap.shape(d, (m.heads() + 2 * m.keyHeads()) * e, false, false);
        mixedShape = LinearMap.shape(m.heads() * e, d, true, false);
        gatedShape = ints(d, features);
        gateUpShape = LinearMap.shape(d, 2 * features, false, false);
        downShape = LinearMap.shape(features, d, true, false);
        headShape = LinearMap.shape(d, m.head().dim(0), false, false);
        bestShape = ints(m.head().dim(0), 1024);
    }

    private static FloatArray floats(Tensor t) {
        return FloatArray.fromArray(t.toFloats());
    }

    private static IntArray ints(int... values) {
        return IntArray.fromArray(values);
    }

    /** All of them. */
    TornadoNativeArray[] all() {
        List<TornadoNativeArray> all = new ArrayList<>(List.of(
                norm,
                cos,
                sin,
                scaling,
                attentionShape,
                ropeShape,
                width,
                normShape,
                qkvShape,
                mixedShape,
                gateUpShape,
                gatedShape,
                downShape,
                headShape));
        head.ifPresent(w -> all.addAll(w.arrays()));
        for (Layer l : layers) {
            all.addAll(List.of(l.attentionNorm, l.feedNorm, l.keyCache, l.valueCache));
            for (DeviceWeights w : List.of(l.qkv, l.mixed, l.gateUp, l.down)) {
                all.addAll(w.arrays());
            }
        }
        return all.toArray(TornadoNativeArray[]::new);
    }
}
