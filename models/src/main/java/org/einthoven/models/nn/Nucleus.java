package org.einthoven.models.nn;

import org.einthoven.tensor.Tensor;
import org.einthoven.tensor.TensorException;

/**
 * Keeps the likeliest classes: in falling probability, until those before hold more than {@code topP} (top-p filtering,
 * Holtzman et al., arXiv 1904.09751). The likeliest is always kept; of equals the first.
 *
 * @param topP in (0, 1]
 */
public record Nucleus(double topP) {
    public Nucleus {
        if (!(topP > 0 && topP <= 1)) {
            throw new TensorException("top-p: " + topP + " must be above 0 and at most 1");
        }
    }

    /** The probabilities of what is kept, scaled to sum to 1, and 0 elsewhere. */
    public Tensor apply(Tensor probabilities) { // [..., V] -> [..., V]
        Tensor kept = keep(probabilities).where(probabilities, Tensor.zeros(probabilities.dtype()));
        return kept.div(kept.sum(true, -1));
    }

    /** What is kept, BOOL. */
    public Tensor keep(Tensor probabilities) { // [..., V] -> [..., V]
        Tensor p = probabilities.detach();
        Tensor order = p.argSort(-1, true);
        Tensor upTo = p.gather(-1, order).cumSum(-1);
        Tensor before = upTo.pad(-1, 1, 0).slice(-1, 0, p.dim(-1));
        Tensor kept = before.gt(topP).where(Tensor.zeros(p.dtype()), Tensor.ones(p.dtype()));
        return Tensor.zeros(p.dtype(), p.shape().toArray())
                .scatter(-1, order, kept)
                .gt(0);
    }
}
