package org.einthoven.autograd.optim;

import org.einthoven.autograd.Params;
import org.einthoven.tensor.Tensor;

/**
 * Scales a gradient down to a largest norm over all its parts together: g * min(1, max / (norm + 1e-6)), as PyTorch's
 * {@code clip_grad_norm_}.
 *
 * @param order 2, or {@code Double.POSITIVE_INFINITY} for the largest magnitude
 */
public record ClipNorm(double max, double order) {
    /** A clipped gradient, and the norm it had before. */
    public record Clipped(Params gradient, double norm) {}

    public static ClipNorm of(double max) {
        return new ClipNorm(max, 2);
    }

    public Clipped apply(Params gradient) {
        double norm = norm(gradient);
        double scale = Math.min(1, max / (norm + 1e-6));
        return new Clipped(gradient.map(g -> g.mul(scale)), norm);
    }

    /** The norm of all parts as one vector; summed in double, in checkpoint order. */
    public double norm(Params gradient) {
        double total = 0;
        for (Tensor g : gradient.tensors()) {
            for (double v : g.toDoubles()) {
                total = Double.isInfinite(order) ? Math.max(total, Math.abs(v)) : total + Math.pow(Math.abs(v), order);
            }
        }
        return Double.isInfinite(order) ? total : Math.pow(total, 1 / order);
    }
}
