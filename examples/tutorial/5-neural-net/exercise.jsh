Params train(Function<Params, Tensor> loss, Params start, int steps, double rate) {
    return todo("repeat: grads of Grad.valueAndGrad(loss, now, GradMode.CONSTANT), then zip them with the weights");
}
