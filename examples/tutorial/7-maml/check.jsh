Params young = fresh(Rng.of(9))
Tensor someX = points(Rng.of(10), 1, 8).reshape(8, 1)
Tensor someY = someX.sin()
expect("one step: the rate times the plain gradient", () -> reptileGradient(young, someX, someY, 1, 0.01),
    Grad.valueAndGrad(p -> loss(p, someX, someY), young, GradMode.CONSTANT).grads().map(g -> g.mul(0.01)), 1e-6)
expect("a step of size 1 against it lands on the adapted weights",
    () -> young.zip(reptileGradient(young, someX, someY, 4, 0.01), Tensor::sub),
    adapt(young, someX, someY, 4, 0.01, GradMode.CONSTANT), 1e-6)
