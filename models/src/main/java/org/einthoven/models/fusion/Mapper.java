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
 * the reference's checkpoints, where the reference has such a mapper.
 *
 * <p>B batch, N vectors of one ECG, E their width, P prefix length, D width of the language model.
 */
public sealed interface Mapper extends Layer permits AttentionMapper, MlpMapper, LinearMapper, PerceiverMapper {
    /** Width E of an ECG vector. */
    int ecgWidth();

    /** Width D of the language model. */
    int llmWidth();

    /** Rows P of the prefix. */
    int prefixLength();

    /** Whether it is made for all time steps of an ECG, [B, N, E], rather than for their mean, [B, E]. */
    default boolean readsSteps() {
        return false;
    }

    /** Every parameter and its shape. */
    Map<String, Shape> shapes();

    /** Without dropout, as at test time: [B, E] -> [B, P, D]. */
    @Override
    Tensor apply(Params p, Tensor ecg);

    /** As in training: [B, E], or [B, N, E] where it {@link #readsSteps}, to [B, P, D]. */
    Tensor apply(Params p, Tensor ecg, Dropout dropout, Rng rng);

    /** ECG vectors [B, N, E]; a pooled one, [B, E], is a single step. */
    static Tensor steps(Tensor ecg, int width) {
        Tensor v = ecg.rank() == 2 ? ecg.unsqueeze(1) : ecg;
        if (v.rank() != 3 || v.dim(2) != width) {
            throw new ShapeException(
                    "mapper: ECG vectors must be [B, " + width + "], or [B, N, " + width + "], got " + ecg.shape());
        }
        return v;
    }

    /** Refuses what are no pooled ECG vectors [B, E]. */
    static void checkPooled(Tensor ecg, int width) {
        if (ecg.rank() != 2 || ecg.dim(1) != width) {
            throw new ShapeException("mapper: ECG vectors must be [B, " + width + "], got " + ecg.shape());
        }
    }
}
