Tensor hessian(Function<Tensor, Tensor> f, Tensor x) {
    return todo("column j is Grad.hvp(f, x, v) where v has a 1 at j and 0 elsewhere; join the columns with Tensor.stack");
}
