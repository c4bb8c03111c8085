expect("two points to three", () -> squaredDistances(
    Tensor.of(new double[] {0, 0, 3, 4}, 2, 2), Tensor.of(new double[] {0, 0, 0, 1, 3, 0}, 3, 2)),
    Tensor.of(new double[] {0, 1, 9, 25, 18, 16}, 2, 3), 1e-12)
expect("as many points as coordinates, where a wrong axis would go unnoticed by shapes", () -> squaredDistances(
    Tensor.of(new double[] {1, 0, 0, 2}, 2, 2), Tensor.of(new double[] {0, 0, 1, 5}, 2, 2)),
    Tensor.of(new double[] {1, 25, 4, 10}, 2, 2), 1e-12)
