package org.einthoven.autograd.optim;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;
import org.einthoven.autograd.Params;
import org.einthoven.tensor.Tensor;
import org.einthoven.tensor.backend.AdamKernel;
import org.einthoven.tensor.backend.Backends;

/**
 * Adam (Kingma and Ba, arXiv 1412.6980) with decoupled weight decay (Loshchilov and Hutter, arXiv 1711.05101), in the order
 * and with the defaults of PyTorch.
 *
 * <pre>
 * w -= rate * weightDecay * w                  (decoupled; or g += weightDecay * w for plain Adam)
 * m  = beta1 m + (1 - beta1) g
 * v  = beta2 v + (1 - beta2) g^2
 * w -= rate / (1 - beta1^t) * m / (sqrt(v) / sqrt(1 - beta2^t) + eps)      (amsgrad: the largest v so far)
 * </pre>
 */
public record AdamW(
        double rate, double beta1, double beta2, double eps, double weightDecay, boolean decoupled, boolean amsgrad)
        implements Optimiser {
    private static final String FIRST = "first";
    private static final String SECOND = "second";
    private static final String LARGEST = "largest";

    /** PyTorch's {@code AdamW(lr)}: betas 0.9 and 0.999, eps 1e-8, weight decay 0.01. */
    public static AdamW of(double rate) {
        return new AdamW(rate, 0.9, 0.999, 1e-8, 0.01, true, false);
    }

    /** PyTorch's {@code Adam(lr, weight_decay)}: the decay is part of the gradient. */
    public static AdamW adam(double rate, double weightDecay) {
        return new AdamW(rate, 0.9, 0.999, 1e-8, weightDecay, false, false);
    }

    public AdamW withRate(double rate) {
        return new AdamW(rate, beta1, beta2, eps, weightDecay, decoupled, amsgrad);
    }

    public AdamW withWeightDecay(double weightDecay) {
        return new AdamW(rate, beta1, beta2, eps, weightDecay, decoupled, amsgrad);
    }

    @Override
    public Stepped step(Params theta, Params gradient, OptimiserState state) {
        boolean inGradient = !decoupled && weightDecay != 0;
        Params g = gradient.zip(theta, (d, w) -> inGradient ? d.add(w.mul(weightDecay)) : d);
        return Backends.current()
                .adamKernel()
                .map(kernel -> fused(kernel, theta, g, state))
                .orElseGet(() -> composed(theta, g, state));
    }

    /** The step in tensor operations, which a kernel must equal. */
    Stepped composed(Params theta, Params g, OptimiserState state) {
        AdamKernel.Step step = numbers(state.step() + 1);
        Params m = mean(slot(state, FIRST, theta), g, beta1);
        Params v = mean(slot(state, SECOND, theta), g.map(Tensor::square), beta2);
        Params top = amsgrad ? slot(state, LARGEST, theta).zip(v, Tensor::maximum) : v;
        Params move = m.zip(top, (a, b) -> a.div(b.sqrt().mul(step.unbias()).add(step.eps()))
                .mul(step.rate()));
        Params next = theta.zip(move, (w, d) -> w.mul(step.decay()).sub(d)).detach();
        return new Stepped(next, after(state, m, v, top));
    }

    /** The same step, to the bit, in one pass over each parameter. */
    Stepped fused(AdamKernel kernel, Params theta, Params g, OptimiserState state) {
        AdamKernel.Step step = numbers(state.step() + 1);
        Params first = slot(state, FIRST, theta);
        Params second = slot(state, SECOND, theta);
        Params largest = amsgrad ? slot(state, LARGEST, theta) : second;
        Map<String, AdamMoments> stepped = new HashMap<>();
        theta.forEach((path, w) -> stepped.put(
                path,
                new AdamMoments(w, first.get(path), second.get(path), largest.get(path))
                        .stepped(kernel, step, g.get(path))));
        return new Stepped(
                each(stepped, AdamMoments::weight),
                after(
                        state,
                        each(stepped, AdamMoments::first),
                        each(stepped, AdamMoments::second),
                        each(stepped, AdamMoments::largest)));
    }

    private AdamKernel.Step numbers(long t) {
        return new AdamKernel.Step(
                decoupled ? 1 - rate * weightDecay : 1,
                beta1,
                beta2,
                1 / Math.sqrt(1 - Math.pow(beta2, t)),
                eps,
                rate / (1 - Math.pow(beta1, t)));
    }

    /** What is remembered under a name; zeros before the first step. */
    private static Params slot(OptimiserState state, String name, Params theta) {
        return state.step() == 0
                ? theta.map(w -> Tensor.zeros(w.dtype(), w.shape().toArray()))
                : state.slot(name);
    }

    private OptimiserState after(OptimiserState before, Params m, Params v, Params top) {
        return new OptimiserState(
                before.step() + 1, amsgrad ? Map.of(FIRST, m, SECOND, v, LARGEST, top) : Map.of(FIRST, m, SECOND, v));
    }

    private static Params mean(Params before, Params now, double beta) {
        return before.zip(now, (b, x) -> b.mul(beta).add(x.mul(1 - beta)));
    }

    private static Params each(Map<String, AdamMoments> of, Function<AdamMoments, Tensor> part) {
        Map<String, Tensor> parts = new HashMap<>();
        of.forEach((path, moments) -> parts.put(path, part.apply(moments)));
        return Params.of(parts);
    }
}
