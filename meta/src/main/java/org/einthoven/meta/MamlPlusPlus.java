package org.einthoven.meta;

import java.util.function.LongFunction;

/**
 * How MAML++ changes its rule as training goes on (Antoniou et al., "How to train your MAML", arXiv 1810.09502): the losses
 * after every inner step count at first, later the last alone (section "multi-step loss optimization"); first-order gradients
 * come first, as they are cheap and never explode, then second-order ones ("derivative-order annealing"). Its rates by layer
 * and step are not part of this: see {@link MetaSgd} for learned rates.
 *
 * @param inner the inner loop; its order is that of the later part
 * @param annealOver outer steps after which only the last inner step's loss counts; 1 or more
 * @param firstOrderUntil outer steps that take first-order gradients; 0 for none
 */
public record MamlPlusPlus(
        InnerLoop inner, long annealOver, long firstOrderUntil, NonFinite policy, Maml.Watch watch, Memory memory)
        implements LongFunction<MetaLearner> {
    public MamlPlusPlus {
        if (annealOver < 1 || firstOrderUntil < 0) {
            throw new IllegalArgumentException("MAML++ anneals over 1 outer step or more and begins with 0 or more"
                    + " first-order ones, got " + annealOver + ", " + firstOrderUntil);
        }
    }

    /** The rule of an outer step, counted from 0. */
    @Override
    public MetaLearner apply(long outerStep) {
        MetaOrder order = outerStep < firstOrderUntil ? MetaOrder.FIRST : inner.order();
        return new Maml(
                new InnerLoop(inner.steps(), inner.rule(), order),
                MetaObjective.annealed(inner.steps(), outerStep, annealOver),
                policy,
                watch,
                memory);
    }
}
