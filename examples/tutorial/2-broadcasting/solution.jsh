Tensor squaredDistances(Tensor a, Tensor b) {
    return a.unsqueeze(1).sub(b.unsqueeze(0)).square().sum(false, -1);
}
