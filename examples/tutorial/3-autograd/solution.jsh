Node derivative(Function<Node, Node> f, Node x, int n) {
    return n == 0 ? f.apply(x) : Node.grad(derivative(f, x, n - 1), x).getFirst();
}
