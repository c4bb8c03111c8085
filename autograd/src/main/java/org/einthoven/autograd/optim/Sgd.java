package org.einthoven.autograd.optim;

import java.util.Map;
import org.einthoven.autograd.Params;

/**
 * Stochastic gradient descent with momentum as PyTorch defines it: d = g + weightDecay * w; m = momentum * m + d (m = d at
 * the first step); w -= rate * (nesterov ? d + momentum * m : m).
 */
public record Sgd(double rate, double momentum, boolean nesterov, double weightDecay) implements Optimiser {
    public static Sgd of(double rate) {
        return new Sgd(rate, 0, false, 0);
    }

    @Override
    public Stepped step(Params theta, Params gradient, OptimiserState state) {
        Params d = weightDecay == 0 ? gradient : gradient.zip(theta, (g, w) -> g.add(w.mul(weightDecay)));
        OptimiserState next = new OptimiserState(state.step() + 1, Map.of());
        if (momentum != 0) {
            Params m = state.step() == 0
                    ? d
                    : state.slot("momentum").zip(d, (v, g) -> v.mul(momentum).add(g));
            next = new OptimiserState(state.step() + 1, Map.of("momentum", m));
            d = nesterov ? d.zip(m, (g, v) -> g.add(v.mul(momentum))) : m;
        }
        return new Stepped(theta.zip(d, (w, g) -> w.sub(g.mul(rate))).detach(), next);
    }
}
