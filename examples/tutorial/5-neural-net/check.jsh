Params bowl = Params.of(Map.of("u", Tensor.of(new double[] {1, -2}, 2), "v", Tensor.scalar(3, DType.F64)))
Tensor depth(Params p) {
    return p.get("u").square().sum().add(p.get("v").sub(1).square());
}
expect("one step in a bowl", () -> train(p -> depth(p), bowl, 1, 0.25),
    Params.of(Map.of("u", Tensor.of(new double[] {0.5, -1}, 2), "v", Tensor.scalar(2, DType.F64))), 1e-12)
expect("no step at all", () -> train(p -> depth(p), bowl, 0, 0.25), bowl, 0)
expect("the bottom of the bowl", () -> depth(train(p -> depth(p), bowl, 60, 0.25)), 0, 1e-12)
expect("the net of the lesson, 300 steps: the loss is below 0.1, so 1 if it is",
    () -> loss(train(p -> loss(p), start, 300, 0.05)).item() < 0.1 ? 1 : 0, 1, 0)
