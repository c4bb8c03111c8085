package org.einthoven.models.nn;

import org.einthoven.tensor.Rng;
import org.einthoven.tensor.Tensor;
import org.einthoven.tensor.TensorException;

/**
 * A draw from softmax(logits) over the last axis that has a derivative: softmax((logits + noise) / tau) with Gumbel noise
 * (Jang et al., arXiv 1611.01144; Maddison et al., arXiv 1611.00712).
 *
 * @param tau temperature above 0; near 0 the result is nearly one-hot and its derivative steep
 * @param hard straight through: the value is one-hot, the derivative that of the soft result
 */
public record GumbelSoftmax(double tau, boolean hard) {
    public GumbelSoftmax {
        if (!(tau > 0 && tau < Double.POSITIVE_INFINITY)) {
            throw new TensorException("gumbelSoftmax: the temperature " + tau + " must be above 0");
        }
    }

    public Tensor apply(Rng rng, Tensor logits) { // [..., V] -> [..., V]
        return apply(noise(rng, logits), logits);
    }

    /** With given noise of the logits' shape. */
    public Tensor apply(Tensor noise, Tensor logits) { // [..., V] -> [..., V]
        Tensor soft = logits.add(noise).div(tau).softmax();
        return hard ? oneHot(soft).sub(soft.detach()).add(soft) : soft;
    }

    /** -log(-log u) for u in (0, 1): the middle of each step of a uniform number, so that neither end is met. */
    private static Tensor noise(Rng rng, Tensor like) {
        Tensor u = rng.uniform(like.shape().toArray())
                .cast(like.dtype())
                .mul(1 - 0x1p-24)
                .add(0x1p-25);
        return u.log().neg().log().neg();
    }

    private static Tensor oneHot(Tensor soft) {
        Tensor best = soft.detach().argMax(-1).unsqueeze(-1);
        Tensor one = Tensor.ones(soft.dtype(), best.shape().toArray());
        return Tensor.zeros(soft.dtype(), soft.shape().toArray()).scatter(-1, best, one);
    }
}
