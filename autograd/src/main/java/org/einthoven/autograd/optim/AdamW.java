package org.einthoven.autograd.optim;

import java.util.HashMap;
import java.util.Map;
import org.einthoven.autograd.Params;
import org.einthoven.tensor.Tensor;

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
        long t = state.step() + 1;
        boolean first = state.step() == 0;
        boolean inGradient = !decoupled && weightDecay != 0;
        Params g = inGradient ? gradient.zip(theta, (d, w) -> d.add(w.mul(weightDecay))) : gradient;
        Params decayed = decoupled && weightDecay != 0 ? theta.map(w -> w.mul(1 - rate * weightDecay)) : theta;

        Params m = mean(first ? null : state.slots().get("first"), g, beta1);
        Params v = mean(first ? null : state.slots().get("second"), g.map(Tensor::square), beta2);
        Map<String, Params> slots = new HashMap<>(Map.of("first", m, "second", v));
        Params spread = v;
        if (amsgrad) {
            spread = first ? v : state.slots().get("largest").zip(v, Tensor::maximum);
            slots.put("largest", spread);
        }
        double unbias1 = 1 - Math.pow(beta1, t);
        double unbias2 = Math.sqrt(1 - Math.pow(beta2, t));
        Params step =
                m.zip(spread, (a, b) -> a.div(b.sqrt().div(unbias2).add(eps)).mul(rate / unbias1));
        return new Stepped(decayed.zip(step, Tensor::sub).detach(), new OptimiserState(t, slots));
    }

    private static Params mean(Params before, Params now, double beta) {
        Params fresh = now.map(x -> x.mul(1 - beta));
        return before == null ? fresh : before.zip(fresh, (b, x) -> b.mul(beta).add(x));
    }
}
