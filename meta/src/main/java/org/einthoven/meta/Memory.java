package org.einthoven.meta;

/** What an outer step holds of its inner loop until the meta-gradient is known. The gradient is the same, to rounding. */
public enum Memory {
    /** The graph of every inner step: memory in proportion to their number, and nothing is computed twice. */
    KEEP_STEPS,
    /**
     * The weights after every inner step; the graph of a step is made again when the way back comes to it, so memory holds
     * one at a time (Chen et al., arXiv 1604.06174). For one more first-order step each.
     */
    RECOMPUTE_STEPS,
    /**
     * The weights after every inner step; the way back through a step is a Hessian-vector product in mixed modes, forward
     * over reverse, so no graph of a gradient is ever made (MixFlow-MG: Kemaev et al., "Scalable meta-learning via mixed-mode
     * differentiation", 2025). Needs Hessians of the support loss to be symmetric, which those of any loss here are.
     */
    MIXED_MODES
}
