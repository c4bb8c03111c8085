package org.einthoven.models.ecg;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.einthoven.autograd.Params;
import org.einthoven.autograd.Recompute;
import org.einthoven.models.nn.Conv1d;
import org.einthoven.models.nn.GroupNorm;
import org.einthoven.models.nn.Layer;
import org.einthoven.models.nn.LayerNorm;
import org.einthoven.models.nn.Linear;
import org.einthoven.models.nn.MultiHeadAttention;
import org.einthoven.models.nn.WeightNormConv1d;
import org.einthoven.tensor.Nullable;
import org.einthoven.tensor.Rng;
import org.einthoven.tensor.ShapeException;
import org.einthoven.tensor.Tensor;
import org.einthoven.tensor.Workspace;

/**
 * The ECG encoder {@code ecg_transformer} of fairseq-signals.
 *
 * <p>Oh, Chung, Kwon, Choi: "Lead-agnostic Self-supervised Learning for Local and Global Representations of
 * Electrocardiogram", CHIL 2022, <a href="https://arxiv.org/abs/2203.06889">arXiv 2203.06889</a>, on wav2vec 2.0
 * (<a href="https://arxiv.org/abs/2006.11477">arXiv 2006.11477</a>) and CLOCS
 * (<a href="https://arxiv.org/abs/2005.13249">arXiv 2005.13249</a>). Parameter names are those of its checkpoints.
 *
 * <p>B batch, C leads, T samples, T' feature steps, F feature channels, D width. At full size [B, 12, 2500], 5 s at 500 Hz
 * in mV, becomes 156 steps of width 768, and their pooled vector [B, 768].
 *
 * @param config the sizes
 * @param recompute whether each transformer layer is computed again in the backward pass instead of being kept; the bits
 *     are the same
 */
public record EcgEncoder(EcgEncoderConfig config, boolean recompute) implements Layer {
    private static final double EPS = 1e-5;

    /** Sees the value after each stage under the stage's name: {@code conv_features}, {@code layer_0}, ... */
    @FunctionalInterface
    public interface Probe {
        Probe NONE = (stage, value) -> {};

        void see(String stage, Tensor value);
    }

    public EcgEncoder(EcgEncoderConfig config) {
        this(config, false);
    }

    // ---------------------------------------------------------------- forward

    /** ECGs to their pooled vectors; see {@link Encoding#pooled}. */
    @Override
    public Tensor apply(Params p, Tensor signal) { // [B, C, T] -> [B, D]
        return encode(p, signal).pooled();
    }

    /** ECGs of full length, F32 or F64 [B, C, T] in mV. */
    public Encoding encode(Params p, Tensor signal) {
        return encode(p, signal, null, Probe.NONE);
    }

    /**
     * ECGs of which some are padded at the end.
     *
     * @param samples length of each record, at least one receptive field; null when all fill the tensor
     * @throws ShapeException when the signal is not [B, C, T] or a record is too short for one feature step
     */
    public Encoding encode(Params p, Tensor signal, int @Nullable [] samples, Probe probe) {
        check(signal, samples);
        Tensor features = features(p.in("feature_extractor.conv_layers"), signal); // [B, F, T']
        probe.see("conv_features", features);
        Tensor x = scaledGradient(features).transpose(1, 2); // [B, T', F]
        x = new LayerNorm(config.featureDim(), EPS).apply(p.in("layer_norm"), x); // [B, T', F]
        probe.see("features_layer_norm", x);
        if (config.projectsFeatures()) {
            x = new Linear(config.featureDim(), config.width(), true).apply(p.in("post_extract_proj"), x); // [B, T', D]
            probe.see("post_extract_proj", x);
        }
        Tensor position = positions(p.in("conv_pos.pos_conv.0"), x); // [B, T', D]
        probe.see("conv_pos", position);
        Tensor padding = padding(samples, x.dim(1)); // [B, T']
        x = blank(x.add(position), padding); // [B, T', D]
        return new Encoding(transformer(p.in("encoder"), x, padding, probe), padding);
    }

    private Tensor features(Params p, Tensor x) { // [B, C, T] -> [B, F, T']
        for (int i = 0; i < config.convs().size(); i++) {
            x = feature(i, p.in(String.valueOf(i)), x);
        }
        return x;
    }

    private Tensor feature(int i, Params p, Tensor x) { // [B, C, T] -> [B, F, T / stride]
        return Workspace.stage(() -> {
            Tensor y = featureConv(i).apply(p.in("0"), x);
            return (i == 0 ? featureNorm().apply(p.in("2"), y) : y).gelu();
        });
    }

    private Tensor positions(Params p, Tensor x) { // [B, T', D] -> [B, T', D]
        return Workspace.stage(() -> {
            Tensor y = positionConv().apply(p, x.transpose(1, 2)); // [B, D, T' or T' + 1]
            return y.slice(2, 0, x.dim(1)).gelu().transpose(1, 2); // an even kernel gives one step too many
        });
    }

    private Tensor transformer(Params p, Tensor x, @Nullable Tensor padding, Probe probe) { // [B, T', D] -> [B, T', D]
        LayerNorm norm = new LayerNorm(config.width(), EPS);
        if (!config.normFirst()) {
            x = norm.apply(p.in("layer_norm"), x);
            probe.see("encoder_input_normed", x);
        }
        int last = config.layers() - 1;
        for (int i = 0; i <= last; i++) {
            x = layer(p.in("layers." + i), x, padding);
            if (i == last && !config.normFirst()) {
                x = blank(x, padding); // the result is zero where there is no record, and pooling leaves that out
            }
            probe.see("layer_" + i, x);
        }
        if (config.normFirst()) {
            x = blank(norm.apply(p.in("layer_norm"), x), padding);
            probe.see("encoder_input_normed", x);
        }
        return x;
    }

    private Tensor layer(Params p, Tensor x, @Nullable Tensor padding) { // [B, T', D] -> [B, T', D]
        return Workspace.stage(() -> recompute ? recomputed(layer(), p, x, padding) : layer().apply(p, x, padding));
    }

    private static Tensor recomputed(TransformerLayer layer, Params p, Tensor x, @Nullable Tensor padding) {
        List<String> paths = p.paths();
        List<Tensor> inputs = new ArrayList<>(p.tensors());
        inputs.add(x);
        return Recompute.of(
                in -> {
                    Map<String, Tensor> again = new LinkedHashMap<>();
                    for (int i = 0; i < paths.size(); i++) {
                        again.put(paths.get(i), in.get(i));
                    }
                    return layer.apply(Params.of(again), in.getLast(), padding);
                },
                inputs.toArray(Tensor[]::new));
    }

    /** The same value; the gradient on its way into the convolutions is multiplied by the configuration's factor. */
    private Tensor scaledGradient(Tensor x) {
        double factor = config.featureGradient();
        if (!x.isTracked() || factor == 1) {
            return x;
        }
        Tensor value = x.detach();
        return factor == 0 ? value : value.add(x.sub(value).mul(factor));
    }

    private static Tensor blank(Tensor x, @Nullable Tensor padding) {
        return padding == null ? x : x.maskedFill(padding.unsqueeze(-1), 0);
    }

    private @Nullable Tensor padding(int @Nullable [] samples, int steps) { // BOOL [B, T'], or null
        if (samples == null || Arrays.stream(samples).allMatch(n -> config.steps(n) == steps)) {
            return null;
        }
        boolean[] padded = new boolean[samples.length * steps];
        for (int b = 0; b < samples.length; b++) {
            Arrays.fill(padded, b * steps + config.steps(samples[b]), (b + 1) * steps, true);
        }
        return Tensor.of(padded, samples.length, steps);
    }

    private void check(Tensor signal, int @Nullable [] samples) {
        if (signal.rank() != 3 || signal.dim(1) != config.leads()) {
            throw new ShapeException(
                    "encoder: the signal must be [B, " + config.leads() + ", T], mV in the order of the leads, got "
                            + signal.shape() + (signal.rank() == 2 ? "; unsqueeze(0) makes a batch of one" : ""));
        }
        if (samples != null && samples.length != signal.dim(0)) {
            throw new ShapeException(
                    "encoder: " + samples.length + " record lengths for " + signal.dim(0) + " records");
        }
        int least = config.receptiveField();
        for (int n : samples == null ? new int[] {signal.dim(2)} : samples) {
            if (n < least || n > signal.dim(2)) {
                throw new ShapeException("encoder: a record of " + n + " samples in a signal of " + signal.dim(2)
                        + "; one feature step needs " + least + " samples");
            }
        }
    }

    // ---------------------------------------------------------------- parts

    private Conv1d featureConv(int i) {
        EcgEncoderConfig.Conv c = config.convs().get(i);
        int in = i == 0 ? config.leads() : config.convs().get(i - 1).dim();
        return new Conv1d(in, c.dim(), c.kernel(), c.stride(), 0, 1, config.convBias());
    }

    private GroupNorm featureNorm() {
        int channels = config.convs().getFirst().dim();
        return new GroupNorm(channels, channels, EPS);
    }

    private WeightNormConv1d positionConv() {
        int k = config.positionKernel();
        return new WeightNormConv1d(
                new Conv1d(config.width(), config.width(), k, 1, k / 2, config.positionGroups(), true));
    }

    private TransformerLayer layer() {
        return new TransformerLayer(config.width(), config.heads(), config.feedForward(), config.normFirst());
    }

    /** Attention and feed-forward, each with a residual and a norm, which stands before the part or after the sum. */
    private record TransformerLayer(int width, int heads, int feedForward, boolean normFirst) {
        Params init(Rng rng) {
            return attention()
                    .init(rng.split("self_attn"))
                    .under("self_attn")
                    .and(norm().init(rng).under("self_attn_layer_norm"))
                    .and(new Linear(width, feedForward, true)
                            .init(rng.split("fc1"))
                            .under("fc1"))
                    .and(new Linear(feedForward, width, true)
                            .init(rng.split("fc2"))
                            .under("fc2"))
                    .and(norm().init(rng).under("final_layer_norm"));
        }

        Tensor apply(Params p, Tensor x, @Nullable Tensor padding) { // [B, T', D] -> [B, T', D]
            Params norm1 = p.in("self_attn_layer_norm");
            Params norm2 = p.in("final_layer_norm");
            if (normFirst) {
                x = x.add(attend(p, norm().apply(norm1, x), padding));
                return x.add(feedForward(p, norm().apply(norm2, x)));
            }
            x = norm().apply(norm1, x.add(attend(p, x, padding)));
            return norm().apply(norm2, x.add(feedForward(p, x)));
        }

        private Tensor attend(Params p, Tensor x, @Nullable Tensor padding) { // [B, T', D] -> [B, T', D]
            return Workspace.stage(() -> attention().apply(p.in("self_attn"), x, padding));
        }

        private Tensor feedForward(Params p, Tensor x) { // [B, T', D] -> [B, T', 4D] -> [B, T', D]
            return Workspace.stage(() -> {
                Tensor inner = new Linear(width, feedForward, true).apply(p.in("fc1"), x);
                return new Linear(feedForward, width, true).apply(p.in("fc2"), inner.gelu());
            });
        }

        private MultiHeadAttention attention() {
            return new MultiHeadAttention(width, heads);
        }

        private LayerNorm norm() {
            return new LayerNorm(width, EPS);
        }
    }

    // ---------------------------------------------------------------- parameters

    /** Fresh weights: the same for the same key on every machine. */
    @Override
    public Params init(Rng rng) {
        Params p = Params.EMPTY;
        for (int i = 0; i < config.convs().size(); i++) {
            String conv = "feature_extractor.conv_layers." + i;
            p = p.and(featureConv(i).init(rng.split(conv)).under(conv + ".0"));
        }
        p = p.and(featureNorm().init(rng).under("feature_extractor.conv_layers.0.2"));
        p = p.and(new LayerNorm(config.featureDim(), EPS).init(rng).under("layer_norm"));
        if (config.projectsFeatures()) {
            Linear project = new Linear(config.featureDim(), config.width(), true);
            p = p.and(project.init(rng.split("post_extract_proj")).under("post_extract_proj"));
        }
        p = p.and(positionConv().init(rng.split("conv_pos")).under("conv_pos.pos_conv.0"));
        for (int i = 0; i < config.layers(); i++) {
            String at = "encoder.layers." + i;
            p = p.and(layer().init(rng.split(at)).under(at));
        }
        return p.and(new LayerNorm(config.width(), EPS).init(rng).under("encoder.layer_norm"));
    }

    /** These weights as constants, with the weight norm of the positional convolution worked out once. */
    public static Params frozen(Params p) {
        String at = "conv_pos.pos_conv.0";
        Map<String, Tensor> m = new LinkedHashMap<>(p.detach().toMap());
        if (m.containsKey(at + ".weight_v")) {
            Params plain = WeightNormConv1d.fold(p.detach().in(at)).under(at);
            m.keySet().removeIf(name -> name.startsWith(at));
            m.putAll(plain.toMap());
        }
        return Params.of(m);
    }
}
