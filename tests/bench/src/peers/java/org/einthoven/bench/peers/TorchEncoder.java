package org.einthoven.bench.peers;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.training.GradientCollector;
import org.einthoven.bench.Entrant;
import org.einthoven.bench.Work;
import org.einthoven.models.ecg.EcgEncoder;
import org.einthoven.models.ecg.EcgEncoderConfig;

/** The ECG encoder in operations of libtorch, step by step as in {@link EcgEncoder}. */
final class TorchEncoder {
    private static final EcgEncoderConfig CONFIG = EcgEncoderConfig.base();

    private TorchEncoder() {}

    static Entrant entrant(Libtorch torch, Work.Encoder w) {
        NDArray signal = torch.array(w.signal());
        if (!w.backward()) {
            TorchWeights frozen = TorchWeights.of(torch, EcgEncoder.frozen(w.parameters()));
            return new TorchEntrant(() -> mean(frozen, signal));
        }
        TorchWeights parameters = TorchWeights.of(torch, w.parameters());
        NDArray weighting = torch.array(w.weighting());
        return new TorchEntrant(() -> {
            TorchWeights leaves = parameters.leaves();
            try (GradientCollector collector = Engine.getEngine("PyTorch").newGradientCollector()) {
                collector.backward(mean(leaves, signal).mul(weighting).sum());
            }
            return leaves.get(w.compared()).getGradient();
        });
    }

    private static NDArray mean(TorchWeights p, NDArray signal) { // [B, 12, 2500] -> [B, 768]
        NDArray x = features(p, signal).transpose(0, 2, 1); // [B, T', 256]
        x = norm(p, "layer_norm", x);
        x = linear(p, "post_extract_proj", x); // [B, T', 768]
        x = x.add(positions(p, x));
        x = norm(p, "encoder.layer_norm", x);
        for (int i = 0; i < CONFIG.layers(); i++) {
            x = layer(p, "encoder.layers." + i, x);
        }
        return x.mean(new int[] {1});
    }

    private static NDArray features(TorchWeights p, NDArray x) {
        for (int i = 0; i < CONFIG.convs().size(); i++) {
            String at = "feature_extractor.conv_layers." + i;
            x = Libtorch.conv(x, p.get(at + ".0.weight"), null, CONFIG.convs().get(i).stride(), 0, 1);
            if (i == 0) {
                x = groupNorm(x, p.get(at + ".2.weight"), p.get(at + ".2.bias"));
            }
            x = Activation.gelu(x);
        }
        return x;
    }

    /** Each channel over time, as the layer norm of its row. DJL has no group norm. */
    private static NDArray groupNorm(NDArray x, NDArray weight, NDArray bias) {
        Shape time = new Shape(x.getShape().get(2));
        NDArray y = Libtorch.norm(x, x.getManager().ones(time), x.getManager().zeros(time));
        return y.mul(weight.reshape(-1, 1)).add(bias.reshape(-1, 1));
    }

    private static NDArray positions(TorchWeights p, NDArray x) { // [B, T', 768] -> the same
        String at = "conv_pos.pos_conv.0";
        int half = CONFIG.positionKernel() / 2;
        NDArray y =
                Libtorch.conv(x.transpose(0, 2, 1), positionKernel(p, at), p.get(at + ".bias"), 1, half, CONFIG.positionGroups());
        return Activation.gelu(y.get(":, :, :" + x.getShape().get(1))).transpose(0, 2, 1);
    }

    private static NDArray positionKernel(TorchWeights p, String at) {
        if (p.has(at + ".weight")) {
            return p.get(at + ".weight");
        }
        NDArray v = p.get(at + ".weight_v");
        NDArray length = v.square().sum(new int[] {0, 1}, true).sqrt();
        return v.mul(p.get(at + ".weight_g").div(length));
    }

    private static NDArray layer(TorchWeights p, String at, NDArray x) {
        NDArray q = heads(linear(p, at + ".self_attn.q_proj", x));
        NDArray k = heads(linear(p, at + ".self_attn.k_proj", x));
        NDArray v = heads(linear(p, at + ".self_attn.v_proj", x));
        NDArray joined = Libtorch.attention(q, k, v).transpose(0, 2, 1, 3).reshape(x.getShape());
        NDArray y = norm(p, at + ".self_attn_layer_norm", x.add(linear(p, at + ".self_attn.out_proj", joined)));
        NDArray inner = Activation.gelu(linear(p, at + ".fc1", y));
        return norm(p, at + ".final_layer_norm", y.add(linear(p, at + ".fc2", inner)));
    }

    private static NDArray heads(NDArray x) { // [B, T', D] -> [B, H, T', E]
        Shape s = x.getShape();
        return x.reshape(s.get(0), s.get(1), CONFIG.heads(), s.get(2) / CONFIG.heads())
                .transpose(0, 2, 1, 3);
    }

    private static NDArray linear(TorchWeights p, String at, NDArray x) {
        return Libtorch.linear(x, p.get(at + ".weight"), p.get(at + ".bias"));
    }

    private static NDArray norm(TorchWeights p, String at, NDArray x) {
        return Libtorch.norm(x, p.get(at + ".weight"), p.get(at + ".bias"));
    }
}
