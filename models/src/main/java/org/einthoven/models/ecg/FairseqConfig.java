package org.einthoven.models.ecg;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.einthoven.tensor.FormatException;

/**
 * A model configuration under the keys of fairseq-signals, from outside: each value is checked for its type.
 *
 * @param file named in errors
 */
record FairseqConfig(String file, Map<String, ?> cfg) {
    EcgEncoderConfig read() {
        String mode = text("extractor_mode", "default");
        if (!mode.equals("default")) {
            throw bad(
                    "extractor_mode",
                    "'" + mode + "' is not built; 'default' (a group norm after the first convolution) is");
        }
        EcgEncoderConfig base = EcgEncoderConfig.base();
        try {
            return new EcgEncoderConfig(
                    whole("in_d", base.leads()),
                    convs("conv_feature_layers", base.convs()),
                    truth("conv_bias", base.convBias()),
                    whole("encoder_embed_dim", base.width()),
                    whole("encoder_layers", base.layers()),
                    whole("encoder_attention_heads", base.heads()),
                    whole("encoder_ffn_embed_dim", base.feedForward()),
                    whole("conv_pos", base.positionKernel()),
                    whole("conv_pos_groups", base.positionGroups()),
                    truth("layer_norm_first", base.normFirst()),
                    number("feature_grad_mult", base.featureGradient()));
        } catch (IllegalArgumentException e) {
            throw new FormatException(
                    file, FormatException.WHOLE_FILE, "encoder configuration", String.valueOf(e.getMessage()), e);
        }
    }

    static Map<String, Object> write(EcgEncoderConfig c) {
        Map<String, Object> m = new LinkedHashMap<>();
        m.put("in_d", c.leads());
        m.put(
                "conv_feature_layers",
                c.convs().stream()
                        .map(v -> "(" + v.dim() + ", " + v.kernel() + ", " + v.stride() + ")")
                        .collect(Collectors.joining(", ", "[", "]")));
        m.put("conv_bias", c.convBias());
        m.put("encoder_embed_dim", c.width());
        m.put("encoder_layers", c.layers());
        m.put("encoder_attention_heads", c.heads());
        m.put("encoder_ffn_embed_dim", c.feedForward());
        m.put("conv_pos", c.positionKernel());
        m.put("conv_pos_groups", c.positionGroups());
        m.put("layer_norm_first", c.normFirst());
        m.put("feature_grad_mult", c.featureGradient());
        return m;
    }

    private int whole(String key, int absent) {
        return switch (cfg.get(key)) {
            case null -> absent;
            case Number n when n.doubleValue() == n.intValue() -> n.intValue();
            case Object v -> throw bad(key, "must be a whole number, is " + v);
        };
    }

    private double number(String key, double absent) {
        return switch (cfg.get(key)) {
            case null -> absent;
            case Number n -> n.doubleValue();
            case Object v -> throw bad(key, "must be a number, is " + v);
        };
    }

    private boolean truth(String key, boolean absent) {
        return switch (cfg.get(key)) {
            case null -> absent;
            case Boolean b -> b;
            case Object v -> throw bad(key, "must be true or false, is " + v);
        };
    }

    private String text(String key, String absent) {
        return switch (cfg.get(key)) {
            case null -> absent;
            case String s -> s;
            case Object v -> throw bad(key, "must be text, is " + v);
        };
    }

    private List<EcgEncoderConfig.Conv> convs(String key, List<EcgEncoderConfig.Conv> absent) {
        if (cfg.get(key) == null) {
            return absent;
        }
        return new PythonTriples(file, key, text(key, ""))
                .read().stream()
                        .map(t -> new EcgEncoderConfig.Conv(t[0], t[1], t[2]))
                        .toList();
    }

    private FormatException bad(String key, String problem) {
        return new FormatException(file, FormatException.WHOLE_FILE, key, problem);
    }
}
