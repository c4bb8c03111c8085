Params reptileGradient(Params theta, Tensor x, Tensor y, int steps, double rate) {
    return theta.zip(adapt(theta, x, y, steps, rate, GradMode.CONSTANT), Tensor::sub);
}
