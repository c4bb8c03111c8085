expect("x^2 y at (1, 2)", () -> hessian(x -> g(x), at), Tensor.of(new double[] {4, 2, 2, 0}, 2, 2), 1e-12)
expect("log sum e^x: diag(p) - p p^T", () -> hessian(x -> x.logSumExp(0, false), Tensor.of(new double[] {0, 0, 0, 0}, 4)),
    Tensor.of(new double[] {3, -1, -1, -1, -1, 3, -1, -1, -1, -1, 3, -1, -1, -1, -1, 3}, 4, 4).div(16), 1e-12)
