package org.einthoven.autograd.optim;

import org.einthoven.tensor.Check;
import org.einthoven.tensor.DType;
import org.einthoven.tensor.Tensor;
import org.einthoven.tensor.backend.AdamKernel;

/**
 * One parameter and what Adam remembers of it.
 *
 * @param weight w
 * @param first m, the running mean of gradients
 * @param second v, that of their squares
 * @param largest the largest v so far, or v itself where nobody asks for it
 */
record AdamMoments(Tensor weight, Tensor first, Tensor second, Tensor largest) {
    /** After a step by a kernel. Where {@code largest} is v itself, it stays so. */
    AdamMoments stepped(AdamKernel kernel, AdamKernel.Step step, Tensor gradient) {
        Check.sameDType("adamW", weight, gradient);
        Check.shape(
                weight.shape().equals(gradient.shape()),
                "adamW",
                "the gradient " + gradient.shape() + " is not of the weight's shape " + weight.shape());
        return weight.dtype() == DType.F64 ? steppedF64(kernel, step, gradient) : steppedF32(kernel, step, gradient);
    }

    private AdamMoments steppedF32(AdamKernel kernel, AdamKernel.Step step, Tensor gradient) {
        float[] w = floats(weight);
        float[] m = floats(first);
        float[] v = floats(second);
        float[] top = largest == second ? v : floats(largest);
        kernel.run(step, floats(gradient), w, m, v, top);
        int[] shape = weight.shape().toArray();
        Tensor after = Tensor.of(v, shape);
        return new AdamMoments(
                Tensor.of(w, shape), Tensor.of(m, shape), after, top == v ? after : Tensor.of(top, shape));
    }

    private AdamMoments steppedF64(AdamKernel kernel, AdamKernel.Step step, Tensor gradient) {
        double[] w = doubles(weight);
        double[] m = doubles(first);
        double[] v = doubles(second);
        double[] top = largest == second ? v : doubles(largest);
        kernel.run(step, doubles(gradient), w, m, v, top);
        int[] shape = weight.shape().toArray();
        Tensor after = Tensor.of(v, shape);
        return new AdamMoments(
                Tensor.of(w, shape), Tensor.of(m, shape), after, top == v ? after : Tensor.of(top, shape));
    }

    /** A copy. */
    private static float[] floats(Tensor x) {
        return x.contiguous().toFloats();
    }

    /** A copy. */
    private static double[] doubles(Tensor x) {
        return x.contiguous().toDoubles();
    }
}
