package org.einthoven.meta;

import org.einthoven.autograd.Params;

/** A rule that adapts what it would, but for the vectors of ECGs: an {@link UnfrozenTask} has them among its weights. */
public record VectorsFixed(InnerRule rule) implements InnerRule {
    @Override
    public Params weights(Params theta) {
        return rule.weights(theta);
    }

    @Override
    public boolean adapts(String path) {
        return !path.startsWith(UnfrozenTask.ECG + ".") && rule.adapts(path);
    }

    @Override
    public Params step(Params weights, Params gradient, Params theta) {
        return rule.step(weights, gradient, theta);
    }
}
