package org.einthoven.meta;

/** How exact a meta-gradient is. */
public enum MetaOrder {
    /** The inner gradients count as constants: FOMAML (Finn et al., arXiv 1703.03400, section 5.2). */
    FIRST,
    /** The derivative goes through the inner gradients too, which takes Hessian-vector products of the support loss: MAML. */
    SECOND
}
