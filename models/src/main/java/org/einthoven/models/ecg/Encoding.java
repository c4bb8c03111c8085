package org.einthoven.models.ecg;

import org.einthoven.tensor.DType;
import org.einthoven.tensor.Nullable;
import org.einthoven.tensor.Tensor;
import org.einthoven.tensor.op.Op;

/**
 * What the encoder makes of a batch of ECGs.
 *
 * @param hidden [B, T', D], one vector for each time step; zeros at padded steps
 * @param padding BOOL [B, T'], true where a step lies past the end of its record; null when there is none
 */
public record Encoding(Tensor hidden, @Nullable Tensor padding) {
    /**
     * One vector for each ECG, [B, D]: the sum over time divided by the count of elements that are not zero, which is how
     * fairseq-signals' classifier and the few-shot code leave out padding. A true zero at a step is left out with it.
     */
    public Tensor pooled() {
        DType type = hidden.dtype();
        Tensor nonZero = hidden.compare(Op.Relation.NE, Tensor.zeros(type)).cast(type);
        return hidden.sum(false, 1).div(nonZero.sum(false, 1));
    }

    /** The mean over the steps that are not padding, [B, D]. */
    public Tensor mean() {
        if (padding == null) {
            return hidden.mean(false, 1);
        }
        Tensor steps =
                padding.eq(Tensor.full(DType.BOOL, 0)).cast(hidden.dtype()).sum(true, 1); // [B, 1]
        return hidden.sum(false, 1).div(steps);
    }
}
