Tensor hessian(Function<Tensor, Tensor> f, Tensor x) {
    Tensor[] columns = new Tensor[x.dim(0)];
    for (int j = 0; j < columns.length; j++) {
        double[] direction = new double[columns.length];
        direction[j] = 1;
        columns[j] = Grad.hvp(f, x, Tensor.of(direction, columns.length));
    }
    return Tensor.stack(1, columns);
}
