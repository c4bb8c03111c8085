Params reptileGradient(Params theta, Tensor x, Tensor y, int steps, double rate) {
    return todo("adapt(...) with GradMode.CONSTANT, then zip theta with the result");
}
