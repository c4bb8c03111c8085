package org.einthoven.models.nn;

import org.einthoven.tensor.DType;
import org.einthoven.tensor.Rng;
import org.einthoven.tensor.Tensor;
import org.einthoven.tensor.TensorException;
import org.einthoven.tensor.op.Op;

/**
 * Sets elements to zero with probability p and scales the rest by 1 / (1 - p) (Srivastava et al., JMLR 15, 2014). Its
 * randomness comes in by hand; at test time one simply does not call it.
 */
public record Dropout(double p) {
    public Dropout {
        if (!(0 <= p && p < 1)) {
            throw new TensorException("dropout: the probability " + p + " is not in [0, 1)");
        }
    }

    public Tensor apply(Rng rng, Tensor x) {
        if (p == 0) {
            return x;
        }
        Tensor u = rng.uniform(x.shape().toArray());
        return apply(u.compare(Op.Relation.GE, Tensor.full(DType.F32, p)), x);
    }

    /** With a given BOOL mask of x's shape, true = keep. */
    public Tensor apply(Tensor keep, Tensor x) {
        return keep.where(x.mul(1 / (1 - p)), Tensor.zeros(x.dtype()));
    }
}
