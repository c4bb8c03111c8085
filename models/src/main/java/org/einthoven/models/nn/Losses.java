package org.einthoven.models.nn;

import org.einthoven.tensor.Tensor;
import org.einthoven.tensor.TensorException;

/** Loss functions. Labels are I32 class indices; labels equal to {@code ignore} do not count. */
public final class Losses {
    /** PyTorch's default for labels that do not count. */
    public static final int IGNORE = -100;

    private Losses() {}

    /**
     * Mean cross entropy over the labels that count: logits [..., V], labels [...]. NaN when none counts, as in PyTorch.
     */
    public static Tensor crossEntropy(Tensor logits, Tensor labels, int ignore) {
        Tensor each = crossEntropyEach(logits, labels, ignore);
        long n = 0;
        for (int l : labels.toInts()) {
            n += l == ignore ? 0 : 1;
        }
        return n == 0 ? Tensor.full(logits.dtype(), Double.NaN) : each.sum().mul(1.0 / n);
    }

    /** Cross entropy of each position [...], 0 where the label does not count. */
    public static Tensor crossEntropyEach(Tensor logits, Tensor labels, int ignore) {
        int v = logits.dim(-1);
        if (logits.rank() != labels.rank() + 1 || !logits.shape().without(-1).equals(labels.shape())) {
            throw new TensorException("crossEntropy: logits " + logits.shape() + " need labels "
                    + logits.shape().without(-1) + ", got " + labels.shape());
        }
        int[] at = labels.toInts();
        boolean[] counts = new boolean[at.length];
        for (int i = 0; i < at.length; i++) {
            counts[i] = at[i] != ignore;
            if (counts[i] && (at[i] < 0 || at[i] >= v)) {
                throw new TensorException(
                        "crossEntropy: label " + at[i] + " at position " + i + " is outside 0.." + (v - 1));
            }
            at[i] = counts[i] ? at[i] : 0;
        }
        int[] shape = labels.shape().toArray();
        Tensor picked = logits.logSoftmax()
                .gather(logits.rank() - 1, Tensor.of(at, shape).unsqueeze(-1))
                .squeeze(-1);
        return Tensor.of(counts, shape).where(picked.neg(), Tensor.zeros(logits.dtype()));
    }

    /** Mean squared difference. */
    public static Tensor meanSquaredError(Tensor x, Tensor y) {
        return x.sub(y).square().mean();
    }

    /** Mean binary cross entropy of logits and targets in [0, 1]: softplus(x) - x y. */
    public static Tensor binaryCrossEntropy(Tensor logits, Tensor targets) {
        return logits.softplus().sub(logits.mul(targets)).mean();
    }

    /** a b / (|a| |b|) over the last axis, each norm at least {@code eps}. */
    public static Tensor cosineSimilarity(Tensor a, Tensor b, double eps) {
        Tensor dot = a.mul(b).sum(false, -1);
        return dot.div(norm(a, eps).mul(norm(b, eps)));
    }

    private static Tensor norm(Tensor x, double eps) {
        // The floor is below the root, whose slope at 0 is infinite: a vector of zeros would have a gradient of NaN.
        return x.square()
                .sum(false, -1)
                .maximum(Tensor.full(x.dtype(), eps * eps))
                .sqrt();
    }
}
