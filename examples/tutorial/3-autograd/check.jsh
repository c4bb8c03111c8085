double derivativeAt(Function<Node, Node> f, double x, int n) {
    return derivative(f, Node.of(x), n).value.item();
}
expect("x^4 itself at 2", () -> derivativeAt(x -> x.mul(x).mul(x.mul(x)), 2, 0), 16, 1e-9)
expect("the third derivative of x^4 at 2", () -> derivativeAt(x -> x.mul(x).mul(x.mul(x)), 2, 3), 48, 1e-9)
expect("the fifth derivative of x^4", () -> derivativeAt(x -> x.mul(x).mul(x.mul(x)), 2, 5), 0, 1e-9)
expect("the second derivative of tanh at 1, -2 y (1 - y^2)", () -> derivativeAt(Node::tanh, 1, 2),
    -2 * Math.tanh(1) * (1 - Math.tanh(1) * Math.tanh(1)), 1e-9)
