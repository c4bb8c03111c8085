/** Automatic differentiation of any order over tensors, optimisers, and gradient checks. */
module org.einthoven.autograd {
    requires transitive org.einthoven.tensor;

    exports org.einthoven.autograd;
    exports org.einthoven.autograd.check;
    exports org.einthoven.autograd.optim;
}
