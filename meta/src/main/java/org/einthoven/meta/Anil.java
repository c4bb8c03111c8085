package org.einthoven.meta;

import java.util.Collections;
import java.util.Set;
import java.util.TreeSet;
import org.einthoven.autograd.Params;

/**
 * Almost no inner loop: only the head adapts, while the outer loop still learns everything (Raghu et al., "Rapid learning or
 * feature reuse?", arXiv 1909.09157).
 *
 * @param head the paths that adapt
 */
public record Anil(double rate, Set<String> head) implements InnerRule {
    public Anil {
        GradientDescent.checkRate(rate);
        head = Collections.unmodifiableSet(new TreeSet<>(head));
    }

    @Override
    public boolean adapts(String path) {
        return head.contains(path);
    }

    @Override
    public Params step(Params weights, Params gradient, Params theta) {
        return weights.zip(gradient, (w, g) -> w.sub(g.mul(rate)));
    }
}
