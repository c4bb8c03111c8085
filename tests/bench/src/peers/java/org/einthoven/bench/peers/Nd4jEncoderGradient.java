package org.einthoven.bench.peers;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.einthoven.autograd.Params;
import org.einthoven.bench.Entrant;
import org.einthoven.bench.Work;
import org.einthoven.models.ecg.EcgEncoder;
import org.einthoven.models.ecg.EcgEncoderConfig;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Forward and backward through the ECG encoder {@link EcgEncoder} by SameDiff, the part of ND4J that differentiates: a graph that
 * is built once, of rows [B T, D] throughout as in {@link Nd4jEncoder}.
 */
final class Nd4jEncoderGradient {
    private static final EcgEncoderConfig CONFIG = EcgEncoderConfig.base();
    private static final double EPS = 1e-5;

    private final SameDiff graph = SameDiff.create();
    private final List<String> paths;
    private final long batch;

    private Nd4jEncoderGradient(Work.Encoder w) {
        Params p = w.parameters();
        p.forEach((path, t) -> graph.var(path, Nd4jPeer.array(t)));
        paths = p.paths();
        INDArray signal = Nd4jPeer.array(w.signal()); // [B, 12, T]
        batch = signal.size(0);
        SDVariable mean = mean(graph.constant(signal), signal.size(2)); // [B, D]
        graph.setLossVariables(
                mean.mul(graph.constant(Nd4jPeer.array(w.weighting()))).sum());
    }

    static Entrant entrant(Work.Encoder w) {
        Nd4jEncoderGradient encoder = new Nd4jEncoderGradient(w);
        return new Entrant() {
            @Override
            public Object run() {
                Collection<INDArray> gradients = encoder.gradients().values();
                gradients.forEach(INDArray::close);
                return gradients;
            }

            @Override
            public float[] result() {
                Map<String, INDArray> gradients = encoder.gradients();
                float[] one = Objects.requireNonNull(gradients.get(w.compared()))
                        .dup('c')
                        .data()
                        .asFloat();
                gradients.values().forEach(INDArray::close);
                return one;
            }
        };
    }

    private Map<String, INDArray> gradients() {
        return graph.calculateGradients(Map.of(), paths);
    }

    private SDVariable mean(SDVariable signal, long samples) { // [B, 12, T] -> [B, D]
        SDVariable x = signal.permute(0, 2, 1); // [B, T, C]
        long steps = samples;
        long width = CONFIG.leads();
        for (int i = 0; i < CONFIG.convs().size(); i++) {
            int stride = CONFIG.convs().get(i).stride(); // and kernel
            long channels = CONFIG.convs().get(i).dim();
            String at = "feature_extractor.conv_layers." + i;
            if (steps % stride > 0) {
                x = graph.slice(x, new int[3], (int) batch, (int) (steps - steps % stride), (int) width);
            }
            steps /= stride;
            SDVariable kernel = weight(at + ".0.weight").permute(0, 2, 1).reshape(channels, stride * width);
            x = product(x.reshape(batch * steps, stride * width), kernel);
            width = channels;
            if (i == 0) {
                x = groupNorm(at + ".2", x.reshape(batch, steps, width));
            }
            x = gelu(x).reshape(batch, steps, width);
        }
        x = norm("layer_norm", x.reshape(batch * steps, width));
        x = linear("post_extract_proj", x); // [B T', D]
        x = norm("encoder.layer_norm", x.add(positions(x, steps)));
        for (int i = 0; i < CONFIG.layers(); i++) {
            x = layer("encoder.layers." + i, x, steps);
        }
        return x.reshape(batch, steps, CONFIG.width()).mean(1);
    }

    /** Each channel over time. */
    private SDVariable groupNorm(String at, SDVariable x) { // [B, T, F] -> the same
        SDVariable centred = x.sub(x.mean(true, 1));
        SDVariable variance = graph.math().square(centred).mean(true, 1);
        SDVariable y = centred.div(graph.math().sqrt(variance.add(EPS)));
        return y.mul(weight(at + ".weight")).add(weight(at + ".bias"));
    }

    private SDVariable positions(SDVariable x, long steps) { // [B T', D] -> the same
        String at = "conv_pos.pos_conv.0";
        int kernel = CONFIG.positionKernel();
        int groups = CONFIG.positionGroups();
        int width = CONFIG.width();
        int part = width / groups;
        SDVariable v = weight(at + ".weight_v"); // [D, D / groups, K]
        SDVariable length = graph.math().sqrt(graph.math().square(v).sum(true, 0, 1));
        SDVariable kernels =
                v.mul(weight(at + ".weight_g").div(length)).permute(2, 1, 0); // [K, D / groups, D]
        SDVariable channels = x.reshape(batch, steps, width).permute(0, 2, 1); // [B, D, T']
        SDVariable[] parts = new SDVariable[groups];
        for (int g = 0; g < groups; g++) {
            SDVariable y = graph.cnn()
                    .conv1d(
                            graph.slice(channels, new int[] {0, g * part, 0}, (int) batch, part, (int) steps),
                            graph.slice(kernels, new int[] {0, 0, g * part}, kernel, part, part),
                            Nd4jPeer.convolution(kernel, 1, kernel / 2));
            parts[g] = graph.slice(y, new int[3], (int) batch, part, (int) steps);
        }
        SDVariable rows = graph.concat(1, parts).permute(0, 2, 1).reshape(batch * steps, width);
        return gelu(graph.nn().biasAdd(rows, weight(at + ".bias"), false));
    }

    private SDVariable layer(String at, SDVariable x, long steps) {
        SDVariable y = norm(at + ".self_attn_layer_norm", x.add(attention(at + ".self_attn", x, steps)));
        SDVariable inner = gelu(linear(at + ".fc1", y));
        return norm(at + ".final_layer_norm", y.add(linear(at + ".fc2", inner)));
    }

    private SDVariable attention(String at, SDVariable x, long steps) {
        double scale = 1 / Math.sqrt((double) CONFIG.width() / CONFIG.heads());
        SDVariable q = heads(linear(at + ".q_proj", x).mul(scale), steps);
        SDVariable k = heads(linear(at + ".k_proj", x), steps);
        SDVariable v = heads(linear(at + ".v_proj", x), steps);
        SDVariable weights = graph.nn().softmax(q.mmul(k.permute(0, 1, 3, 2)), 3); // [B, H, T', T']
        SDVariable joined = weights.mmul(v).permute(0, 2, 1, 3).reshape(batch * steps, CONFIG.width());
        return linear(at + ".out_proj", joined);
    }

    private SDVariable heads(SDVariable x, long steps) { // [B T', D] -> [B, H, T', E]
        return x.reshape(batch, steps, CONFIG.heads(), CONFIG.width() / CONFIG.heads())
                .permute(0, 2, 1, 3);
    }

    private SDVariable linear(String at, SDVariable x) {
        return graph.nn().biasAdd(product(x, weight(at + ".weight")), weight(at + ".bias"), false);
    }

    /** x wᵀ of [N, I] and [O, I]. */
    private SDVariable product(SDVariable x, SDVariable w) {
        return graph.mmul(x, w, false, true, false);
    }

    private SDVariable norm(String at, SDVariable x) {
        return graph.nn().layerNorm(x, weight(at + ".weight"), weight(at + ".bias"), false, 1);
    }

    private SDVariable gelu(SDVariable x) {
        return x.mul(graph.math().erf(x.mul(Math.sqrt(0.5))).add(1).mul(0.5));
    }

    private SDVariable weight(String path) {
        return graph.getVariable(path);
    }
}
