package org.einthoven.models.ecg;

import org.einthoven.autograd.Params;
import org.einthoven.models.nn.Layer;
import org.einthoven.models.nn.Linear;
import org.einthoven.tensor.Rng;
import org.einthoven.tensor.Tensor;

/**
 * fairseq-signals' {@code ecg_transformer_classifier}: a linear map, {@code proj}, of the pooled vector of the encoder, whose
 * parameters stand below {@code encoder}.
 */
public record EcgClassifier(EcgEncoder encoder, int labels) implements Layer {
    @Override
    public Params init(Rng rng) {
        return encoder.init(rng.split("encoder"))
                .under("encoder")
                .and(head().init(rng.split("proj")).under("proj"));
    }

    /** One logit for each label. */
    @Override
    public Tensor apply(Params p, Tensor signal) { // [B, C, T] -> [B, labels]
        return classify(p, encoder.encode(p.in("encoder"), signal));
    }

    /** The logits of ECGs that are encoded already. */
    public Tensor classify(Params p, Encoding ecg) { // [B, T', D] -> [B, labels]
        return head().apply(p.in("proj"), ecg.pooled());
    }

    private Linear head() {
        return new Linear(encoder.config().width(), labels, true);
    }
}
