package org.einthoven.models.fusion;

import java.util.Map;
import org.einthoven.autograd.Params;
import org.einthoven.models.nn.Dropout;
import org.einthoven.models.nn.Layer;
import org.einthoven.tensor.Rng;
import org.einthoven.tensor.Shape;
import org.einthoven.tensor.ShapeException;
import org.einthoven.tensor.Tensor;

/**
 * The small trainable bridge: one ECG becomes a prefix of P rows that a frozen language model reads as if they were token
 * embeddings (after ClipCap, Mokady et al., arXiv 2111.09734). Parameters are called {@code vars.0}, {@code vars.1}, ... as in
 * the reference's checkpoints.
 *
 * <p>B batch, N vectors of one ECG, E their width, P prefix length, D width of the language model.
 */
public sealed interface Mapper extends Layer permits AttentionMapper, MlpMapper, LinearMapper {
    /** Width E of an ECG vector. */
    int ecgWidth();

    /** Width D of the language model. */
    int llmWidth();

    /** Rows P of the prefix. */
    int prefixLength();

    /** Every parameter and its shape. */
    Map<String, Shape> shapes();

    /** Without dropout, as at test time: [B, E] -> [B, P, D]. */
    @Override
    Tensor apply(Params p, Tensor ecg);

    /** As in training: [B, E] -> [B, P, D]. */
    Tensor apply(Params p, Tensor ecg, Dropout dropout, Rng rng);

    /** Refuses what are no pooled ECG vectors [B, E]. */
    static void checkPooled(Tensor ecg, int width) {
        if (ecg.rank() != 2 || ecg.dim(1) != width) {
            throw new ShapeException("mapper: ECG vectors must be [B, " + width + "], got " + ecg.shape());
        }
    }
}
