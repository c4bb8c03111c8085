package org.einthoven.autograd;

import org.einthoven.tensor.Dispatch;
import org.einthoven.tensor.Tensor;
import org.einthoven.tensor.op.Op;

/**
 * Gradient checkpointing (Chen et al., "Training deep nets with sublinear memory cost", arXiv 1604.06174): trades one more
 * forward pass of a segment for not keeping its intermediates. Values and first gradients are the same bits as without.
 * Second ones agree to a few ulp: where the plain graph adds two cotangents p and q of an intermediate and then applies the
 * rule, f'(p + q), a segment that keeps none computes f'p + f'q.
 */
public final class Recompute {
    private Recompute() {}

    /**
     * {@code segment(inputs)}, not recorded inside.
     *
     * @param segment closes over nothing tracked and gives the same bits each time; randomness comes in by an {@code Rng}
     */
    public static Tensor of(Op.Segment segment, Tensor... inputs) {
        return Dispatch.apply(new Op.Recompute(segment), inputs);
    }
}
