package org.einthoven.autograd;

/** Whether a gradient is itself differentiable. There is no default: the caller knows which it needs. */
public enum GradMode {
    /** The gradient is a constant: the backward pass records nothing. */
    CONSTANT,
    /** The gradient is a tracked tensor and can be differentiated again. */
    DIFFERENTIABLE
}
