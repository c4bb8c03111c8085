Tensor squaredDistances(Tensor a, Tensor b) {
    return todo("give a the shape [N, 1, D] and b the shape [1, M, D] with unsqueeze, subtract, square, and sum over the last axis");
}
