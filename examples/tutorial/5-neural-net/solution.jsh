Params train(Function<Params, Tensor> loss, Params start, int steps, double rate) {
    Params now = start;
    for (int step = 0; step < steps; step++) {
        Params gradient = Grad.valueAndGrad(loss, now, GradMode.CONSTANT).grads();
        now = now.zip(gradient, (w, g) -> w.sub(g.mul(rate)));
    }
    return now;
}
