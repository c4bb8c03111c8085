// The five-point difference, of error h^4: with h = 1e-3 both errors are near 1e-13.
double numericSlope(DoubleUnaryOperator f, double x) {
    double h = 1e-3;
    return (f.applyAsDouble(x - 2 * h) - 8 * f.applyAsDouble(x - h) + 8 * f.applyAsDouble(x + h)
        - f.applyAsDouble(x + 2 * h)) / (12 * h);
}
