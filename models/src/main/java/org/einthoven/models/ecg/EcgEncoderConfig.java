package org.einthoven.models.ecg;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.einthoven.tensor.FormatException;
import org.einthoven.tensor.Shape;

/**
 * The sizes of an {@link EcgEncoder}. The keys of {@link #toMap} are those of fairseq-signals' model configuration, so one
 * reading serves checkpoints ({@code cfg.model}, {@code args}), our own files, and reference numbers.
 *
 * @param leads input channels C ({@code in_d})
 * @param convs the convolutions that make feature steps from samples ({@code conv_feature_layers})
 * @param convBias whether those convolutions have a bias
 * @param width model width D ({@code encoder_embed_dim})
 * @param layers transformer layers
 * @param heads attention heads, which divide the width
 * @param feedForward inner width of the feed-forward part
 * @param positionKernel kernel of the positional convolution ({@code conv_pos})
 * @param positionGroups its groups, which divide the width
 * @param normFirst normalisation before each part and after the stack, not after each part and before the stack
 * @param featureGradient factor on the gradient that enters the convolutions ({@code feature_grad_mult}); 0 freezes them
 */
public record EcgEncoderConfig(
        int leads,
        List<Conv> convs,
        boolean convBias,
        int width,
        int layers,
        int heads,
        int feedForward,
        int positionKernel,
        int positionGroups,
        boolean normFirst,
        double featureGradient) {

    /** One feature convolution: output channels, kernel and stride in steps of its input. */
    public record Conv(int dim, int kernel, int stride) {}

    /** Far beyond any real encoder, so that a damaged file is refused before memory is asked for. */
    private static final int LARGEST = 1 << 16;

    private static final int MOST_LAYERS = 256;

    public EcgEncoderConfig {
        convs = List.copyOf(convs);
        size("in_d", leads);
        size("encoder_embed_dim", width);
        require(0 < layers && layers <= MOST_LAYERS, "encoder_layers", layers + " is not in 1.." + MOST_LAYERS);
        size("encoder_ffn_embed_dim", feedForward);
        size("conv_pos", positionKernel);
        require(!convs.isEmpty(), "conv_feature_layers", "is empty; there is at least one convolution");
        for (Conv c : convs) {
            size("conv_feature_layers.dim", c.dim());
            size("conv_feature_layers.kernel", c.kernel());
            size("conv_feature_layers.stride", c.stride());
        }
        require(
                heads > 0 && width % heads == 0,
                "encoder_attention_heads",
                heads + " does not divide the width " + width);
        require(
                positionGroups > 0 && width % positionGroups == 0,
                "conv_pos_groups",
                positionGroups + " does not divide the width " + width);
        require(Double.isFinite(featureGradient), "feature_grad_mult", featureGradient + " is not finite");
    }

    /** The full size: 90,373,248 parameters, 12 leads, 2500 samples to 156 steps of width 768. */
    public static EcgEncoderConfig base() {
        Conv halving = new Conv(256, 2, 2);
        return new EcgEncoderConfig(
                12, List.of(halving, halving, halving, halving), false, 768, 12, 12, 3072, 128, 16, false, 1);
    }

    /** Channels of the last feature convolution. */
    public int featureDim() {
        return convs.getLast().dim();
    }

    /** Whether a linear map ({@code post_extract_proj}) leads from the features to the model's width. */
    public boolean projectsFeatures() {
        return featureDim() != width;
    }

    /** Feature steps T' that {@code samples} give; 0 when they are fewer than one receptive field. */
    public int steps(int samples) {
        int t = samples;
        for (Conv c : convs) {
            t = t < c.kernel() ? 0 : (t - c.kernel()) / c.stride() + 1;
        }
        return t;
    }

    /** Fewest samples that give one feature step. */
    public int receptiveField() {
        int samples = 1;
        for (Conv c : convs.reversed()) {
            samples = (samples - 1) * c.stride() + c.kernel();
        }
        return samples;
    }

    /**
     * From fairseq's keys; a key that is absent has its value of {@link #base}, and keys that do not shape the network
     * (dropout, masking, paths) are passed over.
     *
     * @param file named in errors
     * @throws FormatException when a value has the wrong type or range, or asks for another architecture
     */
    public static EcgEncoderConfig of(String file, Map<String, ?> cfg) {
        return new FairseqConfig(file, cfg).read();
    }

    /** Under fairseq's keys; {@link #of} reads it back. */
    public Map<String, Object> toMap() {
        return FairseqConfig.write(this);
    }

    /** Every parameter of {@link EcgEncoder} and its shape. */
    public Map<String, Shape> shapes() {
        Map<String, Shape> s = new LinkedHashMap<>();
        int in = leads;
        for (int i = 0; i < convs.size(); i++) {
            Conv c = convs.get(i);
            String at = "feature_extractor.conv_layers." + i;
            s.put(at + ".0.weight", Shape.of(c.dim(), in, c.kernel()));
            if (convBias) {
                s.put(at + ".0.bias", Shape.of(c.dim()));
            }
            if (i == 0) {
                norm(s, at + ".2", c.dim());
            }
            in = c.dim();
        }
        norm(s, "layer_norm", featureDim());
        if (projectsFeatures()) {
            linear(s, "post_extract_proj", featureDim(), width);
        }
        s.put("conv_pos.pos_conv.0.bias", Shape.of(width));
        s.put("conv_pos.pos_conv.0.weight_g", Shape.of(1, 1, positionKernel));
        s.put("conv_pos.pos_conv.0.weight_v", Shape.of(width, width / positionGroups, positionKernel));
        for (int i = 0; i < layers; i++) {
            String at = "encoder.layers." + i;
            for (String part : List.of("q_proj", "k_proj", "v_proj", "out_proj")) {
                linear(s, at + ".self_attn." + part, width, width);
            }
            norm(s, at + ".self_attn_layer_norm", width);
            linear(s, at + ".fc1", width, feedForward);
            linear(s, at + ".fc2", feedForward, width);
            norm(s, at + ".final_layer_norm", width);
        }
        norm(s, "encoder.layer_norm", width);
        return s;
    }

    private static void linear(Map<String, Shape> s, String at, int in, int out) {
        s.put(at + ".weight", Shape.of(out, in));
        s.put(at + ".bias", Shape.of(out));
    }

    private static void norm(Map<String, Shape> s, String at, int dim) {
        s.put(at + ".weight", Shape.of(dim));
        s.put(at + ".bias", Shape.of(dim));
    }

    private static void size(String field, int value) {
        require(0 < value && value <= LARGEST, field, value + " is not in 1.." + LARGEST);
    }

    private static void require(boolean ok, String field, String problem) {
        if (!ok) {
            throw new IllegalArgumentException(field + ": " + problem);
        }
    }
}
